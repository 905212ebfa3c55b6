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
import type { OracleRow } from './oracle.ts'
import { cases, expected, joined } from './point-in-time.ts'

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
