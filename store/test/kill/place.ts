import { inject } from 'vitest'
import { type TestDatabase, testDatabase } from '../../../house/postgres.ts'
import { openStore, type Store } from '../../src/index.ts'
import { openPool, type Pool } from '../../src/postgres/pool.ts'
import { parsePostgresUrl } from '../../src/postgres/url.ts'
import { type KillingProxy, startProxy } from './proxy.ts'

/** Three databases of three users, and a way to them on which connections and processes die. */
export interface Place extends AsyncDisposable {
  readonly proxy: KillingProxy
  /** The configuration, base64, for a store behind the proxy. */
  readonly doomedYaml: string
  /** Whoever looks: straight connections as the owner of each database. */
  readonly registry: Pool
  readonly online: Pool
  readonly offline: Pool
  /** A store straight to PostgreSQL. */
  readonly store: Store
  /** Opens a store behind the proxy. */
  openDoomed(): Promise<Store>
  /** Makes all three databases as they were when they were new, and fills the history. */
  reset(): Promise<void>
  /** Waits until nothing of those who came through the proxy is left in PostgreSQL. */
  settled(): Promise<void>
}

const yamlOf = (databases: { readonly [Room in 'registry' | 'online' | 'offline']: TestDatabase }, port: number): string => {
  const { registry, online, offline } = databases
  const section = ({ database, user, password }: TestDatabase): string =>
    `{type: postgres, host: 127.0.0.1, port: ${port}, database: ${database}, user: ${user}, password: "${password}", sslmode: disable}`
  const text = `project: rides
registry: {registry_type: sql, path: "postgresql://${registry.user}:${registry.password}@127.0.0.1:${port}/${registry.database}?sslmode=disable"}
online_store: ${section(online)}
offline_store: ${section(offline)}
entity_key_serialization_version: 3
`
  return Buffer.from(text).toString('base64')
}

const look = (database: TestDatabase): Pool => openPool({ ...parsePostgresUrl(database.url), applicationName: 'onlooker' }, { max: 2 })

const fill = `CREATE TABLE trips AS SELECT d::bigint AS driver_id, timestamptz '2026-01-01 12:00+00' + n * interval '1 day' AS at,
  timestamptz '2026-01-05 00:00+00' AS created, d + n / 10.0::float8 AS rate, n::bigint AS trips, 'Köln ' || n AS city
  FROM generate_series(1, 20) d, generate_series(0, 2) n`

/** Makes the place, with its databases empty. */
export const makePlace = async (): Promise<Place> => {
  const databases = { registry: await testDatabase(), online: await testDatabase(), offline: await testDatabase() }
  const proxy = await startProxy(inject('postgres'))
  const pools = { registry: look(databases.registry), online: look(databases.online), offline: look(databases.offline) }
  const open = (yaml: string) => openStore({ env: { FEATURE_STORE_YAML_BASE64: yaml }, live: false })
  const store = await open(yamlOf(databases, databases.online.port))
  const doomedYaml = yamlOf(databases, proxy.port)
  return {
    proxy,
    doomedYaml,
    ...pools,
    store,
    openDoomed: () => open(doomedYaml),
    async reset() {
      for (const pool of Object.values(pools)) {
        const { rows } = await pool.query<{ name: string }>(
          `SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) AS name FROM pg_tables WHERE schemaname IN ('public', 'charmed_feast')`,
        )
        if (rows.length > 0) await pool.query(`DROP TABLE ${rows.map(({ name }) => name).join(', ')}`)
      }
      await pools.offline.query(fill)
    },
    settled: () => proxy.settled(),
    async [Symbol.asyncDispose]() {
      await proxy[Symbol.asyncDispose]()
      await store[Symbol.asyncDispose]()
      for (const pool of Object.values(pools)) await pool.close()
    },
  }
}
