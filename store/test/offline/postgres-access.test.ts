import { setImmediate } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabase } from '../../../house/postgres.ts'
import { postgresSource } from '../../src/definition/source.ts'
import { bytes, float64, int64, string } from '../../src/definition/value-type.ts'
import type { OfflineStore, ViewRequest } from '../../src/offline/offline.ts'
import { openPostgresOffline } from '../../src/offline/postgres.ts'
import { openPool, type Pool } from '../../src/postgres/pool.ts'
import { parsePostgresUrl } from '../../src/postgres/url.ts'
import { manyCase, manyExpected, probeBatches } from './many.ts'
import { tuplesOf, viewOver } from './point-in-time.ts'
import { postgresStore, type StoreUnderTest } from './postgres-store.ts'

describe('a role that may only read', () => {
  let admin: Pool
  let reader: Pool
  let store: OfflineStore
  const { rows, probes } = manyCase({ rows: 6_000, probes: 2_500, keys: 900 })

  beforeAll(async () => {
    const { url, adminUrl, database } = await testDatabase()
    admin = openPool(parsePostgresUrl(adminUrl), { max: 1 })
    await admin.query(`REVOKE TEMPORARY ON DATABASE ${database} FROM PUBLIC, ${database}`)
    await admin.query(`ALTER ROLE ${database} SET default_transaction_read_only = on`)
    await admin.query('CREATE TABLE src (k1 text, k2 bigint, event_ts timestamptz, created_ts timestamptz, f1 float8, f2 bigint, f3 text)')
    const moment = (value: bigint | null) => (value === null ? null : `${value / 1_000_000n}`)
    await admin.query(
      `INSERT INTO src SELECT k1, k2, to_timestamp(t), to_timestamp(c), f1, f2, f3
FROM unnest($1::text[], $2::bigint[], $3::int8[], $4::int8[], $5::float8[], $6::bigint[], $7::text[]) AS u(k1, k2, t, c, f1, f2, f3)`,
      [0, 1, 2, 3, 4, 5, 6].map((place) =>
        rows.map(({ keys, time, created, values }) => [keys[0], keys[1], moment(time), moment(created), ...values][place]),
      ),
    )
    await admin.query(`CREATE INDEX ON src (k1, k2, event_ts)`)
    await admin.query(`GRANT SELECT ON src TO ${database}`)
    // The owner of a database has every right on it, whatever was taken away.
    await admin.query(`ALTER DATABASE ${database} OWNER TO postgres`)
    await admin.query(`GRANT CONNECT ON DATABASE ${database} TO ${database}`)
    reader = openPool(parsePostgresUrl(url), { max: 2 })
    store = openPostgresOffline(reader)
  })
  afterAll(async () => {
    await store[Symbol.asyncDispose]()
    await admin.close()
  })

  test('cannot make a temporary table', async () => {
    await expect(reader.query('CREATE TEMPORARY TABLE t ()')).rejects.toThrow()
  })

  test.each(['lateral', 'sort-merge', 'export', 'scan', 'auto'] as const)('gets a training set by %s all the same', async (strategy) => {
    const source = postgresSource({ table: 'src', timestampField: 'event_ts', createdTimestampColumn: 'created_ts' })
    const batches = probeBatches(probes, 1_000)
    const retrieval = store.pointInTime({ entityRows: { batches }, views: [viewOver(source, 300_000_000n)], strategy })
    expect(await tuplesOf(retrieval.batches())).toEqual(manyExpected(probes, rows, 300_000_000n))
  })

  test('asks by query, and is explained a value', async () => {
    const source = postgresSource({ table: 'src', timestampField: 'event_ts' })
    const view = viewOver(source, 0n)
    const sql = `SELECT k1 AS "first key", k2, event_ts AS event_timestamp FROM src ORDER BY k2 LIMIT 3`
    expect(await tuplesOf(store.pointInTime({ entityRows: { sql }, views: [view] }).batches())).toHaveLength(3)
    const explained = await store.explain({ view, row: { 'first key': 'key 0', k2: 0n }, eventTime: 2n ** 60n, feature: 'first' })
    expect(explained.candidates.length).toBeGreaterThan(0)
  })
})

describe('few probes go within the statement', () => {
  let under: StoreUnderTest
  beforeAll(async () => {
    under = await postgresStore()
    await under.run(`CREATE TABLE t (k text, b bytea, at timestamp, v float8)`)
  })
  afterAll(() => under[Symbol.asyncDispose]())

  const hostile = [`'; DROP TABLE t; --`, `"`, '\\', '\\"', '{}', '{"a"}', 'NULL', '', ' ', ',', 'ä\u{1F600}', `E'\\''`]

  test.each(hostile)('and no key of theirs is taken for anything else: %s', async (key) => {
    await under.run('TRUNCATE t')
    await under.store.write(postgresSource({ table: 't', timestampField: 'at' }), [
      {
        rows: 1,
        columns: [
          { name: 'k', type: string, values: [key] },
          { name: 'b', type: bytes, values: [Buffer.from(key)] },
          { name: 'at', type: { name: 'UNIX_TIMESTAMP' }, values: [new Date('2024-01-01')] },
          { name: 'v', type: float64, values: [1] },
        ],
      },
    ])
    const view: ViewRequest = {
      name: 't',
      source: postgresSource({ table: 't', timestampField: 'at' }),
      joinKeys: [
        { key: 'k', rowColumn: 'k', type: string },
        { key: 'b', rowColumn: 'b', type: bytes },
      ],
      features: [{ sourceColumn: 'v', name: 'v', type: float64 }],
      ttl: { microseconds: 1n },
    }
    const rows = [
      { k: key, b: Buffer.from(key), event_timestamp: new Date('2024-01-01') },
      { k: `${key}x`, b: Buffer.from(key), event_timestamp: new Date('2024-01-01') },
    ]
    for (const strategy of ['lateral', 'sort-merge', 'export'] as const)
      expect(
        (await tuplesOf(under.store.pointInTime({ entityRows: rows, views: [view], strategy }).batches())).map((row) => row[3]),
      ).toEqual([1, null])
  })
})

describe('a statement that takes long', () => {
  let under: StoreUnderTest
  beforeAll(async () => {
    under = await postgresStore({ max: 1 })
    await under.run(`CREATE TABLE t AS SELECT 1::bigint AS k, now() - interval '1 day' AS at, 1::float8 AS v`)
  })
  afterAll(() => under[Symbol.asyncDispose]())

  const slow = postgresSource({
    name: 'slow',
    query: 'SELECT t.* FROM t, generate_series(1, 1000) AS n WHERE n < 3 OR pg_sleep(60) IS NOT NULL',
    timestampField: 'at',
  })
  const views: readonly ViewRequest[] = [
    {
      name: 'slow',
      source: slow,
      joinKeys: [{ key: 'k', rowColumn: 'k', type: int64 }],
      features: [{ sourceColumn: 'v', name: 'v', type: float64 }],
      ttl: undefined,
    },
  ]
  const entityRows = [{ k: 1n, event_timestamp: new Date() }]

  const sleeping = async (): Promise<boolean> => {
    await using other = openPool(parsePostgresUrl(under.url), { max: 1 })
    const { rows } = await other.query(
      `SELECT FROM pg_stat_activity WHERE state = 'active' AND wait_event = 'PgSleep' AND datname = current_database()`,
    )
    return rows.length > 0
  }
  const until = async (condition: () => Promise<boolean>): Promise<void> => {
    while (!(await condition())) await setImmediate()
  }

  test.each(['scan', 'export', 'sort-merge'] as const)('is stopped inside PostgreSQL when the caller aborts: %s', async (strategy) => {
    const controller = new AbortController()
    const result = tuplesOf(under.store.pointInTime({ entityRows, views, strategy, signal: controller.signal }).batches())
    const ended = expect(result).rejects.toMatchObject({ code: 'STORE_POSTGRES_CANCELLED' })
    await until(sleeping)
    controller.abort()
    await ended
    await until(async () => !(await sleeping()))
    expect(await under.run('SELECT 1::int AS one')).toEqual([{ one: 1 }])
  })

  test('is stopped when the connection is lost, and the next has another', async () => {
    const result = tuplesOf(under.store.pointInTime({ entityRows, views, strategy: 'scan' }).batches())
    const ended = expect(result).rejects.toMatchObject({ code: 'STORE_POSTGRES_CONNECTION_LOST' })
    await until(sleeping)
    await using other = openPool(parsePostgresUrl(under.url), { max: 1 })
    await other.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()`,
    )
    await ended
    expect(await under.run('SELECT 1::int AS one')).toEqual([{ one: 1 }])
  })

  test('an error in the middle of the answer comes as one, with the connection good again', async () => {
    const failing = postgresSource({
      name: 'failing',
      query: 'SELECT t.k, t.at, 1 / (50000 - n) AS v FROM t, generate_series(1, 60000) AS n',
      timestampField: 'at',
    })
    const features = [{ sourceColumn: 'v', name: 'v', type: float64 }]
    const rows: unknown[] = []
    const pulled = (async () => {
      for await (const batch of under.store.pullAll({ source: failing, joinKeys: [{ key: 'k', type: int64 }], features }))
        rows.push(batch.rows)
    })()
    await expect(pulled).rejects.toMatchObject({
      code: 'STORE_POSTGRES_STATEMENT_FAILED',
      message: expect.stringContaining('division by zero'),
    })
    expect(rows.length).toBeGreaterThan(0)
    expect(await under.run('SELECT 1::int AS one')).toEqual([{ one: 1 }])
  })
})

test('a store that is closed says so', async () => {
  const under = await postgresStore()
  await under[Symbol.asyncDispose]()
  const retrieval = under.store.pointInTime({ entityRows: [{ event_timestamp: new Date() }], views: [] })
  await expect(tuplesOf(retrieval.batches())).rejects.toMatchObject({ code: 'STORE_POSTGRES_POOL_CLOSED' })
})
