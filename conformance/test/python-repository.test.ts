import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runCommandLine } from '../../cli/src/main.ts'
import { tested } from '../src/cell-note.ts'
import { feastVersions } from '../src/environment.ts'
import { runPythonFile } from '../src/python.ts'

/** One command line of ours in a folder. */
const feast = async (cwd: string, ...words: string[]) => {
  let [out, err] = ['', '']
  const code = await runCommandLine(words, {
    ...{ env: {}, cwd, interactive: false, confirm: async () => false, signal: new AbortController().signal },
    now: () => BigInt(Date.now()) * 1000n,
    out: (text) => {
      out += text
    },
    err: (text) => {
      err += text
    },
  })
  return { code, out, err }
}

describe.each(feastVersions)('a repository that Feast %s made and applied, without a server', (version) => {
  test('is listed, materialized and served by ours, and Python reads what we loaded', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'feast-init-'))
    try {
      const python = (cwd: string, ...commands: readonly (readonly string[])[]) =>
        runPythonFile(version, 'cli.py', { input: { commands }, cwd })
      expect(await python(folder, ['init', 'rides'])).toMatchObject([{ code: 0 }])
      const repo = join(folder, 'rides', 'feature_repo')
      expect(await python(repo, ['apply'])).toMatchObject([{ code: 0 }])
      const listed = await feast(repo, 'feature-views', 'list', '--json')
      expect([listed.code, listed.err]).toEqual([0, expect.any(String)])
      expect(JSON.parse(listed.out).map((each: { name: string }) => each.name)).toEqual(
        expect.arrayContaining(['driver_hourly_stats', 'driver_hourly_stats_fresh']),
      )
      const end = new Date().toISOString()
      const loaded = await feast(repo, 'materialize-incremental', end, '-v', 'driver_hourly_stats')
      expect(loaded).toMatchObject({ code: 0, out: expect.stringMatching(/^driver_hourly_stats from .*: 5 rows in /) })
      const asked = [
        '-e',
        'driver_id=1001',
        '-e',
        'driver_id=1',
        '-f',
        'driver_hourly_stats:conv_rate',
        '-f',
        'driver_hourly_stats:avg_daily_trips',
      ]
      const ours = await feast(repo, 'get-online-features', ...asked)
      expect(ours.code).toBe(0)
      const [theirs] = Object(await python(repo, ['get-online-features', ...asked]))
      expect(JSON.parse(theirs.out)).toEqual(JSON.parse(ours.out))
      expect(JSON.parse(ours.out).conv_rate).toEqual([expect.any(Number), null])
      // What it is defined by is Python's to apply.
      expect(await feast(repo, 'apply')).toMatchObject({
        code: 1,
        err: expect.stringContaining("it is defined in Python; run Python's feast apply"),
      })
      tested({ version, operation: 'local_repository' }, { rows: 2 })
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }, 600_000)
})
