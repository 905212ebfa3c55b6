import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

import { afterAll, beforeAll, expect, test } from 'vitest'

import { feastVersions } from '../src/environment.ts'
import { pythonPath } from '../src/python.ts'

// The real Feast in `charmed-feast notebook`: nothing tells it of the stores but the file that the pod mounts.

const root = join(import.meta.dirname, '../..')
const command = join(root, 'bundle/src/cli/main.ts')

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
  await until(async () => (await notebook(folder, 'sh', '-c', 'test -e "$FEAST_FS_YAML_FILE_PATH"')).exit === 0)
}, 300_000)

afterAll(async () => {
  if (bundle?.exitCode === null) {
    const ended = once(bundle, 'exit')
    bundle.kill('SIGTERM')
    await ended
  }
  await rm(folder, { recursive: true, force: true })
})

test.each(feastVersions)(
  'Feast %s applies, materializes and reads from both stores',
  async (version) => {
    const repository = await mkdtemp(join(folder, 'repository-'))
    await writeFile(join(repository, 'definitions.py'), definitions)
    const { exit, out, err } = await notebook(repository, pythonPath(version), join(import.meta.dirname, '../python/notebook.py'))
    expect(exit, err.slice(-4000)).toBe(0)
    expect(JSON.parse(out.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({
      version,
      project: 'driver_stats',
      historical: [0.25, 0.5, 0.75],
      online: [0.5, 0.75, null],
    })
  },
  400_000,
)
