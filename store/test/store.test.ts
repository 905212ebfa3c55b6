import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../../house/postgres.ts'
import {
  days,
  decimal,
  entity,
  featureService,
  featureView,
  float64,
  imageBytes,
  int64,
  onDemandFeatureView,
  openStore,
  postgresSource,
  pushSource,
  requestSource,
  type Store,
  StoreError,
  scalarMap,
  string,
  zonedTimestamp,
} from '../src/index.ts'
import { openPool, type Pool } from '../src/postgres/pool.ts'
import { parsePostgresUrl } from '../src/postgres/url.ts'

const driver = entity({ name: 'driver', joinKey: 'driver_id', valueType: int64 })
const customer = entity({ name: 'customer', joinKey: 'customer', valueType: string })
const trips = postgresSource({ table: 'trips', timestampField: 'at', createdTimestampColumn: 'created', fieldMapping: { ref: 'rate' } })
const pushed = pushSource({ name: 'pushed', batchSource: trips })
const stats = featureView({ name: 'stats', entities: [driver], ttl: days(2), schema: { rate: float64, trips: int64 }, source: pushed })
const pair = featureView({
  name: 'pair',
  entities: [driver, customer],
  schema: { spent: float64 },
  source: postgresSource({ table: 'pairs', timestampField: 'at' }),
})
const ride = requestSource({ name: 'ride', schema: { km: float64 } })
const fare = onDemandFeatureView({
  name: 'fare',
  sources: [stats, ride],
  schema: { fare: float64 },
  transform: ({ km, rate }) => ({ fare: km * (rate ?? 0) }),
})
const pricing = featureService({ name: 'pricing', features: [stats.features.rate, fare, pair] })
const repository = { driver, customer, stats, pair, fare, pricing }
const definitions = Object.values(repository)

const noon = (day: number): Date => new Date(Date.UTC(2026, 0, day, 12))
const now = BigInt(noon(4).getTime()) * 1000n

let database: TestDatabase
let pool: Pool
let store: Store<typeof repository>

const yaml = ({ host, port, user, password, database: name, url }: TestDatabase): string => `project: rides
registry: {registry_type: sql, path: ${url}}
offline_store: {type: postgres, host: ${host}, port: ${port}, database: ${name}, user: ${user}, password: "${password}", sslmode: disable}
online_store: {type: postgres, host: ${host}, port: ${port}, database: ${name}, user: ${user}, password: "${password}", sslmode: disable}
`
const open = <Repo extends Readonly<Record<string, unknown>>>(repo: Repo) =>
  openStore({ repository: repo, env: { FEATURE_STORE_YAML_BASE64: Buffer.from(yaml(database)).toString('base64') }, now: () => now })

beforeAll(async () => {
  database = await testDatabase()
  pool = openPool(parsePostgresUrl(database.url), { max: 2 })
  await pool.query(`CREATE TABLE trips (driver_id bigint, at timestamptz, created timestamptz, ref double precision, trips bigint)`)
  await pool.query(`INSERT INTO trips SELECT d, timestamptz '2026-01-01 12:00+00' + n * interval '1 day', timestamptz '2026-01-09 00:00+00', d + n / 10.0, n
    FROM generate_series(1, 3) d, generate_series(0, 3) n`)
  await pool.query(`CREATE TABLE pairs (driver_id bigint, customer text, at timestamptz, spent double precision)`)
  await pool.query(`INSERT INTO pairs VALUES (1, '23', '2026-01-01 12:00+00', 123), (12, '3', '2026-01-01 12:00+00', 1203)`)
  store = await open(repository)
})
afterAll(async () => {
  await store[Symbol.asyncDispose]()
  await pool.close()
})

const online = (entityRows: readonly { driver_id: bigint; customer: string; km: number }[]) =>
  store.getOnlineFeatures({ features: pricing, entityRows })

describe('a store', () => {
  test('plans before anything changes, and writes nothing while it does', async () => {
    const plan = await store.plan(definitions)
    expect(plan.differences.map(({ action, kind, name }) => `${action} ${kind} ${name}`).sort()).toEqual([
      'create data-source pairs',
      'create data-source pushed',
      'create data-source ride',
      'create data-source trips',
      'create entity customer',
      'create entity driver',
      'create feature-service pricing',
      'create feature-view pair',
      'create feature-view stats',
      'create on-demand-feature-view fare',
      'create project rides',
    ])
    expect(plan.createTables).toEqual(['stats', 'pair'])
    const { rows } = await pool.query<{ n: bigint }>(`SELECT count(*) AS n FROM pg_tables WHERE schemaname = 'public'`)
    expect(rows[0]?.n).toBe(2n)
  })

  test.each<[string, Parameters<typeof postgresSource>[0], string]>([
    ['is not there', { table: 'nowhere', timestampField: 'at' }, 'nowhere'],
    [
      'lacks its time',
      { name: 'x', table: 'trips', timestampField: 'when' },
      'it has no column "when"; allowed: at, created, driver_id, ref, trips',
    ],
    [
      'has text for a time',
      { name: 'x', query: `SELECT 1::bigint AS driver_id, 1.0 AS rate, 'x' AS at`, timestampField: 'at' },
      'column "at" is text, which is no time',
    ],
    ['lacks a feature', { name: 'x', table: 'trips', timestampField: 'at' }, 'it has no column "rate"'],
    [
      'has a feature of another type',
      { name: 'x', query: `SELECT 1::bigint AS driver_id, true AS rate, now() AS at`, timestampField: 'at' },
      'column "rate" is boolean, which is no DOUBLE',
    ],
  ])('refuses a view whose source %s, and changes nothing', async (_, source, message) => {
    const unfit = featureView({ name: 'unfit', entities: [driver], schema: { rate: float64 }, source: postgresSource(source) })
    await expect(store.apply([unfit])).rejects.toThrow(message)
    expect((await store.snapshot()).view('rides', 'unfit')).toBeUndefined()
    expect((await store.plan([unfit], { skipSourceValidation: true })).createTables).toEqual(['unfit'])
  })

  test('takes columns that hold the values of a type under another one', async () => {
    const query = `SELECT 1::bigint AS driver_id, now() AS at, now() AS zoned, ''::bytea AS picture, '1.5' AS price, '{}'::jsonb AS labels`
    const schema = { zoned: zonedTimestamp, picture: imageBytes, price: decimal, labels: scalarMap }
    const source = postgresSource({ name: 'loose', query, timestampField: 'at' })
    const loose = featureView({ name: 'loose', entities: [driver], schema, source })
    expect((await store.plan([loose])).createTables).toEqual(['loose'])
  })

  test('applies once: the second time there is nothing to do', async () => {
    expect((await store.apply(definitions)).differences).toHaveLength(11)
    expect((await store.apply(definitions)).differences).toEqual([])
    expect((await store.list('entity')).map(({ name }) => name)).toEqual(['__dummy', 'customer', 'driver'])
  })

  test('serves nothing before it was materialized, and says so', async () => {
    const { rows, statuses } = await online([{ driver_id: 1n, customer: '23', km: 2 }])
    expect(rows).toEqual([{ driver_id: 1n, customer: '23', rate: null, fare: 0, spent: null }])
    expect(statuses).toEqual({ rate: ['NOT_FOUND'], fare: ['PRESENT'], spent: ['NOT_FOUND'] })
  })

  test('materializes incrementally, and serves what it loaded', async () => {
    const results = await store.materializeIncremental({ end: noon(3) })
    expect(results.map(({ view, rows }) => [view, rows])).toEqual([
      ['pair', 2],
      ['stats', 3],
    ])
    const { rows, statuses } = await online([
      { driver_id: 1n, customer: '23', km: 2 },
      { driver_id: 12n, customer: '3', km: 1 },
    ])
    expect(rows).toEqual([
      { driver_id: 1n, customer: '23', rate: 1.2, fare: 2.4, spent: 123 },
      { driver_id: 12n, customer: '3', rate: null, fare: 0, spent: 1203 },
    ])
    expect(statuses.rate).toEqual(['PRESENT', 'NOT_FOUND'])
    expect(await store.materializeIncremental({ end: noon(3) })).toEqual([])
    await expect(store.materializeIncremental({ end: noon(2) })).rejects.toMatchObject({ code: 'STORE_MATERIALIZE_WINDOW_INVALID' })
  })

  test('repairs the interval of a run that died between its two databases', async () => {
    await pool.query('UPDATE charmed_feast.job SET recorded = false')
    expect((await store.online.unrecordedJobs('rides')).length).toBe(2)
    expect((await store.materializeIncremental({ end: noon(4), views: ['stats'] })).map(({ start }) => start)).toEqual([
      BigInt(noon(3).getTime()) * 1000n,
    ])
    expect(await store.online.unrecordedJobs('rides')).toEqual([])
  })

  test('gives history as it was, one row for each row, in order, whatever the keys', async () => {
    const set = await store.getHistoricalFeatures({
      features: pricing,
      entityRows: [
        { driver_id: 12n, customer: '3', event_timestamp: noon(2), km: 1 },
        { driver_id: 1n, customer: '23', event_timestamp: noon(2), km: 2 },
        { driver_id: 1n, customer: '23', event_timestamp: noon(2), km: 2 },
        { driver_id: 2n, customer: '23', event_timestamp: noon(9), km: 2 },
      ],
    })
    const rows: unknown[] = []
    for await (const { rate, fare: made, spent } of set) rows.push([rate, made, spent])
    expect(rows).toEqual([
      [null, 0, 1203],
      [1.1, 2.2, 123],
      [1.1, 2.2, 123],
      [null, 0, null],
    ])
  })

  test('explains a value by the rows that it might have been', async () => {
    const row = { driver_id: 1n, customer: '23', event_timestamp: noon(3), km: 1 }
    const set = await store.getHistoricalFeatures({ features: pricing, entityRows: [row] })
    const explanation = await set.explain(row, 'rate')
    expect(explanation?.value).toBe(1.2)
    expect(explanation?.candidates.map(({ value: each, verdict }) => [each, verdict])).toEqual([
      [1.3, 'future'],
      [1.2, 'chosen'],
      [1.1, 'older'],
      [1, 'older'],
    ])
    await expect(set.explain(row, 'fare')).rejects.toThrow(
      'cannot find feature "fare" in view "what is read of history"; allowed: rate, spent',
    )
  })

  test('keeps a newer value against a late push, and takes a newer one', async () => {
    const row = { driver_id: 1n, created: noon(4), ref: 9.5, trips: 9n }
    expect(await store.push('pushed', [{ ...row, at: noon(1) }])).toEqual([{ view: 'stats', rows: 1, written: 0 }])
    expect(await store.push('pushed', [{ ...row, at: new Date(noon(4).getTime() + 1) }])).toEqual([{ view: 'stats', rows: 1, written: 2 }])
    const { rows } = await online([{ driver_id: 1n, customer: '23', km: 1 }])
    expect(rows[0]?.rate).toBe(9.5)
    await expect(store.push('nope', [row])).rejects.toThrow('cannot push to "nope": no view has such a push source; allowed: pushed')
    await expect(store.push('pushed', [{ driver_id: 1n }])).rejects.toMatchObject({ code: 'STORE_PUSH_ROW_INVALID' })
  })

  test('does not compute with code that it was not given', async () => {
    await using other = await open({})
    await expect(other.readOnline(['fare:fare'], [{ driver_id: 1n, km: 1 }])).rejects.toMatchObject({ code: 'STORE_TRANSFORM_MISSING' })
    const changed = onDemandFeatureView({
      name: 'fare',
      sources: [stats, ride],
      schema: { fare: float64 },
      transform: ({ km }) => ({ fare: km }),
    })
    await using third = await open({ ...repository, fare: changed })
    await expect(third.readOnline(['fare:fare'], [{ driver_id: 1n, km: 1 }])).rejects.toMatchObject({ code: 'STORE_TRANSFORM_CHANGED' })
    expect((await other.readOnline(['stats:rate'], [{ driver_id: 2n }])).rows).toEqual([{ driver_id: 2n, rate: 2.3 }])
  })

  test.each<[string, Parameters<Store['readOnline']>[0], readonly Record<string, unknown>[], string]>([
    ['a view', ['nope:rate'], [], 'cannot find view "nope" in project "rides"; allowed: fare, pair, stats'],
    ['a feature', ['stats:nope'], [], 'cannot find feature "nope" in view "stats"; allowed: rate, trips'],
    ['a reference', ['stats'], [], 'cannot read feature reference "stats": it has to read "view:feature"'],
    ['nothing', [], [], 'cannot retrieve features: none is asked for'],
    ['a key', ['stats:rate'], [{ customer: 'x' }], 'cannot read row 0, column "driver_id": it is missing'],
    ['a null key', ['stats:rate'], [{ driver_id: 1n }, { driver_id: null }], 'cannot read row 1, column "driver_id": it is null'],
    ['a wrong key', ['stats:rate'], [{ driver_id: 'x' }], 'cannot encode value "x" of join key "driver_id" in row 0'],
    ['a request field', ['fare:fare'], [{ driver_id: 1n }], 'cannot read row 0, column "km": it is missing'],
    ['two of one name', ['stats:rate', 'stats:rate'], [], 'cannot name "rate": two features would share it'],
  ])('says what is wrong about %s', async (_, features, rows, message) => {
    const error: unknown = await store.readOnline(features, rows).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(StoreError)
    expect(String(error)).toContain(message)
  })

  test('removes what a full apply lacks, with its table, and the whole project on teardown', async () => {
    const plan = await store.apply([driver, customer, stats, fare], { partial: false })
    expect(plan.differences.map(({ action, name }) => `${action} ${name}`)).toEqual(
      expect.arrayContaining(['delete pair', 'delete pricing', 'delete pairs']),
    )
    expect(plan.dropTables).toEqual(['pair'])
    await store.teardown()
    const { rows } = await pool.query<{ name: string }>(`SELECT tablename AS name FROM pg_tables WHERE tablename LIKE 'rides%'`)
    expect(rows).toEqual([])
    expect((await store.snapshot()).projects).toEqual([])
  })
})
