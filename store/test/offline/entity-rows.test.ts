import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { postgresSource } from '../../src/definition/source.ts'
import { float64, int64 } from '../../src/definition/value-type.ts'
import { batchOfColumns, batchOfRows } from '../../src/offline/column-data.ts'
import { type EntityRows, readEntityRows } from '../../src/offline/entity-rows.ts'
import { writeParquet } from '../../src/offline/parquet.ts'
import { collect, tuplesOf } from './point-in-time.ts'
import { postgresStore, type StoreUnderTest } from './postgres-store.ts'

let folder: string
let under: StoreUnderTest
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'charmed-feast-rows-'))
  under = await postgresStore({ folder, max: 1 })
  await under.run(
    'CREATE TABLE stats (driver_id bigint, at timestamptz, rate float8)',
    `INSERT INTO stats VALUES (1, '2024-01-01', 0.5), (2, '2024-01-02', 0.25)`,
  )
})
afterAll(async () => {
  await under[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

const views = [
  {
    name: 'stats',
    source: postgresSource({ table: 'stats', timestampField: 'at' }),
    joinKeys: [{ key: 'driver_id', rowColumn: 'driver_id', type: int64 }],
    features: [{ sourceColumn: 'rate', name: 'rate', type: float64 }],
    ttl: undefined,
  },
]
const ask = (entityRows: EntityRows) => under.store.pointInTime({ entityRows, views })
const at = (text: string) => BigInt(Date.parse(text)) * 1000n

const batches = [
  batchOfRows([{ label: 'b', driver_id: 2n, event_timestamp: new Date('2024-01-03') }]),
  batchOfRows([{ label: 'a,"', driver_id: 1n, event_timestamp: new Date('2024-01-03') }]),
]

/** The same two rows, as everything that can hold them. They also hold a label; each is asked over one connection. */
const forms: Readonly<Record<string, () => Promise<EntityRows>>> = {
  rows: async () => [
    { label: 'b', driver_id: 2n, event_timestamp: new Date('2024-01-03') },
    { label: 'a,"', driver_id: 1n, event_timestamp: '2024-01-03' },
  ],
  columns: async () => ({
    columns: {
      label: ['b', 'a,"'],
      driver_id: BigInt64Array.of(2n, 1n),
      event_timestamp: [new Date('2024-01-03'), new Date('2024-01-03')],
    },
  }),
  batches: async () => ({ batches }),
  'a query': async () => ({
    sql: `SELECT CASE driver_id WHEN 2 THEN 'b' ELSE 'a,"' END AS label, driver_id, timestamp '2024-01-03' AS event_timestamp
FROM stats ORDER BY driver_id DESC -- newest driver first`,
  }),
  'a CSV file': async () => {
    await writeFile(join(folder, 'rows.csv'), 'label,driver_id,event_timestamp\nb,2,2024-01-03\n"a,""",1,2024-01-03 00:00:00+00\n')
    return { path: 'rows.csv' }
  },
  'a Parquet file': async () => {
    async function* all() {
      yield* batches
    }
    await writeParquet(join(folder, 'rows.parquet'), all())
    return { path: join(folder, 'rows.parquet') }
  },
}

test.each(Object.entries(forms))('entity rows may be %s', async (_, make) => {
  const retrieval = ask(await make())
  expect((await retrieval.header()).map(({ name, type }) => [name, type.name])).toEqual([
    ['label', 'STRING'],
    ['driver_id', 'INT64'],
    ['event_timestamp', 'UNIX_TIMESTAMP'],
    ['rate', 'DOUBLE'],
  ])
  expect(await tuplesOf(retrieval.batches())).toEqual([
    ['b', 2n, at('2024-01-03'), 0.25],
    ['a,"', 1n, at('2024-01-03'), 0.5],
  ])
  expect(await retrieval.plan()).toHaveLength(1)
})

test('a stream can be read once, and says so the second time', async () => {
  async function* stream() {
    yield batchOfRows([{ driver_id: 1n, event_timestamp: new Date('2024-01-03') }])
  }
  const retrieval = ask({ batches: stream() })
  expect(await tuplesOf(retrieval.batches())).toHaveLength(1)
  await expect(tuplesOf(retrieval.batches())).rejects.toMatchObject({
    code: 'STORE_ENTITY_ROWS_INVALID',
    message: expect.stringContaining('can be read once'),
  })
})

test('rows of a query keep their types, also those that Feast does not know', async () => {
  const sql = `SELECT 1::bigint AS driver_id, now() AS event_timestamp, 'x'::"char" AS letter, 1.50::numeric AS price, ARRAY[1, NULL] AS list, NULL::text AS nothing`
  const [row] = await tuplesOf(ask({ sql }).batches())
  expect(row?.slice(2)).toEqual(['x', 1.5, [1, null], null, 0.5])
})

test('the only column of times is the event time, whatever its name', async () => {
  expect(await tuplesOf(ask([{ driver_id: 1n, when: new Date('2024-01-03') }]).batches())).toEqual([[1n, at('2024-01-03'), 0.5]])
})

test('batches are cut and joined into chunks of a size, none lost', async () => {
  const readers = { sql: () => collectNothing(), file: () => collectNothing() }
  const sizes = [3, 0, 5, 1, 9, 2]
  let next = 0
  const batches = sizes.map((rows) => batchOfRows(Array.from({ length: rows }, () => ({ n: next++, event_timestamp: new Date(next) }))))
  const [first] = batches
  const withColumns = batches.map((batch) =>
    batch.rows === 0 && first !== undefined
      ? { ...first, rows: 0, columns: first.columns.map((each) => ({ ...each, values: [] })) }
      : batch,
  )
  const chunks = await collect(readEntityRows({ batches: withColumns }, { eventTimestampColumn: undefined, readers, size: 4, keys: [] }))
  expect(chunks.map(({ rows }) => rows)).toEqual([4, 4, 4, 4, 4])
  expect(chunks.flatMap(({ columns }) => Array.from(columns[0]?.values ?? []))).toEqual(Array.from({ length: 20 }, (_, n) => n))
})

async function* collectNothing() {
  yield* []
}

test('columns tell what they hold', () => {
  const values = {
    int: [null, 1n],
    float: [1],
    text: ['a'],
    flag: [true],
    time: [new Date(0)],
    bytes: [new Uint8Array()],
    list: [[1n]],
    empty: [[]],
    set: [new Set(['a'])],
    nested: [[[1]]],
    record: [{}],
    map: [new Map()],
    none: [null],
    longs: BigInt64Array.of(1n),
  }
  const widest = Math.max(...Object.values(values).map(({ length }) => length))
  const padded = Object.fromEntries(
    Object.entries(values).map(([name, items]) => [name, [...items, ...new Array(widest - items.length).fill(null)]]),
  )
  const batch = batchOfColumns(padded)
  if ('uneven' in batch) throw new Error(batch.uneven)
  expect(Object.fromEntries(batch.columns.map(({ name, type }) => [name, type.name]))).toEqual({
    int: 'INT64',
    float: 'DOUBLE',
    text: 'STRING',
    flag: 'BOOL',
    time: 'UNIX_TIMESTAMP',
    bytes: 'BYTES',
    list: 'INT64_LIST',
    empty: 'STRING_LIST',
    set: 'STRING_SET',
    nested: 'VALUE_LIST',
    record: 'MAP',
    map: 'SCALAR_MAP',
    none: 'UNKNOWN',
    longs: 'INT64',
  })
})
