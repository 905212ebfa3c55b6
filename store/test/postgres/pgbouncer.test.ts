import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../../../house/postgres.ts'
import { entity, featureView, float64, int64, openStore, postgresSource, pushSource } from '../../src/index.ts'
import { openPool, type Pool } from '../../src/postgres/pool.ts'
import { parsePostgresUrl } from '../../src/postgres/url.ts'
import { eventually } from './eventually.ts'

// Through a real PgBouncer in transaction mode, with four server connections for all: a materialization reads through one while it writes through
// another, and with fewer two at once would wait for each other for ever. Debian: apt-get install pgbouncer.

const program = ((): string | undefined => {
  try {
    return execFileSync('/bin/sh', ['-c', 'PATH=$PATH:/usr/sbin command -v pgbouncer'], { encoding: 'utf8' }).trim()
  } catch {
    process.stdout.write(
      'pgbouncer is not installed: the test through a real one is skipped; pooled.test.ts holds the same on PostgreSQL\n',
    )
    return undefined
  }
})()

const driver = entity({ name: 'driver', joinKey: 'driver_id', valueType: int64 })
const stats = featureView({
  name: 'stats',
  entities: [driver],
  schema: { rate: float64 },
  source: pushSource({ name: 'pushed', batchSource: postgresSource({ table: 'trips', timestampField: 'at' }) }),
})

let database: TestDatabase
let folder: string
let bouncer: ChildProcess
let port: number
let pool: Pool

beforeAll(async () => {
  if (program === undefined) return
  database = await testDatabase()
  pool = openPool(parsePostgresUrl(database.url), { max: 1 })
  await pool.query(
    `CREATE TABLE trips AS SELECT d::bigint AS driver_id, timestamptz '2026-01-01' AS at, d / 2.0::float8 AS rate FROM generate_series(1, 100) d`,
  )
  folder = await mkdtemp(join(tmpdir(), 'charmed-feast-bouncer-'))
  await chmod(folder, 0o755)
  port = 20_000 + (process.pid % 20_000)
  await writeFile(join(folder, 'users.txt'), `"${database.user}" "${database.password}"\n`)
  await writeFile(
    join(folder, 'pgbouncer.ini'),
    `[databases]
${database.database} = host=${database.host} port=${database.port} dbname=${database.database}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${join(folder, 'users.txt')}
pool_mode = transaction
default_pool_size = 4
max_client_conn = 100
`,
  )
  // PgBouncer refuses root.
  const account = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}
  for (const name of ['users.txt', 'pgbouncer.ini'])
    if (account.uid !== undefined) await chown(join(folder, name), account.uid, account.gid)
  bouncer = spawn(program, [join(folder, 'pgbouncer.ini')], { ...account, stdio: ['ignore', 'ignore', 'pipe'] })
  bouncer.stderr?.resume()
})
afterAll(async () => {
  if (program === undefined) return
  bouncer.kill('SIGKILL')
  await once(bouncer, 'exit')
  await pool.close()
  await rm(folder, { recursive: true, force: true })
})

const urlThrough = (): string => `postgresql://${database.user}:${database.password}@127.0.0.1:${port}/${database.database}`

test.skipIf(program === undefined)('through PgBouncer in transaction mode everything works, and many at a time do not mix', async () => {
  const section = `{type: postgres, host: 127.0.0.1, port: ${port}, database: ${database.database}, user: ${database.user}, password: "${database.password}", sslmode: disable}`
  const yaml = `project: rides
registry: {registry_type: sql, path: "${urlThrough()}"}
online_store: ${section}
offline_store: ${section}
entity_key_serialization_version: 3
charmed_feast: {registry: {pooled: true}, online: {pooled: true}, offline: {pooled: true}}
`
  const probe = openPool({ ...parsePostgresUrl(urlThrough()), pooled: true }, { max: 1 })
  await eventually(async () => (await probe.query('SELECT 1 AS one').catch(() => ({ rows: [] }))).rows.length).toBe(1)
  await probe.close()
  await using store = await openStore({ env: { FEATURE_STORE_YAML_BASE64: Buffer.from(yaml).toString('base64') } })
  await store.apply([stats])
  await Promise.all([1, 2].map(() => store.materialize({ start: new Date('2026-01-01'), end: new Date('2026-01-02') })))
  const ids = Array.from({ length: 100 }, (_, at) => BigInt(at + 1))
  const read = async (id: bigint) => (await store.readOnline(['stats:rate'], [{ driver_id: id }], { staleValues: true })).rows[0]?.rate
  expect(await Promise.all(ids.map(read))).toEqual(ids.map((id) => Number(id) / 2))
  const entityRows = ids.map((id) => ({ driver_id: id, event_timestamp: new Date('2026-01-02') }))
  const set = await store.readHistorical(['stats:rate'], { entityRows })
  expect((await set.toRows()).map(({ rate }) => rate)).toEqual(ids.map((id) => Number(id) / 2))
  await Promise.all(ids.slice(0, 20).map((id) => store.push('pushed', [{ driver_id: id, at: new Date('2026-01-03'), rate: 7.5 }])))
  expect(await read(20n)).toBe(7.5)
  expect((await store.apply([stats])).differences).toEqual([])
})
