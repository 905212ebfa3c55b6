import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, expectTypeOf, test } from 'vitest'
import type { Batch } from '../../src/definition/batch.ts'
import {
  bool,
  bytes,
  float64,
  int32,
  int64,
  listOf,
  map,
  scalarMap,
  setOf,
  string,
  timestamp,
  type ValueType,
  zonedTimestamp,
} from '../../src/definition/value-type.ts'
import { openDuckdbOffline } from '../../src/offline/duckdb.ts'
import type { Retrieval } from '../../src/offline/offline.ts'
import { loadPeer } from '../../src/offline/peer.ts'
import { TrainingSet } from '../../src/offline/training-set.ts'
import { tuplesOf } from './point-in-time.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'charmed-feast-set-'))
})
afterAll(() => rm(folder, { recursive: true }))

const moment = 1_709_208_000_000_001n
const columns: Readonly<Record<string, readonly [ValueType, readonly unknown[]]>> = {
  id: [int64, [1n, 9_007_199_254_740_993n, null]],
  small: [int32, [1, -1, null]],
  rate: [float64, [0.5, Number.NaN, null]],
  text: [string, ['a', '', null]],
  odd: [string, ['say "hi", you', 'two\r\nlines', null]],
  flag: [bool, [true, false, null]],
  raw: [bytes, [new Uint8Array([0, 255]), new Uint8Array(), null]],
  at: [timestamp, [moment, 0n, null]],
  list: [listOf(int64), [[1n, 2n], [], null]],
  tags: [setOf(string), [new Set(['a', 'b']), new Set(), null]],
  times: [listOf(timestamp), [[moment], [], null]],
  record: [map, [{ a: 1, b: { c: 'd' } }, {}, null]],
  keyed: [scalarMap, [new Map([['a', 1n]]), new Map(), null]],
  zoned: [zonedTimestamp, [{ at: new Date(1000), zone: 'UTC' }, { at: new Date(0), zone: 'UTC' }, null]],
}

const batch: Batch = { rows: 3, columns: Object.entries(columns).map(([name, [type, values]]) => ({ name, type, values })) }
const retrievalOf = (...batches: readonly Batch[]): Retrieval & { readonly opened: () => number } => {
  let opened = 0
  return {
    opened: () => opened,
    header: async () => batch.columns.map(({ name, type }) => ({ name, type })),
    plan: async () => [],
    batches: async function* () {
      opened++
      yield* batches
    },
  }
}

test('nothing is read before it is asked for', async () => {
  const retrieval = retrievalOf(batch)
  const set = new TrainingSet(retrieval)
  expect(retrieval.opened()).toBe(0)
  expect((await set.header()).map(({ name }) => name)).toEqual(Object.keys(columns))
  expect(retrieval.opened()).toBe(0)
  expect(await set.toRows()).toHaveLength(3)
  expect(retrieval.opened()).toBe(1)
})

test('rows are records, where moments are Dates', async () => {
  const rows = await new TrainingSet<{ id: bigint | null; at: Date | null }>(retrievalOf(batch)).toRows()
  expectTypeOf(rows).toEqualTypeOf<{ id: bigint | null; at: Date | null }[]>()
  expect(rows[0]).toEqual({
    id: 1n,
    small: 1,
    rate: 0.5,
    text: 'a',
    odd: 'say "hi", you',
    flag: true,
    raw: new Uint8Array([0, 255]),
    at: new Date('2024-02-29T12:00:00.000Z'),
    list: [1n, 2n],
    tags: new Set(['a', 'b']),
    times: [new Date('2024-02-29T12:00:00.000Z')],
    record: { a: 1, b: { c: 'd' } },
    keyed: new Map([['a', 1n]]),
    zoned: { at: new Date(1000), zone: 'UTC' },
  })
  expect(Object.values(rows[2] ?? {})).toEqual(new Array(14).fill(null))
})

test('columns hold all rows of all batches, moments to the microsecond', async () => {
  const numbers: Batch = { rows: 2, columns: [{ name: 'n', type: float64, values: Float64Array.of(1, 2) }] }
  const { n } = await new TrainingSet(retrievalOf(numbers, numbers)).columns()
  expect(n?.values).toEqual(Float64Array.of(1, 2, 1, 2))
  const { at } = await new TrainingSet(retrievalOf(batch, batch)).columns()
  expect(at?.values).toEqual([moment, 0n, null, moment, 0n, null])
  expect(await new TrainingSet(retrievalOf()).columns()).toEqual({})
})

test('CSV is what RFC 4180 says, null and empty text apart', async () => {
  const path = join(folder, 'set.csv')
  await new TrainingSet(retrievalOf(batch, batch)).toCsv(path)
  const text = await readFile(path, 'utf8')
  expect(text.split('\r\n').slice(0, 3)).toEqual([
    'id,small,rate,text,odd,flag,raw,at,list,tags,times,record,keyed,zoned',
    '1,1,0.5,a,"say ""hi"", you",true,0x00ff,2024-02-29T12:00:00.000001Z,"[1,2]","[""a"",""b""]",[1709208000000001],"{""a"":1,""b"":{""c"":""d""}}","{""a"":1}","{""at"":""1970-01-01T00:00:01.000Z"",""zone"":""UTC""}"',
    '9007199254740993,-1,NaN,"","two',
  ])
  expect(text).toContain('\r\n,,,,,,,,,,,,,\r\n')
  expect(text.split('id,small').length).toBe(2)
})

test('Arrow has the values, and nulls where they are', async () => {
  const table = await new TrainingSet(retrievalOf(batch, batch)).toArrow()
  expect(table.numRows).toBe(6)
  const column = (name: string) => Array.from(table.getChild(name) ?? [], (value: unknown) => value)
  expect(column('id').slice(0, 3)).toEqual([1n, 9_007_199_254_740_993n, null])
  expect(column('rate').slice(0, 3)).toEqual([0.5, Number.NaN, null])
  expect(column('text').slice(0, 3)).toEqual(['a', '', null])
  expect(column('flag').slice(0, 3)).toEqual([true, false, null])
  expect(table.getChild('at')?.type.toString()).toBe('Timestamp<MICROSECOND, UTC>')
  expect(table.getChild('at')?.data[0]?.values.slice(0, 2)).toEqual(BigInt64Array.of(moment, 0n))
  expect(table.getChild('at')?.nullCount).toBe(2)
  expect(Array.from(table.getChild('list')?.get(0) ?? [])).toEqual([1n, 2n])
  expect(table.getChild('list')?.get(2)).toBe(null)
  expect(column('record')[0]).toBe('{"a":1,"b":{"c":"d"}}')
})

test('Parquet gives back what was written', async () => {
  const path = join(folder, 'set.parquet')
  await new TrainingSet(retrievalOf(batch, batch)).toParquet(path)
  await using store = openDuckdbOffline({ folder })
  const read = store.readDataset({ kind: 'file', path: 'set.parquet', fileFormat: '', s3EndpointOverride: '' })
  expect((await read.header()).map(({ type }) => type.name)).toEqual([
    'INT64',
    'INT32',
    'DOUBLE',
    'STRING',
    'STRING',
    'BOOL',
    'BYTES',
    'UNIX_TIMESTAMP',
    'INT64_LIST',
    'STRING_LIST',
    'UNIX_TIMESTAMP_LIST',
    'STRING',
    'STRING',
    'UNIX_TIMESTAMP',
  ])
  const [first, second, third, ...more] = await tuplesOf(read.batches())
  expect(first?.slice(0, 11)).toEqual([
    1n,
    1,
    0.5,
    'a',
    'say "hi", you',
    true,
    Buffer.from([0, 255]),
    moment,
    [1n, 2n],
    ['a', 'b'],
    [moment],
  ])
  expect(first?.slice(11)).toEqual(['{"a":1,"b":{"c":"d"}}', '{"a":1}', 1_000_000n])
  expect(second?.slice(0, 4)).toEqual([9_007_199_254_740_993n, -1, Number.NaN, ''])
  expect(third).toEqual(new Array(14).fill(null))
  expect(more).toHaveLength(3)
})

test('a file is there whole or not at all', async () => {
  const path = join(folder, 'broken.parquet')
  const broken = retrievalOf({ rows: 1, columns: [{ name: 'n', type: float64, values: ['fast'] }] })
  await expect(new TrainingSet(broken).toParquet(path)).rejects.toMatchObject({
    code: 'STORE_VALUE_INVALID',
    message: 'cannot encode value "fast" as DOUBLE: the column holds another type',
  })
  await expect(readFile(path)).rejects.toMatchObject({ code: 'ENOENT' })
})

test('a package that is not there is named, with the line that installs it', async () => {
  const missing = loadPeer('@duckdb/node-api', 'read or write Parquet', () => Promise.reject(new Error('ERR_MODULE_NOT_FOUND')))
  await expect(missing).rejects.toMatchObject({
    code: 'STORE_PEER_MISSING',
    status: 501,
    message: 'cannot read or write Parquet: package @duckdb/node-api is not installed; install it with: npm install @duckdb/node-api',
  })
})

test('a loop that breaks off ends the reading', async () => {
  let ended = false
  const retrieval: Retrieval = {
    ...retrievalOf(),
    batches: async function* () {
      try {
        yield batch
        yield batch
      } finally {
        ended = true
      }
    },
  }
  for await (const row of new TrainingSet(retrieval)) {
    expect(row.id).toBe(1n)
    break
  }
  expect(ended).toBe(true)
})
