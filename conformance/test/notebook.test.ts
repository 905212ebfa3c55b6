import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { makeCertificate } from '../../bundle/src/postgres/certificate.ts'
import { tested } from '../src/cell-note.ts'
import { feastVersions } from '../src/environment.ts'
import { pythonPath } from '../src/python.ts'

// The real Feast and our own in `charmed-feast notebook`: nothing tells them of the stores but the file that the pod mounts. The databases insist on
// what the file says: over TLS none takes a client without, and none takes one with it where there is none.

const root = join(import.meta.dirname, '../..')
const command = join(root, 'bundle/src/cli/main.ts')
const example = join(root, 'examples/driver-stats')
const databases = ['offline-store', 'online-store', 'registry'] as const

const definitions = `from datetime import timedelta
from feast import Entity, FeatureView, Field, ValueType
from feast.infra.offline_stores.contrib.postgres_offline_store.postgres_source import PostgreSQLSource
from feast.types import Float32, Int64

driver = Entity(name="driver", join_keys=["driver_id"], value_type=ValueType.INT64)
rides = FeatureView(
    name="rides",
    entities=[driver],
    ttl=timedelta(days=1),
    schema=[Field(name="driver_id", dtype=Int64), Field(name="rating", dtype=Float32)],
    source=PostgreSQLSource(name="rides", table="notebook_rides", timestamp_field="at"),
)
`

interface Ended {
  readonly exit: number
  readonly out: string
  readonly err: string
}

let folder = ''
let bundle: ChildProcess | undefined

const run = async (cwd: string, ...args: readonly string[]): Promise<Ended> => {
  const env = { ...process.env, FEAST_USAGE: 'False', PYTHONWARNINGS: 'ignore', PYTHONDONTWRITEBYTECODE: '1' }
  const child = spawn(process.execPath, ['--conditions=source', command, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const [[code], out, err] = await Promise.all([once(child, 'close'), text(child.stdout), text(child.stderr)])
  return { exit: Number(code), out, err }
}

/** Looks again and again until it is so; the test's own time ends it. */
const until = async (look: () => Promise<boolean>): Promise<void> => {
  while (!(await look())) await new Promise((resolve) => setTimeout(resolve, 200))
}

const notebook = (cwd: string, ...words: readonly string[]): Promise<Ended> =>
  run(cwd, 'notebook', '--state', join(folder, 'state'), '-n', 'alice', '--', ...words)

/** Has all three databases speak TLS, or none, and waits until the notebook's file says so. */
const speak = async (mode: 'prefer' | 'verify-full'): Promise<void> => {
  for (const database of databases) {
    const { exit, err } = await run(folder, 'config', database, `tls=${mode === 'verify-full'}`, '--state', join(folder, 'state'))
    expect(exit, err).toBe(0)
  }
  const count = `test "$(grep -c 'sslmode[=:] *"\\?${mode}' "$FEAST_FS_YAML_FILE_PATH")" = 3`
  await until(async () => (await notebook(folder, 'sh', '-c', count)).exit === 0)
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'feast-notebook-'))
  const state = join(folder, 'state')
  const child = spawn(process.execPath, ['--conditions=source', command, 'up', '--state', state], { stdio: ['ignore', 'pipe', 'pipe'] })
  bundle = child
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()))
  await until(async () => {
    if (child.exitCode !== null) throw new Error(`the bundle ended: ${said}`)
    return said.includes('Integration provider')
  })
  await run(folder, 'add-namespace', 'alice', '--state', state)
}, 300_000)

afterAll(async () => {
  if (bundle?.exitCode === null) {
    const ended = once(bundle, 'exit')
    bundle.kill('SIGTERM')
    await ended
  }
  await rm(folder, { recursive: true, force: true })
})

const lastLine = (out: string): unknown => JSON.parse(out.trimEnd().split('\n').at(-1) ?? '')

const repositoryOf = async (): Promise<string> => {
  const repository = await mkdtemp(join(folder, 'repository-'))
  await writeFile(join(repository, 'definitions.py'), definitions)
  return repository
}

describe.each([
  ['plain connections', 'prefer'],
  ['TLS with verify-full', 'verify-full'],
] as const)('over %s', (_, mode) => {
  beforeAll(() => speak(mode), 300_000)

  test.each(feastVersions)(
    'Feast %s applies, materializes and reads from both stores',
    async (version) => {
      const { exit, out, err } = await notebook(
        await repositoryOf(),
        pythonPath(version),
        join(import.meta.dirname, '../python/notebook.py'),
      )
      expect(exit, err.slice(-4000)).toBe(0)
      expect(lastLine(out)).toMatchObject({
        version,
        project: 'driver_stats',
        encrypted: mode === 'verify-full',
        historical: [0.25, 0.5, 0.75],
        online: [0.5, 0.75, null],
      })
      tested({ version, operation: 'notebook' }, { rows: 6 })
    },
    400_000,
  )

  test('our SDK applies, materializes and reads from both stores', async () => {
    const { exit, out, err } = await notebook(
      example,
      process.execPath,
      '--conditions=source',
      join(root, 'bundle/src/driver-stats/main.ts'),
    )
    expect(exit, err).toBe(0)
    const { training, vectors } = lastLine(out) as Readonly<Record<'training' | 'vectors', readonly Readonly<Record<string, unknown>>[]>>
    expect(training.length).toBeGreaterThan(3)
    expect(training.filter((row) => typeof row.conv_rate !== 'number' || typeof row.expected_fare !== 'number')).toEqual([])
    expect(vectors).toMatchObject([{ driver_id: '1001' }, { driver_id: '1005' }])
    expect(vectors.filter((row) => typeof row.conv_rate !== 'number' || typeof row.expected_fare !== 'number')).toEqual([])
  }, 120_000)

  test('our command line applies, materializes and reads from both stores', async () => {
    const now = new Date()
    const day = new Date(now.getTime() - 86_400_000)
    const feast = async (...words: readonly string[]): Promise<string> => {
      const { exit, out, err } = await notebook(example, process.execPath, join(root, 'cli/bin/feast.js'), ...words)
      expect([exit, err.includes('cannot')], `${words.join(' ')}: ${err}${out}`).toEqual([0, false])
      return out
    }
    await feast('apply')
    await feast('materialize', day.toISOString(), now.toISOString())
    const rows = JSON.stringify([{ driver_id: 1001, event_timestamp: now.toISOString() }])
    const historical: unknown = JSON.parse(await feast('get-historical-features', '-d', rows, '-f', 'driver_hourly_stats:conv_rate'))
    expect(historical).toMatchObject([{ driver_id: 1001, conv_rate: expect.any(Number) }])
    const online: unknown = JSON.parse(
      await feast('get-online-features', '-e', 'driver_id=1001', '-e', 'driver_id=9', '-f', 'driver_hourly_stats:conv_rate'),
    )
    expect(online).toMatchObject({ driver_id: [1001, 9], conv_rate: [expect.any(Number), null] })
  }, 120_000)
})

describe('a server that another authority vouches for', () => {
  /** The notebook's file, but every authority in it is a stranger. */
  let file: string
  beforeAll(async () => {
    await speak('verify-full')
    const strange = await mkdtemp(join(folder, 'strange-'))
    file = join(strange, 'feature_store.yaml')
    await writeFile(join(strange, 'ca.crt'), makeCertificate(['127.0.0.1', 'localhost'], new Date()).authority)
    const { out } = await notebook(folder, 'sh', '-c', 'cat "$FEAST_FS_YAML_FILE_PATH"')
    const text = out.replaceAll(/(?<==|")\/[^"]*\/(?:offline-store|online-store|registry)-ca\.crt/g, join(strange, 'ca.crt'))
    expect(text.match(/\/ca\.crt/g)).toHaveLength(3)
    await writeFile(file, text)
  }, 300_000)

  test.each(feastVersions)(
    'is refused by Feast %s',
    async (version) => {
      const program = 'from feast.cli.cli import cli; cli()'
      const { exit, out, err } = await notebook(
        ...([await repositoryOf(), 'env', `FEAST_FS_YAML_FILE_PATH=${file}`, pythonPath(version), '-c', program, 'apply'] as const),
      )
      expect(exit).not.toBe(0)
      expect(`${out}${err}`).toContain('certificate verify failed')
    },
    400_000,
  )

  test('is refused by ours', async () => {
    const words = ['env', `FEAST_FS_YAML_FILE_PATH=${file}`, process.execPath, join(root, 'cli/bin/feast.js'), 'apply'] as const
    const { exit, err } = await notebook(example, ...words)
    expect(exit).not.toBe(0)
    expect(err).toMatch(/cannot .*(?:certificate|TLS)/)
  }, 120_000)
})
