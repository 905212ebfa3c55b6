import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { FakeKubernetes } from '@charmed-feast/charm/testing'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'

import { type ExampleResult, loadSample, runExample } from '../../src/driver-stats/run.ts'
import { deployFeast, feastCharms } from '../../src/feast.ts'
import { type LocalModel, openLocalModel } from '../../src/model/local-model.ts'
import { toLocalPaths } from '../../src/notebook/mounted-secret.ts'
import { currentHost } from '../../src/postgres/host.ts'
import { type Postgres, startPostgres } from '../../src/postgres/postgres.ts'
import { embeddedServer } from '../../src/postgresql/server.ts'
import { userNamespace } from '../cluster/open.ts'

// Users of their own for namespaces, from the option to the store: the integrator asks our provider for the right to make roles.

const now = new Date('2026-03-02T12:00:00Z')

let folder = ''
let postgres: Postgres
let model: LocalModel

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'feast-users-'))
  await chmod(folder, 0o755)
  const machine = currentHost()
  const host = { ...machine, temporaries: [folder, ...machine.temporaries] }
  postgres = await startPostgres({ directory: join(folder, 'postgres'), settings: { fsync: 'off' }, host })
  const cluster = new FakeKubernetes()
  for (const name of ['alice', 'bob'])
    cluster.handle({ method: 'POST', path: '/api/v1/namespaces', body: JSON.stringify(userNamespace(name)) })
  model = openLocalModel({ charms: feastCharms(embeddedServer(postgres)), cluster })
  deployFeast(model)
  // Alice has the project of the example, bob one that is called like him.
  model.setConfig('feast-integrator', {
    'namespace-credentials': true,
    'project-per-namespace': true,
    'namespace-projects': 'alice=driver_stats',
  })
  await model.settle()
})

afterAll(async () => {
  await postgres?.stop()
  await rm(folder, { recursive: true, force: true })
})

/** The files that a namespace gets, where the dispatcher's hook server reads them. */
const filesOf = (namespace: string): ReadonlyMap<string, string> => {
  const files = model.state.units['resource-dispatcher/0']?.containers['resource-dispatcher']?.files ?? {}
  const manifest = files[`/var/lib/pebble/default/resources/secrets/${namespace}/feature-store-yaml.yaml`] ?? '{}'
  const { data = {} } = parse(manifest) as { readonly data?: Readonly<Record<string, string>> }
  return new Map(Object.entries(data).map(([name, content]) => [name, Buffer.from(content, 'base64').toString()]))
}

interface StoreYaml {
  readonly offline_store: pg.ClientConfig & { readonly db_schema: string }
}

const offlineStore = (namespace: string): pg.ClientConfig & { readonly db_schema: string } => {
  const { db_schema, host, port, database, user, password } = (parse(filesOf(namespace).get('feature_store.yaml') ?? '') as StoreYaml)
    .offline_store
  return {
    db_schema,
    ...Object.fromEntries(Object.entries({ host, port, database, user, password }).filter(([, value]) => value !== undefined)),
  }
}

const runAs = async (namespace: string): Promise<ExampleResult> => {
  const feast = await mkdtemp(join(folder, 'feast-'))
  const files = filesOf(namespace)
  for (const [name, content] of files) {
    await writeFile(join(feast, name), toLocalPaths(Buffer.from(content), [...files.keys()], { folder: feast, mountPath: '/feast' }))
  }
  return runExample({ folder, env: { FEAST_FS_YAML_FILE_PATH: join(feast, 'feature_store.yaml') } }, now)
}

test('all who have to do with it are active, and each namespace has a Secret of its own', () => {
  // The UI wants its own image, which containers of a model without pods do not have.
  const units = Object.values(model.model.units).filter(({ application }) => application !== 'feast-ui')
  const statuses = units.map(({ name, status }) => `${name} ${status.status} ${status.message}`.trim())
  expect(statuses.filter((line) => !/ active(?: Primary)?$/.test(line))).toEqual([])
  expect(filesOf('alice').get('feature_store.yaml')).not.toBe(filesOf('bob').get('feature_store.yaml'))
  expect(filesOf('_global').size).toBe(0)
})

test('alice applies, materializes and reads with what she is given, and bob does not see it', async () => {
  const alice = offlineStore('alice')
  await loadSample(alice, now)
  const { training, vectors } = await runAs('alice')
  expect(training.length).toBeGreaterThan(0)
  expect(vectors).toHaveLength(2)
  const { db_schema: schema, ...bob } = offlineStore('bob')
  expect(schema).not.toBe(alice.db_schema)
  const client = new pg.Client(bob)
  await client.connect()
  try {
    await expect(client.query(`select * from "${alice.db_schema}".driver_stats`)).rejects.toMatchObject({ code: '42501' })
  } finally {
    await client.end()
  }
})

test('new passwords, of the databases and of the namespaces: what is published works on', async () => {
  const before = offlineStore('alice').password
  for (const target of ['offline-store/leader', 'registry/leader']) await model.runAction(target, 'rotate-password')
  expect(offlineStore('alice').password).toBe(before)
  const { status } = await model.runAction('feast-integrator/leader', 'rotate-namespace-passwords')
  await model.settle()
  expect([status, offlineStore('alice').password === before]).toEqual(['completed', false])
  expect((await runAs('alice')).vectors).toHaveLength(2)
})
