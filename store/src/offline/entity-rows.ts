import type { Batch, Column } from '../definition/batch.ts'
import { type StoreError, storeError } from '../errors.ts'
import { type ArrowTable, batchesOfArrow } from './arrow-rows.ts'
import { batchOfColumns, batchOfRows, joinBatches, sliceBatch } from './column-data.ts'
import { momentOf } from './moment.ts'

/**
 * What a training set is made for: rows, also as they arrive; columns; batches; an Arrow table; a query of the offline store; or a Parquet
 * or CSV file.
 */
export type EntityRows =
  | readonly Readonly<Record<string, unknown>>[]
  | AsyncIterable<Readonly<Record<string, unknown>>>
  | { readonly arrow: ArrowTable }
  | { readonly columns: Readonly<Record<string, ArrayLike<unknown>>> }
  | { readonly batches: AsyncIterable<Batch> | Iterable<Batch> }
  | { readonly sql: string }
  | { readonly path: string }

/** How an engine reads what is not in this process. */
export interface EntityReaders {
  readonly sql: (sql: string) => AsyncIterable<Batch>
  readonly file: (path: string) => AsyncIterable<Batch>
}

/** Entity rows that are worked on at once. */
export interface EntityChunk extends Batch {
  /** Microseconds since 1970 as numbers, exact between the years 1685 and 2255; NaN for null. */
  readonly eventTimes: Float64Array
}

/** Rows that are turned into columns at once. */
const streamedRows = 8192

const fault = (column: string, why: string): StoreError => storeError('STORE_ENTITY_ROWS_INVALID', [column, why])

/** Streams that were read. One that starts again each time is not among them. */
const spent = new WeakSet<object>()

const unread = <T extends object>(stream: T): T => {
  if (spent.has(stream))
    throw fault('', 'their stream was read before, and can be read once; give rows, columns, or an iterable that starts anew')
  if ('next' in stream) spent.add(stream)
  return stream
}

/** Rows as they arrive, some thousands at a time. */
async function* batchesOfStream(rows: AsyncIterable<Readonly<Record<string, unknown>>>): AsyncGenerator<Batch> {
  let held: Readonly<Record<string, unknown>>[] = []
  for await (const row of rows) {
    if (held.push(row) < streamedRows) continue
    yield batchOfRows(held)
    held = []
  }
  if (held.length > 0) yield batchOfRows(held)
}

async function* batchesOf(rows: EntityRows, readers: EntityReaders): AsyncGenerator<Batch> {
  if ('sql' in rows) yield* readers.sql(rows.sql)
  else if ('path' in rows) yield* readers.file(rows.path)
  else if ('arrow' in rows) yield* batchesOfArrow(rows.arrow)
  else if (Symbol.asyncIterator in rows) yield* batchesOfStream(unread(rows))
  else if ('batches' in rows) yield* unread(rows.batches)
  else if ('columns' in rows) {
    const batch = batchOfColumns(rows.columns)
    if ('uneven' in batch) throw fault(batch.uneven, 'it has another length than the first column')
    yield batch
  } else yield batchOfRows(rows)
}

/** Gathers batches until there are `size` rows, and cuts what is more. The first is given even when it is empty: it has the columns. */
async function* inChunks(batches: AsyncIterable<Batch>, size: number): AsyncGenerator<Batch> {
  let held: Batch[] = []
  let rows = 0
  let given = false
  for await (const batch of batches) {
    let from = 0
    while (batch.rows - from + rows >= size) {
      const to = from + size - rows
      yield joinBatches(held, sliceBatch(batch, from, to))
      given = true
      held = []
      rows = 0
      from = to
    }
    if (from < batch.rows || held.length === 0) held.push(sliceBatch(batch, from, batch.rows))
    rows += batch.rows - from
  }
  const last = held.pop()
  if (last !== undefined && (rows > 0 || !given)) yield joinBatches(held, last)
}

const isTime = ({ type }: Column): boolean => type.name === 'UNIX_TIMESTAMP'

/** The column of event times: the one named, `event_timestamp`, or the only one that holds times. */
const eventTimeColumn = (columns: readonly Column[], named: string | undefined): Column => {
  const names = columns.map(({ name }) => name)
  const wanted = named ?? 'event_timestamp'
  const found = columns.find(({ name }) => name === wanted)
  if (found !== undefined) return found
  if (named !== undefined) throw fault(named, `there is no such column; there are: ${names.join(', ')}`)
  const [only, ...others] = columns.filter(isTime)
  if (only !== undefined && others.length === 0) return only
  throw fault(wanted, only === undefined ? 'no column holds times' : 'several columns hold times; name one with eventTimestampColumn')
}

interface EventTimes {
  readonly numbers: Float64Array
  readonly column: Column
}

/** Times that are microseconds already, none of them null: no bigint is made of them. */
const longTimes = (name: string, longs: BigInt64Array): EventTimes => {
  const numbers = new Float64Array(longs.length)
  // Node runs on little-endian machines alone: the low half comes first.
  const halves = new Int32Array(longs.buffer, longs.byteOffset, longs.length * 2)
  for (let row = 0; row < longs.length; row++) numbers[row] = (halves[2 * row + 1] ?? 0) * 4_294_967_296 + ((halves[2 * row] ?? 0) >>> 0)
  return { numbers, column: { name, type: { name: 'UNIX_TIMESTAMP' }, values: longs } }
}

const eventTimesOf = ({ name, values }: Column): EventTimes => {
  if (values instanceof BigInt64Array) return longTimes(name, values)
  const numbers = new Float64Array(values.length)
  const moments: (bigint | null)[] = new Array(values.length)
  for (let row = 0; row < values.length; row++) {
    const value = values[row]
    const moment = value === null || value === undefined ? null : momentOf(value)
    if (moment === undefined)
      throw fault(name, `row ${row} holds ${JSON.stringify(String(value))}; an event time is a Date, microseconds as bigint, or ISO text`)
    moments[row] = moment
    numbers[row] = moment === null ? Number.NaN : Number(moment)
  }
  return { numbers, column: { name, type: { name: 'UNIX_TIMESTAMP' }, values: moments } }
}

/**
 * Reads entity rows in chunks of at most `size`, with their event times. A chunk without rows comes only when there is no other.
 *
 * @throws STORE_ENTITY_ROWS_INVALID when the column of event times is not found, or a row holds something else there
 */
export async function* readEntityRows(
  rows: EntityRows,
  options: {
    readonly eventTimestampColumn: string | undefined
    readonly readers: EntityReaders
    readonly size: number
    /** The columns that rows would have had to have: those of no rows at all. */
    readonly keys: readonly Pick<Column, 'name' | 'type'>[]
  },
): AsyncGenerator<EntityChunk> {
  for await (const chunk of inChunks(batchesOf(rows, options.readers), options.size)) {
    if (chunk.rows === 0 && chunk.columns.length === 0) {
      const time = { name: options.eventTimestampColumn ?? 'event_timestamp', type: { name: 'UNIX_TIMESTAMP' } as const }
      yield { rows: 0, columns: [...options.keys, time].map((each) => ({ ...each, values: [] })), eventTimes: new Float64Array(0) }
      continue
    }
    const time = eventTimeColumn(chunk.columns, options.eventTimestampColumn)
    const { numbers, column } = eventTimesOf(time)
    yield { rows: chunk.rows, columns: chunk.columns.map((each) => (each === time ? column : each)), eventTimes: numbers }
  }
}
