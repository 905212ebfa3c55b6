import { inProcess, type Outcome, runScenario, type State } from '@charmed-feast/charm/testing'
import pg from 'pg'
import { describe, expect, test } from 'vitest'

import { type TestDatabase, testDatabase } from '../../../house/postgres.ts'
import { charm } from '../src/charm.ts'
import { database, published, referenceWith, secretFile, settle } from './reference.ts'

const act = (state: State, name: string, params: Readonly<Record<string, string | number | boolean>> = {}): Promise<Outcome> =>
  runScenario(inProcess(charm), state, { name: 'action', action: { name, params } })

const results = ({ action }: Outcome): Readonly<Record<string, string>> => (action?.results ?? {}) as Readonly<Record<string, string>>

const stores = ['offline-store', 'online-store', 'registry'] as const

interface Deployment {
  readonly state: State
  readonly databases: Readonly<Record<(typeof stores)[number], TestDatabase>>
}

const related = (id: number, endpoint: string, { host, port, user, password, database: name }: TestDatabase): ReturnType<typeof database> =>
  database(id, endpoint, { endpoints: `${host}:${port}`, username: user, password, database: name })

/** Three databases of a real PostgreSQL, and everything published. */
const deploy = async (config: State['config'] = {}): Promise<Deployment> => {
  const [offline, online, registry] = [await testDatabase(), await testDatabase(), await testDatabase()]
  const databases = { 'offline-store': offline, 'online-store': online, registry }
  const state = referenceWith(
    stores.map((name, index) => related(index + 1, name, databases[name])),
    { config },
  )
  return { state: await settle(state), databases }
}

const query = async ({ url }: TestDatabase, text: string, values: readonly unknown[] = []): Promise<readonly Record<string, never>[]> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(text, [...values])).rows
  } finally {
    await client.end()
  }
}

const keyOf = (id: number, version: 2 | 3): Buffer => {
  const value = Buffer.alloc(16)
  value.writeUInt32LE(4)
  value.writeUInt32LE(8, 4)
  value.writeBigInt64LE(BigInt(id), 8)
  const name = Buffer.from('driver_id')
  const string = Buffer.from([2, 0, 0, 0])
  return version === 2
    ? Buffer.concat([string, name, value])
    : Buffer.concat([Buffer.from([1, 0, 0, 0]), string, Buffer.from([9, 0, 0, 0]), name, value])
}

const makeOnlineTable = async (online: TestDatabase, name: string): Promise<void> => {
  await query(
    online,
    `create table ${name} (entity_key bytea, feature_name text, value bytea, vector_value bytea, event_ts timestamptz, created_ts timestamptz,
     primary key (entity_key, feature_name))`,
  )
}

const insert = (online: TestDatabase, table: string, row: readonly [Buffer, string, string, string]) =>
  query(online, `insert into ${table} (entity_key, feature_name, value, event_ts) values ($1, $2, $3, $4)`, row)

const rowsOf = async (online: TestDatabase, table: string) =>
  (
    await query(
      online,
      `select encode(entity_key, 'hex') as key, feature_name as name, convert_from(value, 'utf8') as value from ${table} order by 1, 2`,
    )
  ).map(({ key, name, value }) => [key, name, value])

describe('migrate-entity-keys', () => {
  test('counts first; then rewrites every table, publishes the version, and the charm is well', async () => {
    const { state, databases } = await deploy()
    const online = databases['online-store']
    await makeOnlineTable(online, '"feast_project_Stats"')
    await makeOnlineTable(online, 'empty')
    await query(online, 'create table not_feast (entity_key bytea, feature_name text)')
    for (let id = 0; id < 12; id += 1) await insert(online, '"feast_project_Stats"', [keyOf(id, 2), 'trips', `old ${id}`, '2026-01-01'])
    // Written with the new version already: one row later than the old one, one earlier.
    await insert(online, '"feast_project_Stats"', [keyOf(0, 3), 'trips', 'later', '2026-02-01'])
    await insert(online, '"feast_project_Stats"', [keyOf(1, 3), 'trips', 'earlier', '2025-02-01'])
    const wanting = { ...state, config: { 'entity-key-serialization-version': 3 } }
    const before = await rowsOf(online, '"feast_project_Stats"')

    const dry = await act(wanting, 'migrate-entity-keys')
    expect(dry.action).toMatchObject({ status: 'completed' })
    expect(results(dry)).toMatchObject({
      from: '2',
      to: '3',
      keys: '12',
      'done-already': '2',
      unknown: '0',
      tables: '"feast_project_Stats": 12 to rewrite, 2 done already\nempty: 0 to rewrite, 0 done already',
    })
    expect(await rowsOf(online, '"feast_project_Stats"')).toEqual(before)
    expect(published(dry.state)).toEqual(published(state))

    const done = await act(wanting, 'migrate-entity-keys', { 'dry-run': false })
    expect(results(done)).toMatchObject({ outcome: 'rewritten and published', keys: '12' })
    const expected = Array.from({ length: 12 }, (_, id) => [keyOf(id, 3).toString('hex'), 'trips', id === 0 ? 'later' : `old ${id}`])
    expect(await rowsOf(online, '"feast_project_Stats"')).toEqual(expected.sort())
    expect(secretFile(done.state)).toContain('entity_key_serialization_version: 3')
    expect(done.state.unitStatus.message).not.toContain('entity-key-serialization-version" is 3, but')
    const next = await settle(done.state)
    expect(secretFile(next)).toContain('entity_key_serialization_version: 3')

    const back = await act({ ...next, config: {} }, 'migrate-entity-keys', { 'dry-run': false })
    expect(results(back)).toMatchObject({ from: '3', to: '2', keys: '12' })
    expect(secretFile(back.state)).toContain('entity_key_serialization_version: 2')
    expect((await settle(back.state)).unitStatus).toEqual({ name: 'active', message: '' })
  })

  test('changes nothing at all when one key is none of Feast', async () => {
    const { state, databases } = await deploy()
    const online = databases['online-store']
    await makeOnlineTable(online, 'a')
    await makeOnlineTable(online, 'b')
    await insert(online, 'a', [keyOf(1, 2), 'f', 'v', '2026-01-01'])
    await insert(online, 'b', [Buffer.from('nonsense'), 'f', 'v', '2026-01-01'])
    const wanting = { ...state, config: { 'entity-key-serialization-version': 3 } }
    const outcome = await act(wanting, 'migrate-entity-keys', { 'dry-run': false })
    expect(outcome.action).toMatchObject({ status: 'failed', message: 'b: some keys there are none of Feast; nothing was changed' })
    expect(await rowsOf(online, 'a')).toEqual([[keyOf(1, 2).toString('hex'), 'f', 'v']])
    expect(published(outcome.state)).toEqual(published(state))
  })

  test.each([
    ['there is nothing to change', (state: State) => state, /is 2, as the online store/],
    ['this unit does not lead', (state: State) => ({ ...state, leader: false }), /run this on feast-integrator\/leader/],
    ['a database is missing', (state: State) => ({ ...state, relations: [] }), /the stores are not all there/],
    ['the password is refused', (state: State) => withPassword(state, 'online-store'), /^online-store: 28P01, the password is refused/],
  ])('fails with a reason when %s', async (_, spoil, message) => {
    const { state } = await deploy()
    const spoiled = spoil(state)
    const config = message.source.startsWith('is 2') ? {} : { 'entity-key-serialization-version': 3 }
    const outcome = await act({ ...spoiled, config }, 'migrate-entity-keys', { 'dry-run': false })
    expect(outcome.action).toMatchObject({ status: 'failed', message: expect.stringMatching(message) })
  })
})

const withPassword = (state: State, endpoint: string): State => ({
  ...state,
  relations: state.relations.map((each) =>
    each.endpoint === endpoint ? { ...each, remoteAppData: { ...each.remoteAppData, password: 'not-the-password' } } : each,
  ),
})

const makeRegistry = async (registry: TestDatabase): Promise<void> => {
  await query(
    registry,
    `create table entities (entity_name varchar(255), project_id varchar(255), last_updated_timestamp bigint not null, entity_proto bytea not null,
     primary key (entity_name, project_id));
     create index idx_entities_project_id on entities (project_id);
     create table "Odd" (a text default 'x', at timestamptz)`,
  )
  await query(registry, "insert into entities values ('driver', 'p', 9007199254740993, '\\x00ff'), ('shop', 'p', 2, '\\x')")
}

const registryOf = (registry: TestDatabase) =>
  query(
    registry,
    "select entity_name, project_id, last_updated_timestamp::text as at, encode(entity_proto, 'hex') as proto from entities order by 1",
  )

describe('backup-registry and restore-registry', () => {
  test('what was kept comes back whole, and what was there before is kept too', async () => {
    const { state, databases } = await deploy()
    const { registry } = databases
    await makeRegistry(registry)
    const before = await registryOf(registry)
    const { backup = '', rows } = results(await act(state, 'backup-registry'))
    expect(rows).toBe('2')
    await query(
      registry,
      "delete from entities where entity_name = 'driver'; insert into entities values ('new', 'p', 3, '\\x01'); create table later (a int); insert into later values (1)",
    )

    const dry = await act(state, 'restore-registry', { backup })
    expect(results(dry)).toMatchObject({ tables: 'Odd: 0 rows\nentities: 2 rows', outcome: expect.stringContaining('dry-run=false') })
    expect(await registryOf(registry)).not.toEqual(before)

    const done = results(await act(state, 'restore-registry', { backup, 'dry-run': false }))
    expect(done.outcome).toBe('restored')
    expect(await registryOf(registry)).toEqual(before)
    expect(await query(registry, 'select * from later')).toEqual([])

    await act(state, 'restore-registry', { backup: done.before ?? '', 'dry-run': false })
    expect((await registryOf(registry)).map(({ entity_name: name }) => name)).toEqual(['new', 'shop'])
    expect(await query(registry, 'select * from later')).toEqual([{ a: 1 }])
  })

  test('a registry that was lost is made anew in another database, keys and indexes included', async () => {
    const { state, databases } = await deploy()
    await makeRegistry(databases.registry)
    const before = await registryOf(databases.registry)
    const { backup = '' } = results(await act(state, 'backup-registry'))
    const fresh = await testDatabase()
    const [registryRelation] = referenceWith([related(33, 'registry', fresh)]).relations.filter(({ endpoint }) => endpoint === 'registry')
    const moved = {
      ...state,
      relations: [...state.relations.filter(({ endpoint }) => endpoint !== 'registry'), ...[registryRelation ?? []].flat()],
    }
    expect(results(await act(moved, 'restore-registry', { backup, 'dry-run': false })).outcome).toBe('restored')
    expect(await registryOf(fresh)).toEqual(before)
    const made = await query(fresh, "select indexdef from pg_indexes where schemaname = 'public' order by 1")
    expect(made.map(({ indexdef }) => indexdef)).toEqual([
      'CREATE INDEX idx_entities_project_id ON public.entities USING btree (project_id)',
      'CREATE UNIQUE INDEX entities_pkey ON public.entities USING btree (entity_name, project_id)',
    ])
  })

  test('only as many are kept as were asked for, and without a name they are listed, newest first', async () => {
    const { state, databases } = await deploy()
    await makeRegistry(databases.registry)
    expect(results(await act(state, 'restore-registry')).backups).toBe('none: run the action backup-registry first')
    const names: string[] = []
    for (let index = 0; index < 3; index += 1) names.push(results(await act(state, 'backup-registry', { keep: 2 })).backup ?? '')
    const listed = results(await act(state, 'restore-registry')).backups?.split('\n') ?? []
    expect(listed.map((line) => line.split(':')[0])).toEqual([names[2], names[1]])
  })

  test('a backup that was changed is not restored, and one that is not there is said', async () => {
    const { state, databases } = await deploy()
    await makeRegistry(databases.registry)
    const { backup = '' } = results(await act(state, 'backup-registry'))
    await query(databases['offline-store'], "update charmed_feast_registry_backup set content = content || '\\x00'")
    const outcome = await act(state, 'restore-registry', { backup, 'dry-run': false })
    expect(outcome.action).toMatchObject({ status: 'failed', message: expect.stringContaining('it is not what was written') })
    const missing = await act(state, 'restore-registry', { backup: 'x' })
    expect(missing.action).toMatchObject({ status: 'failed', message: 'there is no backup "x": run this action without one to list them' })
  })

  test('without databases both say which are missing', async () => {
    for (const name of ['backup-registry', 'restore-registry']) {
      const outcome = await act(referenceWith([], { relations: [] }), name)
      expect(outcome.action).toMatchObject({ status: 'failed', message: expect.stringContaining('are not both there') })
    }
  })
})
