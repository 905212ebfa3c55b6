import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { days, seconds } from '../../src/definition/duration.ts'
import { postgresSource } from '../../src/definition/source.ts'
import { bool, bytes, float64, int64, string, timestamp, uuid, type ValueType } from '../../src/definition/value-type.ts'
import type { EntityRows } from '../../src/offline/entity-rows.ts'
import type { Strategy, ViewRequest } from '../../src/offline/offline.ts'
import { collect, tuplesOf } from './point-in-time.ts'
import { postgresStore, type StoreUnderTest } from './postgres-store.ts'

let under: StoreUnderTest
beforeAll(async () => {
  under = await postgresStore({ timezone: 'America/New_York' })
  await under.run(
    `CREATE TABLE stats (driver_id bigint, event_timestamp timestamptz, created timestamptz, rate float8, trips bigint)`,
    `INSERT INTO stats VALUES
      (1, '2024-01-01 12:00:00+00', '2024-01-02', 0.1, 9007199254740993),
      (1, '2024-01-02 12:00:00+00', '2024-01-03', 0.2, 2),
      (2, '2024-01-01 12:00:00+00', NULL, 0.5, NULL)`,
  )
})
afterAll(() => under[Symbol.asyncDispose]())

const strategies = ['lateral', 'sort-merge', 'export', 'scan'] as const
const stats = postgresSource({ table: 'stats', timestampField: 'event_timestamp', createdTimestampColumn: 'created' })
const view = (parts: Partial<ViewRequest> = {}): ViewRequest => ({
  name: 'stats',
  source: stats,
  joinKeys: [{ key: 'driver_id', rowColumn: 'driver_id', type: int64 }],
  features: [
    { sourceColumn: 'rate', name: 'rate', type: float64 },
    { sourceColumn: 'trips', name: 'trips', type: int64 },
  ],
  ttl: undefined,
  ...parts,
})
const ask = (entityRows: EntityRows, views: readonly ViewRequest[], strategy: Strategy = 'auto') =>
  tuplesOf(under.store.pointInTime({ entityRows, views, strategy }).batches())

describe.each(strategies)('by %s', (strategy) => {
  test('both ends of the ttl count, and a microsecond beyond does not', async () => {
    const times = ['2024-01-01T12:00:00Z', '2024-01-01T12:00:10Z', '2024-01-01T12:00:10.000001Z', '2024-01-01T11:59:59.999999Z']
    const rows = times.map((event_timestamp) => ({ driver_id: 1n, event_timestamp }))
    const result = await ask(rows, [view({ ttl: seconds(10) })], strategy)
    expect(result.map(([, , rate]) => rate)).toEqual([0.1, 0.1, null, null])
  })

  test('a ttl of zero is for ever', async () => {
    const rows = [{ driver_id: 1n, event_timestamp: new Date('2034-01-01') }]
    expect((await ask(rows, [view({ ttl: days(0) })], strategy))[0]?.[2]).toBe(0.2)
  })

  test('the same row asked twice is answered twice, in order, with what came along', async () => {
    const event_timestamp = new Date('2024-01-01T18:00:00Z')
    const rows = [
      { label: 'b', driver_id: 2, event_timestamp },
      { label: 'a', driver_id: 1, event_timestamp },
      { label: 'b', driver_id: 2, event_timestamp },
      { label: 'none', driver_id: 3, event_timestamp },
    ]
    const moment = 1_704_132_000_000_000n
    expect(await ask(rows, [view()], strategy)).toEqual([
      ['b', 2, moment, 0.5, null],
      ['a', 1, moment, 0.1, 9_007_199_254_740_993n],
      ['b', 2, moment, 0.5, null],
      ['none', 3, moment, null, null],
    ])
  })

  test('a view without keys has one answer for every row', async () => {
    const rows = [
      { event_timestamp: new Date('2024-01-01T18:00:00Z') },
      { event_timestamp: new Date('2024-01-03') },
      { event_timestamp: new Date(0) },
    ]
    const result = await ask(rows, [view({ joinKeys: [], features: [{ sourceColumn: 'rate', name: 'rate', type: float64 }] })], strategy)
    // Two rows of one time: that which has a created time is newer than that which has none.
    expect(result.map(([, rate]) => rate)).toEqual([0.1, 0.2, null])
  })

  test('times without a zone and dates are UTC, whatever the database says', async () => {
    await under.run(
      `DROP TABLE IF EXISTS naive`,
      `CREATE TABLE naive (k bigint, at timestamp, day date, v float8)`,
      `INSERT INTO naive VALUES (1, '2024-03-31 02:30:00', '2024-03-31', 1)`,
    )
    for (const [timestampField, first] of [
      ['at', '2024-03-31T02:30:00Z'],
      ['day', '2024-03-31T00:00:00Z'],
    ] as const) {
      const source = postgresSource({ table: 'naive', timestampField })
      const moment = new Date(first)
      const rows = [moment, new Date(moment.getTime() - 1)].map((event_timestamp) => ({ k: 1n, event_timestamp }))
      const views = [
        view({
          source,
          joinKeys: [{ key: 'k', rowColumn: 'k', type: int64 }],
          features: [{ sourceColumn: 'v', name: 'v', type: float64 }],
        }),
      ]
      expect((await ask(rows, views, strategy)).map(([, , v]) => v)).toEqual([1, null])
    }
  })

  test('any name can be a column, and any query a source', async () => {
    await under.run(
      `DROP TABLE IF EXISTS "Odd ""Table"`,
      `CREATE TABLE "Odd ""Table" ("select" bigint, "Event ""Time" timestamptz, "a b" float8)`,
      `INSERT INTO "Odd ""Table" VALUES (1, '2024-01-01', 7)`,
    )
    const odd = (parts: { readonly table: string } | { readonly name: string; readonly query: string }) =>
      view({
        source: postgresSource({ ...parts, timestampField: 'Event "Time' }),
        joinKeys: [{ key: 'select', rowColumn: 'from', type: int64 }],
        features: [{ sourceColumn: 'a b', name: 'order by', type: float64 }],
      })
    const rows = [{ from: 1n, event_timestamp: new Date('2024-01-02') }]
    expect((await ask(rows, [odd({ table: '"Odd ""Table"' })], strategy))[0]?.[2]).toBe(7)
    const query = 'SELECT * FROM "Odd ""Table" WHERE true; -- all of it'
    expect((await ask(rows, [odd({ name: 'q', query: query.replace('; --', ' --') })], strategy))[0]?.[2]).toBe(7)
  })
})

test.each<[string, string, ValueType, unknown, string]>([
  ['an uuid', 'uuid', uuid, '00000000-0000-4000-8000-00000000000a', `'00000000-0000-4000-8000-00000000000A'`],
  ['an uuid kept as text', 'text', uuid, 'abc', `'abc'`],
  ['a 16-bit integer', 'smallint', int64, 12n, '12'],
  ['a 32-bit integer', 'integer', int64, 12, '12'],
  ['a decimal', 'numeric(10,2)', int64, 12n, '12.00'],
  ['a decimal as text', 'numeric(10,2)', string, '12', '12.00'],
  ['a varchar', 'varchar(3)', string, 'abc', `'abc'`],
  ['a char, which is padded', 'char(5)', string, 'abc', `'abc'`],
  ['a boolean', 'boolean', bool, true, 'true'],
  ['bytes', 'bytea', bytes, new Uint8Array([0, 255]), `'\\x00ff'`],
  ['a moment', 'timestamptz', timestamp, new Date('2024-01-01T00:00:00Z'), `'2024-01-01 00:00:00+00'`],
  ['an enumeration', 'mood', string, 'happy', `'happy'`],
  ['empty text', 'text', string, '', `''`],
])('finds rows by a key that is %s', async (_, type, keyType, value, sql) => {
  await under.run(
    'DROP TABLE IF EXISTS keyed',
    'DROP TYPE IF EXISTS mood',
    `CREATE TYPE mood AS ENUM ('sad', 'happy')`,
    `CREATE TABLE keyed (k ${type}, at timestamptz, v float8)`,
    `INSERT INTO keyed VALUES (${sql}, '2024-01-01', 1)`,
  )
  const views = [
    view({
      source: postgresSource({ table: 'keyed', timestampField: 'at' }),
      joinKeys: [{ key: 'k', rowColumn: 'k', type: keyType }],
      features: [{ sourceColumn: 'v', name: 'v', type: float64 }],
    }),
  ]
  const rows = [{ k: value, event_timestamp: new Date('2024-01-02') }]
  for (const strategy of ['lateral', 'sort-merge', 'export', 'auto'] as const)
    expect((await ask(rows, views, strategy))[0]?.[2], strategy).toBe(1)
})

test('a key longer than its column is no key of it, and none is cut to fit', async () => {
  await under.run(
    'DROP TABLE IF EXISTS short',
    `CREATE TABLE short (k varchar(3), at timestamptz, v float8)`,
    `INSERT INTO short VALUES ('abc', '2024-01-01', 1)`,
  )
  const views = [
    view({
      source: postgresSource({ table: 'short', timestampField: 'at' }),
      joinKeys: [{ key: 'k', rowColumn: 'k', type: string }],
      features: [{ sourceColumn: 'v', name: 'v', type: float64 }],
    }),
  ]
  for (const strategy of strategies)
    expect((await ask([{ k: 'abcd', event_timestamp: new Date('2024-01-02') }], views, strategy))[0]?.[2], strategy).toBe(null)
})

test('texts that a collation calls equal are equal', async () => {
  await using own = await postgresStore()
  await own.run(
    `CREATE COLLATION folded (provider = icu, locale = 'und-u-ks-level2', deterministic = false)`,
    `CREATE TABLE t (k text COLLATE folded, at timestamptz, v float8)`,
    `INSERT INTO t VALUES ('ABC', '2024-01-01', 1)`,
  )
  const views = [
    view({
      source: postgresSource({ table: 't', timestampField: 'at' }),
      joinKeys: [{ key: 'k', rowColumn: 'k', type: string }],
      features: [{ sourceColumn: 'v', name: 'v', type: float64 }],
    }),
  ]
  const entityRows = [
    { k: 'abc', event_timestamp: new Date('2024-01-02') },
    { k: 'Abc', event_timestamp: new Date('2024-01-02') },
    { k: 'abd', event_timestamp: new Date('2024-01-02') },
  ]
  for (const strategy of ['lateral', 'sort-merge', 'export', 'auto'] as const) {
    const result = await tuplesOf(own.store.pointInTime({ entityRows, views, strategy }).batches())
    expect(
      result.map(([, , v]) => v),
      strategy,
    ).toEqual([1, 1, null])
  }
  await expect(own.store.pointInTime({ entityRows, views, strategy: 'scan' }).plan()).rejects.toMatchObject({
    code: 'STORE_STRATEGY_UNKNOWN',
  })
})

test('several views are answered side by side, also the same one twice by other keys', async () => {
  const rows = [{ driver_id: 1n, other: 2n, event_timestamp: new Date('2024-01-05') }]
  const feature = (name: string) => [{ sourceColumn: 'rate', name, type: float64 }]
  const views = [
    view({ features: feature('own') }),
    view({ name: 'other', joinKeys: [{ key: 'driver_id', rowColumn: 'other', type: int64 }], features: feature('theirs') }),
  ]
  const retrieval = under.store.pointInTime({ entityRows: rows, views })
  expect(await retrieval.header()).toEqual([
    { name: 'driver_id', type: { name: 'INT64' } },
    { name: 'other', type: { name: 'INT64' } },
    { name: 'event_timestamp', type: { name: 'UNIX_TIMESTAMP' } },
    { name: 'own', type: float64 },
    { name: 'theirs', type: float64 },
  ])
  expect((await tuplesOf(retrieval.batches()))[0]?.slice(3)).toEqual([0.2, 0.5])
})

test('what a row brings along comes back as it was', async () => {
  const more = { text: 'a', big: 9_007_199_254_740_993n, list: [1, 2], nothing: null, object: { a: [1n] } }
  const rows = [{ driver_id: 1n, event_timestamp: new Date('2024-01-05'), ...more }]
  expect((await ask(rows, [view()]))[0]?.slice(2, 7)).toEqual(Object.values(more))
})

test('no rows are no rows, with all columns', async () => {
  const retrieval = under.store.pointInTime({ entityRows: [], views: [view()] })
  const batches = await collect(retrieval.batches())
  expect(batches.map(({ rows, columns }) => [rows, columns.map(({ name }) => name)])).toEqual([
    [0, ['driver_id', 'event_timestamp', 'rate', 'trips']],
  ])
})
