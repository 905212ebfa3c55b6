import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fileSource, postgresSource } from '../../src/definition/source.ts'
import { float64, int64 } from '../../src/definition/value-type.ts'
import type { EntityRows } from '../../src/offline/entity-rows.ts'
import type { Strategy, ViewRequest } from '../../src/offline/offline.ts'
import { collect } from './point-in-time.ts'
import { postgresStore, type StoreUnderTest } from './postgres-store.ts'

let under: StoreUnderTest
beforeAll(async () => {
  under = await postgresStore()
  await under.run(`CREATE TABLE stats (driver_id bigint, at timestamptz, name text, rate float8)`)
})
afterAll(() => under[Symbol.asyncDispose]())

const stats = postgresSource({ table: 'stats', timestampField: 'at' })
const view = (parts: Partial<ViewRequest> = {}): ViewRequest => ({
  name: 'stats',
  source: stats,
  joinKeys: [{ key: 'driver_id', rowColumn: 'driver_id', type: int64 }],
  features: [{ sourceColumn: 'rate', name: 'rate', type: float64 }],
  ttl: undefined,
  ...parts,
})
const moment = new Date('2024-01-01')
const good = [{ driver_id: 1n, event_timestamp: moment }]

interface Wrong {
  readonly rows?: EntityRows
  readonly views?: readonly ViewRequest[]
  readonly eventTimestampColumn?: string
  readonly strategy?: Strategy
  readonly code: string
  readonly message: string
}

const wrong: Readonly<Record<string, Wrong>> = {
  'rows without the join key': {
    rows: [{ event_timestamp: moment }],
    code: 'STORE_ENTITY_ROWS_INVALID',
    message: 'cannot read entity rows, column "driver_id": there is no such column; there are: event_timestamp',
  },
  'rows without a time': {
    rows: [{ driver_id: 1n }],
    code: 'STORE_ENTITY_ROWS_INVALID',
    message: 'cannot read entity rows, column "event_timestamp": no column holds times',
  },
  'rows with two times': {
    rows: [{ driver_id: 1n, a: moment, b: moment }],
    code: 'STORE_ENTITY_ROWS_INVALID',
    message: 'cannot read entity rows, column "event_timestamp": several columns hold times; name one with eventTimestampColumn',
  },
  'a named time that is not there': {
    eventTimestampColumn: 'when',
    code: 'STORE_ENTITY_ROWS_INVALID',
    message: 'cannot read entity rows, column "when": there is no such column; there are: driver_id, event_timestamp',
  },
  'a time that is none': {
    rows: [...good, { driver_id: 1n, event_timestamp: 'soon' }],
    code: 'STORE_ENTITY_ROWS_INVALID',
    message:
      'cannot read entity rows, column "event_timestamp": row 1 holds "soon"; an event time is a Date, microseconds as bigint, or ISO text',
  },
  'a day that does not exist': {
    rows: [{ driver_id: 1n, event_timestamp: '2023-02-29' }],
    code: 'STORE_ENTITY_ROWS_INVALID',
    message: 'row 0 holds "2023-02-29"',
  },
  'a key of another type': {
    rows: [{ driver_id: 1.5, event_timestamp: moment }],
    code: 'STORE_ENTITY_ROWS_INVALID',
    message: 'cannot read entity rows, column "driver_id": row 0 holds "1.5", which is not INT64',
  },
  'columns of several lengths': {
    rows: { columns: { driver_id: [1n, 2n], event_timestamp: [moment] } },
    code: 'STORE_ENTITY_ROWS_INVALID',
    message: 'cannot read entity rows, column "event_timestamp": it has another length than the first column',
  },
  'a query that is none': { rows: { sql: 'SELECT FROM WHERE' }, code: 'STORE_POSTGRES_STATEMENT_FAILED', message: 'syntax error' },
  'a query without rows or a time': {
    rows: { sql: 'SELECT 1::bigint AS driver_id WHERE false' },
    code: 'STORE_ENTITY_ROWS_INVALID',
    message: 'no column holds times',
  },
  'a file and no DuckDB': {
    rows: { path: 'rows.csv' },
    code: 'STORE_ENTITY_ROWS_INVALID',
    message: 'files are read by DuckDB; install it with: npm install @duckdb/node-api',
  },
  'a feature named as a column of the rows': {
    rows: [{ ...good[0], rate: 1 }],
    code: 'STORE_FEATURE_NAMES_COLLIDE',
    message: 'cannot name "rate": column "rate" of the entity rows and view "stats" would share it',
  },
  'two features of one name': {
    views: [view(), view({ name: 'again' })],
    code: 'STORE_FEATURE_NAMES_COLLIDE',
    message: 'cannot name "rate": view "stats" and view "again" would share it',
  },
  'a table that is not there': {
    views: [view({ source: postgresSource({ name: 'trips', table: 'nowhere', timestampField: 'at' }) })],
    code: 'STORE_SOURCE_INVALID',
    message: 'cannot read data source "trips": relation "nowhere" does not exist',
  },
  'a source that is a file': {
    views: [view({ source: fileSource({ path: 'a.parquet', timestampField: 'at' }) })],
    code: 'STORE_SOURCE_INVALID',
    message: 'cannot read data source "a.parquet": the offline store is PostgreSQL and this is a file-source',
  },
  'a feature that the table lacks': {
    views: [view({ features: [{ sourceColumn: 'speed', name: 'speed', type: float64 }] })],
    code: 'STORE_SOURCE_INVALID',
    message: 'cannot read data source "stats": it has no column "speed" for a feature; allowed: at, driver_id, name, rate',
  },
  'a join key that the table lacks': {
    views: [view({ joinKeys: [{ key: 'id', rowColumn: 'driver_id', type: int64 }] })],
    code: 'STORE_SOURCE_INVALID',
    message: 'it has no column "id" for a join key',
  },
  'an event time that is text': {
    views: [view({ source: postgresSource({ table: 'stats', timestampField: 'name' }) })],
    code: 'STORE_SOURCE_INVALID',
    message: 'cannot read data source "stats": column "name" is text; the event time needs a timestamp or a date',
  },
  'a created time that is a number': {
    views: [view({ source: postgresSource({ table: 'stats', timestampField: 'at', createdTimestampColumn: 'rate' }) })],
    code: 'STORE_SOURCE_INVALID',
    message: 'column "rate" is double precision; the created time needs a timestamp or a date',
  },
  'a strategy of another engine': {
    strategy: 'asof',
    code: 'STORE_STRATEGY_UNKNOWN',
    message: 'cannot join view "stats" by "asof": this store does not do that; allowed on PostgreSQL: auto, export, lateral, sort-merge',
  },
}

describe.each(Object.entries(wrong))('%s', (_, { rows = good, views = [view()], code, message, ...rest }) => {
  test('is refused with what is allowed, and leaves a store that works', async () => {
    const { code: __, message: ___, ...options } = { ...rest, code, message }
    const retrieval = under.store.pointInTime({ entityRows: rows, views, ...options })
    await expect(collect(retrieval.batches())).rejects.toMatchObject({ code, message: expect.stringContaining(message) })
    await expect(retrieval.plan()).rejects.toMatchObject({ code })
    expect(await under.run('SELECT count(*) AS tables FROM pg_class WHERE relpersistence = $$t$$')).toEqual([{ tables: 0n }])
    expect(await collect(under.store.pointInTime({ entityRows: good, views: [view()] }).batches())).toHaveLength(1)
  })
})
