import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'

const run = promisify(execFile)
const bin = join(import.meta.dirname, '../bin/feast.js')
let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'feast-bin-'))
})

afterAll(async () => {
  await rm(folder, { recursive: true })
})

const help = async (cache: string): Promise<string> => {
  const { NODE_COMPILE_CACHE: _, ...env } = process.env
  const { stdout } = await run(process.execPath, [bin, '--help'], { env: { ...env, XDG_CACHE_HOME: cache } })
  return stdout
}

test('the command keeps what it compiled in the cache of its user', async () => {
  expect(await help(folder)).toContain('Usage: feast')
  expect(await readdir(join(folder, 'charmed-feast', 'node'))).not.toEqual([])
})

test('the command runs where nothing can be kept', async () => {
  expect(await help('/dev/null')).toContain('Usage: feast')
})
