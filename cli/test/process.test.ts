import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const run = promisify(execFile)
const feast = resolve(import.meta.dirname, '../bin/feast.js')

test('a repository made in a folder without packages, whose path has blanks and letters of any script, works at once', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'feast Zoë '))
  try {
    const repo = join(folder, 'rides')
    const say = async (...words: string[]): Promise<string> => (await run(process.execPath, [feast, '-c', repo, ...words])).stdout
    await run(process.execPath, [feast, 'init', 'rides'], { cwd: folder })
    expect(await say('apply')).toContain('Created feature view driver_hourly_stats\n')
    expect(await say('materialize-incremental', new Date().toISOString())).toContain(': 5 rows in ')
    const { conv_rate } = JSON.parse(await say('get-online-features', '-e', 'driver_id=1001', '-f', 'driver_hourly_stats:conv_rate'))
    expect(conv_rate).toEqual([expect.any(Number)])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
