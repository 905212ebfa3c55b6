import { randomUUID } from 'node:crypto'

import type { KubernetesObject } from '@charmed-feast/charm'
import { findLeaks, inProcess, runScenario, type State } from '@charmed-feast/charm/testing'
import pg from 'pg'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'

import { type TestDatabase, testDatabase } from '../../../house/postgres.ts'
import { charm } from '../src/charm.ts'
import { storeNames } from '../src/metadata.ts'
import { groupName, parsePasswords, passwordsContent, roleName } from '../src/namespace/user.ts'
import { change, database, manifestsOf, published, reader, referenceWith, relationOf, run, settle } from './reference.ts'

const namespace = (name: string, labels: Readonly<Record<string, string>> = { 'user.kubeflow.org/enabled': 'true' }): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels },
})

const wished = { 'namespace-credentials': true, 'project-per-namespace': true }

type Stores = Readonly<Record<(typeof storeNames)[number], TestDatabase>>

const asAdmin = async (where: TestDatabase, sql: string): Promise<readonly Readonly<Record<string, unknown>>[]> => {
  const client = new pg.Client({ connectionString: where.adminUrl })
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

/** Three databases, and a deployment over them with namespaces `alice` and `bob`, before its first hook. */
const begin = async ({ createRole = true, config = wished }: { readonly createRole?: boolean; readonly config?: State['config'] } = {}) => {
  const stores: Stores = { 'offline-store': await testDatabase(), 'online-store': await testDatabase(), registry: await testDatabase() }
  if (createRole) for (const store of Object.values(stores)) await asAdmin(store, `alter role ${store.user} createrole`)
  const databases = storeNames.map((name, index) => {
    const { host, port, user, password, database: dbname } = stores[name]
    return database(index + 1, name, { endpoints: `${host}:${port}`, username: user, password, database: dbname })
  })
  const state = referenceWith(
    [...databases, ...reader('secrets', { 'manifest-secrets': 'true' }).filter(({ endpoint }) => endpoint === 'secrets')],
    {
      config,
      model: { name: 'kubeflow', uuid: randomUUID() },
      kubernetes: { objects: [namespace('alice'), namespace('bob'), namespace('kube-system', {})], errors: [] },
    },
  )
  return { stores, state }
}

const withNamespaces = (state: State, ...names: readonly string[]): State => ({
  ...state,
  kubernetes: { objects: names.map((name) => namespace(name)), errors: [] },
})

interface Section {
  readonly host: string
  readonly port: number
  readonly database: string
  readonly user: string
  readonly password: string
  readonly db_schema: string
}

/** What a namespace's Secret says. */
const fileOf = (
  state: State,
  of: string,
): {
  readonly project: string
  readonly registry: { readonly path: string }
  readonly offline_store: Section
  readonly online_store: Section
} => {
  const found = (manifestsOf(state) as unknown as readonly KubernetesObject[]).find(({ metadata }) => metadata.namespace === of)
  const { 'feature_store.yaml': file = '' } = (found?.data ?? {}) as Readonly<Record<string, string>>
  return parse(Buffer.from(file, 'base64').toString())
}

type StoreKey = 'offline_store' | 'online_store' | 'registry'

const connectionOf = (state: State, of: string, store: StoreKey): pg.ClientConfig => {
  const file = fileOf(state, of)
  if (store === 'registry') return { connectionString: file.registry.path.replace(/\?.*/, '') }
  const { db_schema: schema, ...section } = file[store]
  return {
    host: section.host,
    port: section.port,
    database: section.database,
    user: section.user,
    password: section.password,
    options: `-c search_path=${schema}`,
  }
}

/** Runs SQL as a namespace would; gives the rows, or the code of why not. */
const ask = async (config: pg.ClientConfig, sql: string): Promise<unknown> => {
  const client = new pg.Client(config)
  try {
    await client.connect()
    return (await client.query(sql)).rows
  } catch (error) {
    return (error as { readonly code?: string }).code
  } finally {
    await client.end()
  }
}

const statusOf = ({ unitStatus }: State): string => `${unitStatus.name}: ${unitStatus.message}`

describe('users of their own for namespaces', () => {
  test('each namespace has its Secret, and nothing goes to all of them', async () => {
    const { state } = await begin()
    const outcome = await run(state)
    const settled = outcome.state
    expect(statusOf(settled)).toBe('active: ')
    expect(manifestsOf(settled)).toMatchObject([{ metadata: { namespace: 'alice' } }, { metadata: { namespace: 'bob' } }])
    const { uuid } = settled.model
    const names = storeNames.map((store) => roleName({ modelUuid: uuid, app: 'feast-integrator', store }, 'alice'))
    const { project, offline_store: offline, online_store: online, registry } = fileOf(settled, 'alice')
    expect([project, offline.user, offline.db_schema, online.user, online.db_schema]).toEqual([
      'alice',
      names[0],
      names[0],
      names[1],
      names[1],
    ])
    expect(registry.path).toContain(`//${names[2]}:`)
    const passwords = [offline.password, fileOf(settled, 'bob').offline_store.password]
    expect(new Set(passwords).size).toBe(2)
    expect(findLeaks(outcome, passwords)).toEqual([])
    for (const store of storeNames) expect(relationOf(settled, store).localAppData['extra-user-roles']).toBe('createrole')
  })

  test('alice reads and writes what is hers, and nothing of bob’s, of everybody’s, or of the server', async () => {
    const { state, stores } = await begin()
    const settled = await settle(state)
    for (const [key, name] of [
      ['offline_store', 'offline-store'],
      ['online_store', 'online-store'],
    ] as const) {
      const [alice, bob] = [connectionOf(settled, 'alice', key), connectionOf(settled, 'bob', key)]
      expect(await ask(bob, 'create table rides as select 1 as fare')).toEqual([])
      expect(await ask(alice, 'create table rides as select 2 as fare')).toEqual([])
      expect(await ask(alice, 'select * from rides')).toEqual([{ fare: 2 }])
      const bobs = `"${String(bob.user)}".rides`
      for (const sql of [
        `select * from ${bobs}`,
        `insert into ${bobs} values (3)`,
        `drop table ${bobs}`,
        `create table "${String(bob.user)}".mine (a int)`,
      ])
        expect([sql, await ask(alice, sql)]).toEqual([sql, '42501'])
      await asAdmin(stores[name], `set role ${stores[name].user}; create table public.common as select 1 as a`)
      expect(await ask(alice, 'select * from public.common')).toBe('42501')
      expect(await ask(alice, 'create table public.mine (a int)')).toBe('42501')
      expect(await ask(alice, 'create schema mine')).toBe('42501')
      expect(await ask(alice, `set role "${String(bob.user)}"`)).toBe('42501')
      expect(await ask(alice, `set role "${stores[name].user}"`)).toBe('42501')
      expect(await ask(alice, 'create role somebody')).toBe('42501')
      expect(await ask({ ...alice, database: stores.registry.database }, 'select 1')).toBe('42501')
      expect(await ask(bob, 'select * from rides')).toEqual([{ fare: 1 }])
    }
  })

  test('the registry is common: what one makes there, and what was there before, the others use, and so does the application', async () => {
    const { state, stores } = await begin()
    const { registry } = stores
    await ask({ connectionString: registry.url }, 'create table projects (name text); create sequence numbers')
    const settled = await settle(state)
    const [alice, bob] = [connectionOf(settled, 'alice', 'registry'), connectionOf(settled, 'bob', 'registry')]
    expect(await ask(alice, `insert into projects values ('alice')`)).toEqual([])
    expect(await ask(alice, 'create table entities (name text)')).toEqual([])
    expect(await ask(bob, `insert into entities values ('driver')`)).toEqual([])
    expect(await ask(bob, 'alter table entities add column more text')).toEqual([])
    expect(await ask({ connectionString: registry.url }, 'select name from entities')).toEqual([{ name: 'driver' }])
    await ask({ connectionString: registry.url }, 'create table later (name text)')
    expect(await ask(bob, 'select * from later')).toEqual([])
  })

  test('so are the notes of the store, whoever’s run makes their table; they outlive who made it', async () => {
    const { state, stores } = await begin({ config: { ...wished, 'namespace-grace-hours': 0 } })
    const settled = await settle(state)
    const [alice, bob] = [connectionOf(settled, 'alice', 'online_store'), connectionOf(settled, 'bob', 'online_store')]
    expect(await ask(bob, 'create table charmed_feast.job (view text)')).toEqual([])
    expect(await ask(alice, `insert into charmed_feast.job values ('stats')`)).toEqual([])
    const gone = await settle(await settle(withNamespaces(settled, 'alice')))
    expect(await asAdmin(stores['online-store'], `select 1 from pg_roles where rolname = '${String(bob.user)}'`)).toEqual([])
    await settle(gone)
    expect(await ask(alice, 'select view from charmed_feast.job')).toEqual([{ view: 'stats' }])
  })

  test('where all is as it should be, nothing is written', async () => {
    const { state, stores } = await begin()
    const settled = await settle(state)
    const { registry } = stores
    const look = () => asAdmin(registry, `select rolname, xmin::text from pg_authid where rolname like 'feast\\_%' order by 1`)
    const before = await look()
    const again = await run(settled)
    expect(again.state.secrets).toEqual(settled.secrets)
    expect(await look()).toEqual(before)
  })

  test('the users of a namespace that goes are locked at once, with their sessions; they come back with it, and its tables are as they were', async () => {
    const { state } = await begin()
    const settled = await settle(state)
    const bob = connectionOf(settled, 'bob', 'offline_store')
    const session = new pg.Client(bob)
    const lost = new Promise<string | undefined>((resolve) =>
      session.on('error', (error: Error & { readonly code?: string }) => resolve(error.code)),
    )
    await session.connect()
    await session.query('create table kept as select 1 as a')
    const without = await settle(withNamespaces(settled, 'alice'))
    expect(await lost).toBe('57P01')
    expect(manifestsOf(without)).toMatchObject([{ metadata: { namespace: 'alice' } }])
    expect(['28000', '28P01']).toContain(await ask(bob, 'select 1'))
    const back = await settle(withNamespaces(without, 'alice', 'bob'))
    expect(await ask(connectionOf(back, 'bob', 'offline_store'), 'select * from kept')).toEqual([{ a: 1 }])
    expect(await ask(bob, 'select 1')).toBe('28P01')
  })

  test('after the time of grace they are dropped, with what is theirs', async () => {
    const { state, stores } = await begin({ config: { ...wished, 'namespace-grace-hours': 24 } })
    const settled = await settle(state)
    await ask(connectionOf(settled, 'bob', 'offline_store'), 'create table kept as select 1 as a')
    const without = await settle(withNamespaces(settled, 'alice'))
    const look = async (): Promise<readonly unknown[]> => {
      const roles = storeNames.map((store) => roleName({ modelUuid: settled.model.uuid, app: 'feast-integrator', store }, 'bob'))
      const found = await asAdmin(stores['offline-store'], `select rolname from pg_roles where rolname in ('${roles.join(`','`)}')`)
      return [found.length, (await asAdmin(stores['offline-store'], `select 1 from pg_namespace where nspname = '${roles[0]}'`)).length]
    }
    expect(await look()).toEqual([3, 1])
    const early = await settle(without)
    expect(await look()).toEqual([3, 1])
    for (const store of storeNames) {
      const name = roleName({ modelUuid: settled.model.uuid, app: 'feast-integrator', store }, 'bob')
      const [{ since } = { since: '' }] = await asAdmin(stores[store], `select (now() - interval '25 hours')::text as since`)
      await asAdmin(stores[store], `comment on role "${name}" is 'gone ${String(since)}'`)
    }
    const late = await settle(early)
    expect(await look()).toEqual([0, 0])
    expect(await ask(connectionOf(late, 'alice', 'offline_store'), 'select 1 as a')).toEqual([{ a: 1 }])
  })

  test('rotate-namespace-passwords gives new ones, which the Secrets have and the old ones are not', async () => {
    const { state } = await begin()
    const settled = await settle(state)
    const old = connectionOf(settled, 'alice', 'online_store')
    const { action, state: rotated } = await runScenario(inProcess(charm), settled, {
      name: 'action',
      action: { name: 'rotate-namespace-passwords', params: {} },
    })
    expect(action).toMatchObject({ status: 'completed', results: { rotated: '2' } })
    expect(await ask(old, 'select 1')).toBe('28P01')
    for (const store of ['offline_store', 'online_store', 'registry'] as const)
      expect(await ask(connectionOf(rotated, 'alice', store), 'select 1 as a')).toEqual([{ a: 1 }])
    expect(fileOf(await settle(rotated), 'alice')).toEqual(fileOf(rotated, 'alice'))
  })

  test('a password that was changed behind the charm’s back is set again by whoever knows the secret: another leader on a new pod', async () => {
    const { state, stores } = await begin()
    const settled = await settle(state)
    const alice = connectionOf(settled, 'alice', 'registry')
    const name = roleName({ modelUuid: settled.model.uuid, app: 'feast-integrator', store: 'registry' }, 'alice')
    await asAdmin(stores.registry, `alter role "${name}" password 'another'; comment on role "${name}" is null`)
    expect(await ask(alice, 'select 1')).toBe('28P01')
    await settle({ ...settled, unit: 1 })
    expect(await ask(alice, 'select 1 as a')).toEqual([{ a: 1 }])
  })
})

describe('where it cannot be, the unit says so and what was published stays', () => {
  const common = { 'project-per-namespace': true }

  test('a provider that does not give the right to make roles', async () => {
    const { state, stores } = await begin({ createRole: false, config: common })
    const before = await settle(state)
    const after = await settle({ ...before, config: wished })
    expect(statusOf(after)).toBe(
      `blocked: [namespace-credentials] offline-store: user "${stores['offline-store'].user}" may not make roles, though it asked for createrole: give it that, or relate to the provider anew`,
    )
    expect(published(after)).toEqual(published(before))
    for (const store of Object.values(stores)) await asAdmin(store, `alter role ${store.user} createrole`)
    expect(statusOf(await settle(after))).toBe('active: ')
  })

  test('an application that may not list namespaces', async () => {
    const { state } = await begin({ config: common })
    const before = await settle(state)
    const refusal = { kind: 'Namespace', access: 'read', status: 403 } as const
    const after = await settle({ ...before, config: wished, kubernetes: { objects: [], errors: [refusal] } })
    expect(statusOf(after)).toMatch(/^blocked: \[namespace-credentials\] the application may not list namespaces: juju trust /)
    expect(published(after)).toEqual(published(before))
  })

  test('a database that does not answer', async () => {
    const { state } = await begin({ config: common })
    const before = await settle(state)
    const { remoteAppData } = relationOf(before, 'registry')
    const after = await settle({
      ...change(before, 'registry', { remoteAppData: { ...remoteAppData, endpoints: '127.0.0.1:1' } }),
      config: wished,
    })
    expect(statusOf(after)).toMatch(/^waiting: \[namespace-credentials\] registry cannot be given its users \(ECONNREFUSED\)/)
    expect(published(after)).toEqual(published(before))
  })

  test('a dispatcher that reads no Juju secrets: in clear text everybody could read', async () => {
    const { state } = await begin({ config: common })
    const before = await settle(change(state, 'secrets', { remoteAppData: {} }))
    const after = await settle({ ...before, config: wished })
    expect(statusOf(after)).toMatch(/^blocked: \[namespace-credentials\] resource-dispatcher reads no Juju secrets/)
    expect(published(after)).toEqual(published(before))
  })

  test.each([
    [{ ...wished, 'project-per-namespace': false }, 'option "namespace-credentials" is true'],
    [{ ...wished, 'namespace-grace-hours': -1 }, 'option "namespace-grace-hours" is -1'],
    [{ ...wished, 'namespace-label': 'a b' }, 'option "namespace-label" is "a b"'],
  ])('options that make no sense: %o', async (config, words) => {
    const { state } = await begin({ config })
    expect(statusOf(await settle(state))).toContain(`blocked: [config] ${words}`)
  })

  test('back to false, everybody is given the common users again', async () => {
    const { state, stores } = await begin()
    const after = await settle({ ...(await settle(state)), config: common })
    expect(manifestsOf(after)).toHaveLength(1)
    expect(JSON.stringify(manifestsOf(after))).toContain(stores['online-store'].user)
    expect(relationOf(after, 'registry').localAppData['extra-user-roles']).toBeUndefined()
  })
})

describe('names and passwords', () => {
  test('a role’s name fits, and is another one for every namespace, database, application and model', () => {
    const owner = { modelUuid: 'm', app: 'a', store: 'registry' }
    const long = 'n'.repeat(62)
    const names = [
      ...['alice', 'bob', `${long}x`, `${long}y`].map((each) => roleName(owner, each)),
      ...[{ modelUuid: 'n' }, { app: 'b' }, { store: 'online-store' }].map((other) => roleName({ ...owner, ...other }, 'alice')),
    ]
    expect(new Set(names).size).toBe(names.length)
    expect(names.every((name) => name.length <= 63)).toBe(true)
    expect(names[0]?.startsWith(`${groupName(owner)}_`)).toBe(true)
  })

  test('a secret that is none is passed over', () => {
    expect(parsePasswords(passwordsContent({ alice: 'a' }))).toEqual({ alice: 'a' })
    for (const passwords of ['', '[', 'null', '{"alice":1}']) expect(parsePasswords({ passwords })).toEqual({})
  })
})
