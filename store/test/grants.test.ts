import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../../house/postgres.ts'
import { entity, featureView, float64, int64, openStore, postgresSource, pushSource, type Store } from '../src/index.ts'
import { openPool, type Pool } from '../src/postgres/pool.ts'
import { parsePostgresUrl } from '../src/postgres/url.ts'

// The statements of docs/howto/grants.md: enough, and none too many.

const driver = entity({ name: 'driver', joinKey: 'driver_id', valueType: int64 })
const trips = postgresSource({ table: 'trips', timestampField: 'at' })
const stats = featureView({
  name: 'stats',
  entities: [driver],
  schema: { rate: float64 },
  source: pushSource({ name: 'pushed', batchSource: trips }),
})

type Room = 'registry' | 'online' | 'offline'
const rooms: readonly Room[] = ['registry', 'online', 'offline']

interface Grant {
  readonly room: Room
  readonly statement: string
}

let databases: Readonly<Record<Room, TestDatabase>>
let admins: Readonly<Record<Room, Pool>>

const open = (role?: { readonly user: string; readonly password: string }): Promise<Store> => {
  const at = (room: Room) => ({ ...databases[room], ...role })
  const section = (room: Room): string => {
    const { host, port, database, user, password } = at(room)
    return `{type: postgres, host: ${host}, port: ${port}, database: ${database}, user: ${user}, password: "${password}", sslmode: disable}`
  }
  const { user, password, host, port, database } = at('registry')
  const yaml = `project: rides
registry: {registry_type: sql, path: "postgresql://${user}:${password}@${host}:${port}/${database}"}
online_store: ${section('online')}
offline_store: ${section('offline')}
entity_key_serialization_version: 3
`
  return openStore({ env: { FEATURE_STORE_YAML_BASE64: Buffer.from(yaml).toString('base64') }, live: false })
}

beforeAll(async () => {
  databases = { registry: await testDatabase(), online: await testDatabase(), offline: await testDatabase() }
  const look = (room: Room) => openPool(parsePostgresUrl(databases[room].adminUrl), { max: 1 })
  admins = { registry: look('registry'), online: look('online'), offline: look('offline') }
  await admins.offline.query(`CREATE TABLE trips AS SELECT 1::bigint AS driver_id, timestamptz '2026-01-01' AS at, 0.5::float8 AS rate`)
  await admins.offline.query(`ALTER TABLE trips OWNER TO ${databases.offline.user}`)
  for (const room of rooms) await admins[room].query(`REVOKE TEMPORARY ON DATABASE ${databases[room].database} FROM PUBLIC`)
  await admins.offline.query(`GRANT TEMPORARY ON DATABASE ${databases.offline.database} TO PUBLIC`)
  await using owner = await open()
  await owner.apply([stats])
  await owner.materialize({ start: new Date('2026-01-01'), end: new Date('2026-01-02') })
})
afterAll(async () => {
  for (const room of rooms) await admins[room].close()
})

/** The grants that the page gives to a role. */
const grantsOf = async (role: string): Promise<readonly Grant[]> => {
  const page = await readFile(new URL('../../docs/howto/grants.md', import.meta.url), 'utf8')
  const block = [...page.matchAll(/```sql\n([\s\S]*?)```/g)].map(([, sql = '']) => sql).find((sql) => sql.includes(role)) ?? ''
  return block.split(/^-- /m).flatMap((part) => {
    const room = rooms.find((each) => part.startsWith(each))
    return room === undefined ? [] : [...part.matchAll(/GRANT [^;]+;/g)].map(([statement]) => ({ room, statement }))
  })
}

/** Does something as a new role with these grants only. */
const withGrants = async (name: string, grants: readonly Grant[], act: (store: Store) => Promise<unknown>): Promise<unknown> => {
  const role = { user: `role_${randomBytes(5).toString('hex')}`, password: randomBytes(9).toString('hex') }
  await admins.registry.query(`CREATE ROLE ${role.user} LOGIN PASSWORD '${role.password}'`)
  for (const room of rooms) await admins[room].query(`GRANT CONNECT ON DATABASE ${databases[room].database} TO ${role.user}`)
  for (const { room, statement } of grants)
    await admins[room].query(statement.replaceAll(name, role.user).replace('DATABASE online', `DATABASE ${databases.online.database}`))
  await using store = await open(role)
  return await act(store)
}

let days = 0

const uses: Readonly<Record<string, Readonly<Record<string, (store: Store) => Promise<unknown>>>>> = {
  feature_reader: {
    serving: (store) => store.readOnline(['stats:rate'], [{ driver_id: 1n }]),
    planning: (store) => store.plan([stats]),
    'a training set': async (store) => {
      const entityRows = [{ driver_id: 1n, event_timestamp: new Date('2026-01-02') }]
      return await (await store.readHistorical(['stats:rate'], { entityRows })).toRows()
    },
  },
  feature_loader: {
    // Each time another window: one that the registry knows is not written again.
    materializing: (store) => store.materialize({ start: new Date('2026-01-01'), end: new Date(Date.UTC(2026, 1, ++days)) }),
    pushing: (store) => store.push('pushed', [{ driver_id: 1n, at: new Date('2026-01-03'), rate: 1.5 }], { to: 'online_and_offline' }),
  },
}

describe.each(Object.entries(uses))('%s', (role, acts) => {
  test('may do what the page says', async () => {
    const grants = await grantsOf(role)
    expect(grants.length).toBeGreaterThan(2)
    for (const act of Object.values(acts)) expect(await withGrants(role, grants, act)).toBeDefined()
  })

  test('without one of its grants is told which it needs, whichever it is', async () => {
    const grants = await grantsOf(role)
    for (const missing of grants) {
      const refusals: string[] = []
      for (const act of Object.values(acts))
        await withGrants(
          role,
          grants.filter((grant) => grant !== missing),
          act,
        ).catch((error: unknown) => refusals.push(String(error)))
      expect(refusals, missing.statement).not.toEqual([])
      for (const refusal of refusals) expect(refusal).toMatch(/; it needs GRANT [A-Z, ]+ ON .+ TO "role_/)
    }
  })
})
