import { afterAll, beforeAll, expect, test } from 'vitest'
import { postgresSource } from '../../src/definition/source.ts'
import {
  bool,
  bytes,
  decimal,
  float32,
  float64,
  int32,
  int64,
  json,
  listOf,
  map,
  nestedListOf,
  scalarMap,
  setOf,
  string,
  struct,
  timestamp,
  uuid,
  type ValueType,
  zonedTimestamp,
} from '../../src/definition/value-type.ts'
import type { ViewRequest } from '../../src/offline/offline.ts'
import { tuplesOf } from './point-in-time.ts'
import { postgresStore, type StoreUnderTest } from './postgres-store.ts'
import { pulledRows } from './pull.ts'

let under: StoreUnderTest
beforeAll(async () => {
  under = await postgresStore()
  await under.run(`CREATE TYPE mood AS ENUM ('sad', 'happy')`)
})
afterAll(() => under[Symbol.asyncDispose]())

/** Type of the column, what is stored, the feature's type, the value. */
const values: readonly (readonly [column: string, stored: string, type: ValueType, value: unknown])[] = [
  ['smallint', '-7', int32, -7],
  ['smallint', '-7', int64, -7n],
  ['integer', '2147483647', int64, 2_147_483_647n],
  ['integer', '-2147483648', int64, -2_147_483_648n],
  ['bigint', '-9223372036854775808', int64, -(2n ** 63n)],
  ['bigint', '9223372036854775807', int64, 2n ** 63n - 1n],
  ['bigint', '5', int32, 5],
  ['bigint', '5', float64, 5],
  ['bigint', '5', string, '5'],
  ['real', '0.1', float32, Math.fround(0.1)],
  ['float8', '0.1', float32, 0.1],
  ['float8', `'NaN'`, float64, Number.NaN],
  ['float8', `'-Infinity'`, float64, Number.NEGATIVE_INFINITY],
  ['float8', `'-0'`, float64, -0],
  ['float8', '3', int64, 3n],
  ['numeric', '12345678901234567890.10', decimal, '12345678901234567890.10'],
  ['numeric', '-0.001', decimal, '-0.001'],
  ['numeric', '0', decimal, '0'],
  ['numeric', '10000.0001', decimal, '10000.0001'],
  ['numeric', `'NaN'`, decimal, 'NaN'],
  ['numeric', '2.5', float64, 2.5],
  ['numeric', '7', int64, 7n],
  ['text', `'ä ''\\ \t'`, string, "ä '\\ \t"],
  ['varchar(9)', `''`, string, ''],
  ['mood', `'happy'`, string, 'happy'],
  ['boolean', 'true', bool, true],
  ['boolean', 'false', string, 'false'],
  ['bytea', `'\\x00ff'`, bytes, Buffer.from([0, 255])],
  ['timestamptz', `'2024-02-29 12:00:00.000001+02'`, timestamp, 1_709_200_800_000_001n],
  ['timestamp', `'2024-02-29 12:00:00'`, timestamp, 1_709_208_000_000_000n],
  ['date', `'1969-12-31'`, timestamp, -86_400_000_000n],
  ['timestamptz', `'infinity'`, timestamp, 2n ** 63n - 1n],
  ['timestamptz', `'-infinity'`, timestamp, -(2n ** 63n)],
  ['timestamptz', `'2024-02-29 12:00:00+00'`, zonedTimestamp, { at: new Date('2024-02-29T12:00:00Z'), zone: 'UTC' }],
  ['uuid', `'00000000-0000-4000-8000-00000000000A'`, uuid, '00000000-0000-4000-8000-00000000000a'],
  ['jsonb', `'{"a": [1, null]}'`, json, '{"a": [1, null]}'],
  ['json', `'{"a":1}'`, map, { a: 1 }],
  ['jsonb', `'{"a": 1, "b": "x"}'`, struct({ a: int64, b: string, c: bool }), { a: 1n, b: 'x', c: null }],
  ['jsonb', `'{"a": 1}'`, scalarMap, new Map([['a', 1]])],
  ['bigint[]', `'{1,NULL,9223372036854775807}'`, listOf(int64), [1n, null, 2n ** 63n - 1n]],
  ['real[]', `'{}'`, listOf(float32), []],
  ['float8[]', `'{0.5,-1}'`, listOf(float64), [0.5, -1]],
  ['text[]', `'{"a,b",""}'`, listOf(string), ['a,b', '']],
  ['varchar[]', `'{a}'`, listOf(string), ['a']],
  ['mood[]', `'{happy}'`, listOf(string), ['happy']],
  ['boolean[]', `'{t,f}'`, listOf(bool), [true, false]],
  ['timestamptz[]', `'{2024-02-29 12:00:00+00}'`, listOf(timestamp), [1_709_208_000_000_000n]],
  ['numeric[]', `'{1.50}'`, listOf(float64), [1.5]],
  ['text[]', `'{a,b,a}'`, setOf(string), new Set(['a', 'b'])],
  [
    'integer[]',
    `'{{1,2},{3,4}}'`,
    nestedListOf(listOf(int32)),
    [
      [1, 2],
      [3, 4],
    ],
  ],
  ['jsonb', `'[[1],[2,3]]'`, nestedListOf(listOf(int32)), [[1], [2, 3]]],
]

test.each(values)('%s %s is read as %o', async (column, stored, type, value) => {
  await under.run(
    'DROP TABLE IF EXISTS t',
    `CREATE TABLE t (at timestamptz, v ${column}, n ${column})`,
    `INSERT INTO t VALUES ('2024-01-01', ${stored}, NULL)`,
  )
  const source = postgresSource({ table: 't', timestampField: 'at' })
  const features = [
    { sourceColumn: 'v', name: 'v', type },
    { sourceColumn: 'n', name: 'n', type },
  ]
  const views: readonly ViewRequest[] = [{ name: 't', source, joinKeys: [], features, ttl: undefined }]
  const entityRows = [{ event_timestamp: new Date('2024-01-02') }]
  for (const strategy of ['lateral', 'scan'] as const)
    expect((await tuplesOf(under.store.pointInTime({ entityRows, views, strategy }).batches()))[0]?.slice(1)).toEqual([value, null])
  expect((await pulledRows(under.store.pullAll({ source, joinKeys: [], features })))[0]?.slice(0, 2)).toEqual([value, null])
})

test.each<[string, string, ValueType]>([
  ['float8', '1.5', int64],
  ['text', `'abc'`, float64],
  ['jsonb', `'[1]'`, map],
  ['bigint', '9007199254740993', float64],
  ['integer', '1', bool],
])('%s %s is no %o, and says so', async (column, stored, type) => {
  await under.run(
    'DROP TABLE IF EXISTS t',
    `CREATE TABLE t (at timestamptz, v ${column})`,
    `INSERT INTO t VALUES ('2024-01-01', ${stored})`,
  )
  const source = postgresSource({ name: 'trips', table: 't', timestampField: 'at' })
  const pulled = pulledRows(under.store.pullAll({ source, joinKeys: [], features: [{ sourceColumn: 'v', name: 'v', type }] }))
  await expect(pulled).rejects.toMatchObject({
    code: 'STORE_SOURCE_VALUE_UNFIT',
    message: expect.stringMatching(new RegExp(`^cannot read column "v" of data source "trips" as ${type.name}: it holds "`)),
  })
  // The connection that was left in the middle of an answer is not used again.
  expect(await under.run('SELECT 1::int AS one')).toEqual([{ one: 1 }])
})

test('the columns of a source are described as Feast reads them', async () => {
  const columns = {
    boolean: 'BOOL',
    bytea: 'BYTES',
    bigint: 'INT64',
    smallint: 'INT32',
    integer: 'INT32',
    text: 'STRING',
    'character varying(5)': 'STRING',
    'character(5)': 'STRING',
    json: 'MAP',
    jsonb: 'MAP',
    real: 'FLOAT',
    'double precision': 'DOUBLE',
    'numeric(10,2)': 'DOUBLE',
    uuid: 'UUID',
    date: 'UNIX_TIMESTAMP',
    'time without time zone': 'UNIX_TIMESTAMP',
    'timestamp without time zone': 'UNIX_TIMESTAMP',
    'timestamp with time zone': 'UNIX_TIMESTAMP',
    'boolean[]': 'BOOL_LIST',
    'bytea[]': 'BYTES_LIST',
    'smallint[]': 'INT32_LIST',
    'integer[]': 'INT32_LIST',
    'bigint[]': 'INT64_LIST',
    'real[]': 'FLOAT_LIST',
    'double precision[]': 'DOUBLE_LIST',
    'numeric[]': 'DOUBLE_LIST',
    'text[]': 'STRING_LIST',
    'uuid[]': 'UUID_LIST',
    'date[]': 'UNIX_TIMESTAMP_LIST',
    'timestamp with time zone[]': 'UNIX_TIMESTAMP_LIST',
    'jsonb[]': 'MAP_LIST',
    'character varying[]': 'UNKNOWN',
    mood: 'UNKNOWN',
    interval: 'UNKNOWN',
    inet: 'UNKNOWN',
  }
  const names = Object.keys(columns)
  await under.run('DROP TABLE IF EXISTS t', `CREATE TABLE t (${names.map((type, place) => `c${place} ${type}`).join(', ')})`)
  const [described = []] = await under.store.describeSources([postgresSource({ table: 't', timestampField: 'c14' })])
  expect(described.map(({ storedAs, type }) => [storedAs, type.name])).toEqual(Object.entries(columns))
  expect(described.filter(({ time }) => time).map(({ storedAs }) => storedAs)).toEqual([
    'date',
    'timestamp without time zone',
    'timestamp with time zone',
  ])
})
