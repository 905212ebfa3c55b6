import fc from 'fast-check'
import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabase } from '../../../house/postgres.ts'
import { postgresSource } from '../../src/definition/source.ts'
import type { OfflineStore } from '../../src/offline/offline.ts'
import { openPostgresOffline } from '../../src/offline/postgres.ts'
import { openPool, type Pool } from '../../src/postgres/pool.ts'
import { formatTimestamp } from '../../src/postgres/timestamp.ts'
import { parsePostgresUrl } from '../../src/postgres/url.ts'
import { manyCase, manyExpected, probeBatches } from './many.ts'
import type { OracleRow } from './oracle.ts'
import { cases, expectExplained, expected, joined, tuplesOf, viewOver } from './point-in-time.ts'
import { expectPulls } from './pull.ts'

let pool: Pool
let store: OfflineStore

beforeAll(async () => {
  const { url } = await testDatabase()
  pool = openPool(parsePostgresUrl(url), { max: 4 })
  store = openPostgresOffline(pool)
})
afterAll(() => store[Symbol.asyncDispose]())

const source = postgresSource({ table: 'src', timestampField: 'event_ts', createdTimestampColumn: 'created_ts' })

const fill = async (rows: readonly OracleRow[], timeType: string, index: boolean): Promise<void> => {
  await pool.client(async (client: pg.Client) => {
    await client.query('DROP TABLE IF EXISTS src')
    await client.query(`CREATE TABLE src (k1 text, k2 bigint, event_ts ${timeType}, created_ts ${timeType}, f1 float8, f2 bigint, f3 text)`)
    const moment = (value: bigint | null) => (value === null ? null : formatTimestamp(value))
    const columns = [0, 1, 2, 3, 4, 5, 6].map((place) =>
      rows.map(({ keys, time, created, values }) => [keys[0], keys[1], moment(time), moment(created), ...values][place]),
    )
    await client.query(
      `INSERT INTO src SELECT k1, k2, t::${timeType}, c::${timeType}, f1, f2, f3
FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::float8[], $6::bigint[], $7::text[]) AS u(k1, k2, t, c, f1, f2, f3)`,
      columns,
    )
    if (index) await client.query('CREATE INDEX ON src (k2, k1, event_ts)')
  })
}

describe.each(['lateral', 'sort-merge', 'export', 'scan', 'auto'] as const)('strategy %s', (strategy) => {
  test.each([
    ['timestamptz', true],
    ['timestamp', false],
  ] as const)('answers as the definition does, over %s', async (timeType, index) => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ rows, probes, ttl }) => {
        await fill(rows, timeType, index)
        expect(await joined(store, source, probes, ttl, strategy)).toEqual(expected(probes, rows, ttl))
      }),
      { numRuns: 40 },
    )
  })
})

test('every strategy agrees with the definition on many rows, which come in batches', async () => {
  const { rows, probes } = manyCase({ rows: 40_000, probes: 15_000, keys: 4_000 })
  await fill(rows, 'timestamptz', true)
  for (const strategy of ['lateral', 'sort-merge', 'export', 'scan'] as const) {
    const batches = probeBatches(probes, 1_000)
    const result = await tuplesOf(
      store.pointInTime({ entityRows: { batches }, views: [viewOver(source, 300_000_000n)], strategy }).batches(),
    )
    expect(result, strategy).toEqual(manyExpected(probes, rows, 300_000_000n))
  }
})

test('pulls are what their definitions say', async () => {
  const window = fc.tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 12 }))
  await fc.assert(
    fc.asyncProperty(cases, window, async ({ rows }, [a, b]) => {
      await fill(rows, 'timestamptz', false)
      const at = (n: number) => 1_704_067_200_000_000n + BigInt(n) * 1_000_000n
      await expectPulls(store, source, rows, { start: at(Math.min(a, b)), end: at(Math.max(a, b)) })
    }),
    { numRuns: 40 },
  )
})

test('pulls of many rows come in batches, newest row a key', async () => {
  const { rows } = manyCase({ rows: 40_000, probes: 0, keys: 12_000 })
  await fill(rows, 'timestamp', false)
  await expectPulls(store, source, rows, { start: 1_704_067_200_000_000n, end: 1_704_067_200_000_000n + 1_500_000_000n })
})

test('an explanation names the row that gave the value', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(cases, async ({ rows, probes, ttl }) => {
      await fill(rows, 'timestamptz', false)
      await expectExplained(store, source, probes, rows, ttl)
    }),
    { numRuns: 25 },
  )
})
