import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import {
  type Definition,
  days,
  entity,
  featureService,
  featureView,
  field,
  float64,
  int64,
  loadConfig,
  openStore,
  postgresSource,
  project,
  pushSource,
  type Store,
  string,
} from '@charmed-feast/store'
import pg from 'pg'
import { testDatabase } from '../../house/postgres.ts'
import { type Server, type ServerOptions, startServer } from '../src/server.ts'

/** A registry with something in it, its stores, and a server before them. */
export interface Fixture extends AsyncDisposable {
  readonly server: Server
  readonly store: Store
  readonly folder: string
  readonly password: string
  /** What servers said went wrong behind answers. */
  readonly reported: readonly unknown[]
  /** A statement on the database of the fixture. */
  sql(text: string, values?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>
  /** A second server on the same stores. */
  another(options?: Partial<ServerOptions>): Promise<Server>
  get(path: string, init?: RequestInit): Promise<Response>
  json(path: string, init?: RequestInit): Promise<Record<string, unknown>>
  send(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Response>
}

const driver = entity({ name: 'driver', joinKey: 'driver_id', valueType: int64, description: 'Who drives' })
const hourly = postgresSource({
  name: 'hourly',
  table: 'driver_stats',
  timestampField: 'event_timestamp',
  createdTimestampColumn: 'created',
})
const pushed = pushSource({ name: 'pushed', batchSource: hourly })
const stats = featureView({
  name: 'stats',
  entities: [driver],
  ttl: days(2),
  schema: { conv_rate: field(float64, { description: 'Offers that became rides' }), trips: int64 },
  source: hourly,
  owner: 'ada@example.com',
  tags: { team: 'risk', schedule: '1h' },
})
const live = featureView({ name: 'live', entities: [driver], schema: { city: string }, source: pushed })
const ranking = featureService({ name: 'ranking', features: [stats], description: 'Ranks drivers' })

/** What the fixture applies. */
const definitions: readonly Definition[] = [
  project({ name: 'rides', description: 'Everything about rides' }),
  driver,
  hourly,
  pushed,
  stats,
  live,
  ranking,
]

/** The moment that the fixture's clock stands at. */
export const noon = 1_764_000_000_000_000n

const rows = `INSERT INTO driver_stats SELECT 1001 + n % 3, 0.1 * n, 10 * n, 'city ' || n,
  timestamptz '2025-11-24 10:00:00Z' + n * interval '1 hour', timestamptz '2025-11-24 11:00:00Z' + n * interval '1 hour'
  FROM generate_series(0, 5) AS n`

/**
 * Makes a fixture.
 *
 * @example
 * await using fixture = await openFixture({ openings: { writes: true } })
 */
export const openFixture = async (options: Partial<ServerOptions> = {}, applied: readonly Definition[] = definitions): Promise<Fixture> => {
  const { host, port, user, password, database, url } = await testDatabase()
  const folder = await mkdtemp(join(tmpdir(), 'charmed-feast-server-'))
  const parts = `{type: postgres, host: ${host}, port: ${port}, user: ${user}, password: ${password}, database: ${database}, sslmode: disable}`
  const yaml = [
    'project: rides',
    `registry: {registry_type: sql, path: "${url}?sslmode=disable", cache_ttl_seconds: 60}`,
    `offline_store: ${parts}`,
    `online_store: ${parts}`,
    'entity_key_serialization_version: 3',
  ]
  await writeFile(join(folder, 'feature_store.yaml'), `${yaml.join('\n')}\n`)
  const client = new pg.Client({ connectionString: `${url}?sslmode=disable` })
  await client.connect()
  await client.query(
    'CREATE TABLE driver_stats (driver_id bigint, conv_rate double precision, trips bigint, city text, event_timestamp timestamptz, created timestamptz)',
  )
  await client.query(rows)
  const store = await openStore({ folder, env: {}, now: () => noon })
  await store.apply(applied)
  const config = await loadConfig({ repoPath: folder, environment: {} })
  const servers: Server[] = []
  const reported: unknown[] = []
  const another = async (more: Partial<ServerOptions> = {}): Promise<Server> => {
    const server = await startServer({
      store,
      config,
      port: 0,
      now: () => noon,
      report: (error) => reported.push(error),
      ...options,
      ...more,
    })
    servers.push(server)
    return server
  }
  const server = await another()
  const get = (path: string, init?: RequestInit): Promise<Response> => fetch(new URL(path, server.url), init)
  return {
    server,
    store,
    folder,
    password,
    reported,
    another,
    get,
    sql: async (text, values = []) => (await client.query(text, [...values])).rows,
    // The tests read members of what they asked for.
    json: async (path, init) => (await (await get(path, init)).json()) as Record<string, unknown>,
    send: (method, path, body, headers = {}) =>
      get(path, {
        method,
        headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    async [Symbol.asyncDispose]() {
      for (const each of servers) await each.close()
      await store[Symbol.asyncDispose]()
      await client.end()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** A folder of pages as small as can be. */
export const makePages = async (): Promise<AsyncDisposable & { readonly folder: string }> => {
  const folder = await mkdtemp(join(tmpdir(), 'charmed-feast-pages-'))
  await writeFile(
    join(folder, 'index.html'),
    '<!doctype html>\n<html lang="en">\n  <head>\n    <title>Feast</title>\n  </head>\n  <body></body>\n</html>\n',
  )
  await writeFile(join(folder, 'theme.js'), `document.title = '${'x'.repeat(2000)}'\n`)
  const { mkdir } = await import('node:fs/promises')
  await mkdir(join(folder, 'assets'))
  await writeFile(join(folder, 'assets', 'main-1a2b3c4d.js'), `console.log('${'y'.repeat(5000)}')\n`)
  return { folder: pathToFileURL(folder).pathname, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) }
}
