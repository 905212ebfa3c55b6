import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fileSource, postgresSource } from '../../src/definition/source.ts'
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
  scalarMap,
  setOf,
  string,
  struct,
  timestamp,
  uuid,
  type ValueType,
} from '../../src/definition/value-type.ts'
import { openDuckdbOffline } from '../../src/offline/duckdb.ts'
import type { OfflineStore, ViewRequest } from '../../src/offline/offline.ts'
import { collect, tuplesOf } from './point-in-time.ts'
import { pulledRows } from './pull.ts'

let folder: string
let store: OfflineStore
let write: (path: string, select: string) => Promise<void>
let close: () => void
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'charmed-feast-files-'))
  store = openDuckdbOffline({ folder, memoryLimit: '256MB', threads: 2 })
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  close = () => instance.closeSync()
  write = async (path, select) => {
    await connection.run(`COPY (${select}) TO '${join(folder, path)}' (FORMAT parquet)`)
  }
})
afterAll(async () => {
  await store[Symbol.asyncDispose]()
  close()
  await rm(folder, { recursive: true })
})

const viewOf = (path: string, parts: Partial<ViewRequest> = {}): ViewRequest => ({
  name: 'v',
  source: fileSource({ path, timestampField: 'at' }),
  joinKeys: [],
  features: [{ sourceColumn: 'v', name: 'v', type: int64 }],
  ttl: undefined,
  ...parts,
})
const entityRows = [{ event_timestamp: new Date('2024-01-02') }]
const answer = async (view: ViewRequest) => (await tuplesOf(store.pointInTime({ entityRows, views: [view] }).batches()))[0]?.slice(1)

/** What is stored, the feature's type, the value, what Feast makes of the column. */
const values: readonly (readonly [stored: string, type: ValueType, value: unknown, described: string])[] = [
  ['1::TINYINT', int32, 1, 'INT32'],
  ['-1::SMALLINT', int64, -1n, 'INT32'],
  ['7::INTEGER', int64, 7n, 'INT32'],
  ['7::UINTEGER', int64, 7n, 'INT64'],
  ['9007199254740993::BIGINT', int64, 9_007_199_254_740_993n, 'INT64'],
  ['5::BIGINT', float64, 5, 'INT64'],
  ['5::BIGINT', string, '5', 'INT64'],
  ['0.1::FLOAT', float32, Math.fround(0.1), 'FLOAT'],
  ['0.1::DOUBLE', float32, 0.1, 'DOUBLE'],
  ["'nan'::DOUBLE", float64, Number.NaN, 'DOUBLE'],
  ['2.5::DECIMAL(10,2)', float64, 2.5, 'UNKNOWN'],
  ['2.5::DECIMAL(10,2)', decimal, '2.50', 'UNKNOWN'],
  ["'ä'", string, 'ä', 'STRING'],
  ["''", string, '', 'STRING'],
  ['true', bool, true, 'BOOL'],
  ["'\\x00\\xFF'::BLOB", bytes, Buffer.from([0, 255]), 'BYTES'],
  ["TIMESTAMPTZ '2024-02-29 12:00:00.000001+02'", timestamp, 1_709_200_800_000_001n, 'UNIX_TIMESTAMP'],
  ["TIMESTAMP '2024-02-29 12:00:00'", timestamp, 1_709_208_000_000_000n, 'UNIX_TIMESTAMP'],
  ["TIMESTAMP_NS '2024-02-29 12:00:00.000001999'", timestamp, 1_709_208_000_000_001n, 'UNIX_TIMESTAMP'],
  ["TIMESTAMP_MS '2024-02-29 12:00:00'", timestamp, 1_709_208_000_000_000n, 'UNIX_TIMESTAMP'],
  ["DATE '2024-02-29'", timestamp, 1_709_164_800_000_000n, 'UNKNOWN'],
  ["'00000000-0000-4000-8000-00000000000A'::UUID", uuid, '00000000-0000-4000-8000-00000000000a', 'UNKNOWN'],
  ['[1, NULL, 3]::BIGINT[]', listOf(int64), [1n, null, 3n], 'INT64_LIST'],
  ["['a', 'a']", setOf(string), new Set(['a']), 'STRING_LIST'],
  ["[TIMESTAMP '2024-02-29 12:00:00']", listOf(timestamp), [1_709_208_000_000_000n], 'UNIX_TIMESTAMP_LIST'],
  ['[0.5, 1]::FLOAT[2]', listOf(float32), [0.5, 1], 'FLOAT_LIST'],
  ["{'a': 1::BIGINT, 'b': 'x'}", struct({ a: int64, b: string }), { a: 1n, b: 'x' }, 'STRUCT'],
  ["MAP {'a': 1::BIGINT}", map, { a: 1n }, 'MAP'],
  ["MAP {'a': 1::BIGINT}", scalarMap, new Map([['a', 1n]]), 'MAP'],
  ["{'a': 1}", json, '{"a":1}', 'STRUCT'],
  ['\'{"a": [1]}\'', map, { a: [1] }, 'STRING'],
]

test.each(values)('%s is read as %o', async (stored, type, value, described) => {
  await write(
    'value.parquet',
    `SELECT TIMESTAMP '2024-01-01' AS at, v, n FROM (SELECT ${stored} AS v, CASE WHEN random() > 2 THEN ${stored} END AS n)`,
  )
  const features = [
    { sourceColumn: 'v', name: 'v', type },
    { sourceColumn: 'n', name: 'n', type },
  ]
  expect(await answer(viewOf('value.parquet', { features }))).toEqual([value, null])
  const source = fileSource({ path: 'value.parquet', timestampField: 'at' })
  expect((await pulledRows(store.pullAll({ source, joinKeys: [], features })))[0]?.slice(0, 2)).toEqual([value, null])
  const [[, column] = []] = await store.describeSources([source])
  expect(column?.type.name).toBe(described)
})

test('a value that does not fit is an error that names it', async () => {
  await write('unfit.parquet', `SELECT TIMESTAMP '2024-01-01' AS at, 'fast' AS v`)
  await expect(answer(viewOf('unfit.parquet'))).rejects.toMatchObject({
    code: 'STORE_SOURCE_VALUE_UNFIT',
    message: 'cannot read column "v" of data source "unfit.parquet" as INT64: it holds "fast"',
  })
})

describe('a source may be', () => {
  test.each([
    ['a folder with all below it', 'parts'],
    ['a pattern', 'parts/*.parquet'],
    ['a URL of this file system', 'file://FOLDER/parts/b.parquet'],
  ])('%s', async (_, path) => {
    await mkdir(join(folder, 'parts/deep'), { recursive: true })
    await write('parts/a.parquet', `SELECT TIMESTAMP '2023-12-30' AS at, 1::BIGINT AS v`)
    await write('parts/b.parquet', `SELECT TIMESTAMP '2023-12-31' AS at, 2::BIGINT AS v`)
    await write('parts/deep/c.parquet', `SELECT TIMESTAMP '2024-01-01' AS at, 3::BIGINT AS v`)
    expect(await answer(viewOf(path.replace('FOLDER', folder)))).toEqual([path === 'parts' ? 3n : 2n])
  })
})

test('writing to a folder adds a file; writing to a file keeps what was there', async () => {
  await mkdir(join(folder, 'grown'))
  await write('grown/a.parquet', `SELECT TIMESTAMPTZ '2023-12-30 00:00:00+00' AS at, 1::INTEGER AS v`)
  await write('single.parquet', `SELECT TIMESTAMP '2023-12-30' AS at, 1::INTEGER AS v`)
  const batch = {
    rows: 1,
    columns: [
      { name: 'v', type: int64, values: [2n] },
      { name: 'at', type: timestamp, values: [new Date('2024-01-01')] },
    ],
  }
  for (const path of ['grown', 'single.parquet']) {
    expect(await store.write(fileSource({ path, timestampField: 'at' }), [batch])).toBe(1)
    expect(await answer(viewOf(path))).toEqual([2n])
    expect(
      await pulledRows(store.pullAll({ source: fileSource({ path, timestampField: 'at' }), joinKeys: [], features: [] })),
    ).toHaveLength(2)
    const [[, column] = []] = await store.describeSources([fileSource({ path, timestampField: 'at' })])
    expect(column?.storedAs).toBe('INTEGER')
  }
  expect(await readdir(join(folder, 'grown'))).toHaveLength(2)
})

test('a column of a folder that only some files have is an error, not a guess', async () => {
  await mkdir(join(folder, 'mixed'))
  await write('mixed/a.parquet', `SELECT TIMESTAMP '2023-12-30' AS at, 1::BIGINT AS v`)
  await write('mixed/b.parquet', `SELECT TIMESTAMP '2023-12-31' AS at`)
  await expect(answer(viewOf('mixed'))).rejects.toThrow(/v/)
})

test.each([
  ['a path that is not there', fileSource({ path: 'nowhere.parquet', timestampField: 'at' }), 'No files found that match the pattern'],
  ['a file that is no Parquet', fileSource({ path: 'text.parquet', timestampField: 'at' }), 'cannot read data source "text.parquet"'],
  [
    'a place that is not here',
    fileSource({ path: 's3://bucket/a.parquet', timestampField: 'at' }),
    '"s3://bucket/a.parquet" is not in this file system',
  ],
  [
    'a format that is not Parquet',
    fileSource({ path: 'd', fileFormat: 'delta', timestampField: 'at' }),
    'its format is delta; allowed: parquet',
  ],
  ['a table', postgresSource({ table: 't', timestampField: 'at' }), 'the offline store reads files and this is a postgres-source'],
  [
    'without a time',
    fileSource({ path: 'good.parquet', timestampField: 'when' }),
    'it has no column "when" for the event time; allowed: at, v',
  ],
  [
    'whose time is a number',
    fileSource({ path: 'good.parquet', timestampField: 'v' }),
    'column "v" is BIGINT; the event time needs a timestamp or a date',
  ],
])('a source that is %s is refused', async (_, source, why) => {
  await writeFile(join(folder, 'text.parquet'), 'no')
  await write('good.parquet', `SELECT TIMESTAMP '2023-12-31' AS at, 1::BIGINT AS v`)
  await expect(answer(viewOf('good.parquet', { source }))).rejects.toMatchObject({
    code: 'STORE_SOURCE_INVALID',
    message: expect.stringContaining(why),
  })
})

test('a strategy of the other engine is refused', async () => {
  await write('good.parquet', `SELECT TIMESTAMP '2023-12-31' AS at, 1::BIGINT AS v`)
  const retrieval = store.pointInTime({ entityRows, views: [viewOf('good.parquet')], strategy: 'lateral' })
  await expect(retrieval.plan()).rejects.toMatchObject({
    code: 'STORE_STRATEGY_UNKNOWN',
    message: expect.stringContaining('allowed on files: asof, auto, scan'),
  })
})

test('no extension is loaded, from anywhere', async () => {
  const rows = (sql: string) => collect(store.pointInTime({ entityRows: { sql }, views: [] }).batches())
  await expect(rows(`SELECT now() AS event_timestamp FROM read_csv('https://localhost:1/a.csv')`)).rejects.toThrow()
  await expect(rows(`SELECT now() AS event_timestamp FROM sqlite_scan('a.db', 't')`)).rejects.toThrow()
})

test('what is too large for the memory spills, and nothing of it is left', async () => {
  await write(
    'large.parquet',
    `SELECT TIMESTAMP '2024-01-01' + to_microseconds(r) AS at, r % 400000 AS k, repeat(md5(r::VARCHAR), 4) AS v FROM range(1200000) AS t(r)`,
  )
  const before = (await readdir(tmpdir())).filter((name) => name.startsWith('charmed-feast-duckdb-'))
  const own = openDuckdbOffline({ folder, memoryLimit: '150MB', threads: 2 })
  let rows = 0
  const source = fileSource({ path: 'large.parquet', timestampField: 'at' })
  const features = [{ sourceColumn: 'v', name: 'v', type: string }]
  for await (const batch of own.pullLatest({ source, joinKeys: [{ key: 'k', type: int64 }], features })) rows += batch.rows
  expect(rows).toBe(400_000)
  await own[Symbol.asyncDispose]()
  expect((await readdir(tmpdir())).filter((name) => name.startsWith('charmed-feast-duckdb-'))).toEqual(before)
  expect((await stat(folder)).isDirectory()).toBe(true)
}, 60_000)
