import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, test } from 'vitest'

import type { Ended } from '../../bundle/test/cli/program.ts'
import { type Running, runProgram, startProgram } from '../../bundle/test/real/program.ts'
import { feastVersions } from '../src/environment.ts'
import { pythonPath } from '../src/python.ts'

// The real Feast with the users that a namespace has of its own: a schema of its own in both stores, and the common registry.

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

const namespaces = ['alice', 'bob']

let folder = ''
let state = ''
let bundle: Running | undefined

const command = (...words: readonly string[]): Promise<Ended> => runProgram(...words, '--state', state)

const notebook = (namespace: string, ...words: readonly string[]): Promise<Ended> =>
  runProgram('notebook', '--state', state, '-n', namespace, '--', ...words)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'feast-users-'))
  state = join(folder, 'state')
  bundle = startProgram('up', '--state', state)
  await bundle.says('Integration provider')
  for (const namespace of namespaces) await command('add-namespace', namespace)
  const options = ['namespace-credentials=true', 'project-per-namespace=true', 'registry-cache-ttl-seconds=1']
  expect(await command('config', 'feast-integrator', ...options)).toMatchObject({ exit: 0, err: '' })
  const looks = 'grep -q "project: .$0.$" "$FEAST_FS_YAML_FILE_PATH"'
  for (const namespace of namespaces) while ((await notebook(namespace, 'sh', '-c', looks, namespace)).exit !== 0);
}, 300_000)

afterAll(async () => {
  bundle?.child.kill('SIGTERM')
  await bundle?.ended
  await rm(folder, { recursive: true, force: true })
})

test.each(feastVersions.map((version, at) => [version, namespaces[at % 2] ?? '']))(
  'Feast %s applies, materializes and reads from both stores, in namespace %s',
  async (version, namespace) => {
    const repository = await mkdtemp(join(folder, 'repository-'))
    await writeFile(join(repository, 'definitions.py'), definitions)
    const script = join(import.meta.dirname, '../python/notebook.py')
    const inRepository = ['sh', '-c', 'cd "$0" && exec "$@"', repository]
    const { exit, out, err } = await notebook(namespace, ...inRepository, pythonPath(version), script)
    expect(exit, err.slice(-4000)).toBe(0)
    expect(JSON.parse(out.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({
      version,
      project: namespace,
      historical: [0.25, 0.5, 0.75],
      online: [0.5, 0.75, null],
    })
  },
  400_000,
)
