import type { DuckDBDataChunk, DuckDBValue, DuckDBVector } from '@duckdb/node-api'
import { unfit } from '../definition/value-fit.ts'
import type { ValueType } from '../definition/value-type.ts'
import { storeError } from '../errors.ts'
import type { Cell } from './lane.ts'
import { conversionOf } from './stored-value.ts'

interface Validity {
  readonly itemValid: (row: number) => boolean
}

const isValidity = (value: unknown): value is Validity => typeof value === 'object' && value !== null && 'itemValid' in value

/** The array behind a vector of numbers: reading it makes no value for a row. Undefined for other vectors. */
export const itemsOf = (vector: DuckDBVector): unknown => ('items' in vector ? vector.items : undefined)

const validityOf = (vector: DuckDBVector): Validity => {
  if ('validity' in vector && isValidity(vector.validity)) return vector.validity
  return { itemValid: (row) => vector.getItem(row) !== null }
}

/** Where the reader of DuckDB's chunks stands. Cells read from here. */
export class ChunkCursor {
  row = 0
  readonly #vectors: DuckDBVector[] = []
  readonly #numbers: ArrayLike<number>[] = []
  readonly #halves: Int32Array[] = []
  readonly #validities: Validity[] = []
  readonly #wanted: ('number' | 'long' | undefined)[] = []

  /** Says how a column will be read; before the first chunk. */
  want(column: number, kind: 'number' | 'long'): void {
    this.#wanted[column] = kind
  }

  load(chunk: DuckDBDataChunk): void {
    for (let column = 0; column < chunk.columnCount; column++) {
      const vector = chunk.getColumnVector(column)
      this.#vectors[column] = vector
      this.#validities[column] = validityOf(vector)
      if (this.#wanted[column] === 'number') this.#numbers[column] = numbersOf(vector)
      if (this.#wanted[column] === 'long') this.#halves[column] = halvesOf(vector)
    }
  }

  isNull(column: number): boolean {
    return this.#validities[column]?.itemValid(this.row) === false
  }

  number(column: number): number {
    return this.#numbers[column]?.[this.row] ?? 0
  }

  low(column: number): number {
    return this.#halves[column]?.[2 * this.row] ?? 0
  }

  high(column: number): number {
    return this.#halves[column]?.[2 * this.row + 1] ?? 0
  }

  /** The numbers of a whole chunk. */
  numbers(column: number): ArrayLike<number> {
    return this.#numbers[column] ?? []
  }

  /** The 64-bit integers of a whole chunk, each as its low half and its high half. */
  halves(column: number): Int32Array {
    return this.#halves[column] ?? new Int32Array()
  }

  value(column: number): DuckDBValue {
    return this.#vectors[column]?.getItem(this.row) ?? null
  }
}

const numbersOf = (vector: DuckDBVector): ArrayLike<number> => {
  const items = itemsOf(vector)
  if (items instanceof Float64Array || items instanceof Float32Array || items instanceof Int32Array) return items
  if (items instanceof Int16Array || items instanceof Int8Array || items instanceof Uint8Array || items instanceof Uint16Array) return items
  return Float64Array.from(vector.toArray(), Number)
}

const halvesOf = (vector: DuckDBVector): Int32Array => {
  const items = itemsOf(vector)
  const longs =
    items instanceof BigInt64Array ? items : BigInt64Array.from(vector.toArray(), (value) => (typeof value === 'bigint' ? value : 0n))
  return new Int32Array(longs.buffer, longs.byteOffset, longs.length * 2)
}

/** How a column is asked for, so that its values are of a kind that is read here. */
export interface DuckdbCast {
  readonly sql: string
  readonly kind: Cell['kind']
}

const integers = /^U?(TINYINT|SMALLINT|INTEGER)$/
const longs = /^(U?BIGINT|U?HUGEINT)$/
const momentTypes = /^(TIMESTAMP|DATE$)/
const textLike = new Set(['STRING', 'DECIMAL', 'UUID', 'TIME_UUID'])

/** Whether a column's type can be an event time. */
export const isMomentType = (stored: string): boolean => momentTypes.test(stored) && !stored.endsWith(']')

/** Works out how to ask for a column as a type. `column` is SQL. */
export const duckdbCast = (column: string, stored: string, { name }: ValueType): DuckdbCast => {
  if (isMomentType(stored))
    return name === 'STRING' ? { sql: `${column}::VARCHAR`, kind: 'value' } : { sql: `epoch_us(${column})`, kind: 'long' }
  if (textLike.has(name)) return { sql: stored === 'VARCHAR' ? column : `${column}::VARCHAR`, kind: 'value' }
  if (name === 'JSON') return { sql: stored === 'VARCHAR' || stored === 'JSON' ? column : `to_json(${column})::VARCHAR`, kind: 'value' }
  if (name === 'INT64' && (integers.test(stored) || longs.test(stored))) return { sql: `${column}::BIGINT`, kind: 'long' }
  if (name === 'INT32' || name === 'FLOAT' || name === 'DOUBLE') {
    if (integers.test(stored)) return { sql: `${column}::INTEGER`, kind: 'number' }
    if (stored === 'DOUBLE' || stored === 'FLOAT') return { sql: column, kind: 'number' }
    return stored.startsWith('DECIMAL') ? { sql: `${column}::DOUBLE`, kind: 'number' } : { sql: column, kind: 'value' }
  }
  if (stored.startsWith('ENUM') || stored === 'UUID') return { sql: `${column}::VARCHAR`, kind: 'value' }
  return { sql: column, kind: 'value' }
}

/** A value of DuckDB's as the plain one that it is: times as microseconds, decimals and UUIDs as text. */
const plain = (value: DuckDBValue): unknown => {
  if (typeof value !== 'object' || value === null) return value
  if ('micros' in value && typeof value.micros === 'bigint') return value.micros
  if ('bytes' in value) return Buffer.from(value.bytes)
  if ('items' in value) return value.items.map(plain)
  if ('entries' in value)
    return Array.isArray(value.entries)
      ? new Map(value.entries.map(({ key, value: item }) => [plain(key), plain(item)]))
      : Object.fromEntries(Object.entries(value.entries).map(([name, item]) => [name, plain(item)]))
  if ('nanos' in value && typeof value.nanos === 'bigint') return (value.nanos - (((value.nanos % 1000n) + 1000n) % 1000n)) / 1000n
  if ('millis' in value && typeof value.millis === 'bigint') return value.millis * 1000n
  if ('seconds' in value && typeof value.seconds === 'bigint') return value.seconds * 1_000_000n
  if ('days' in value && !('months' in value)) return BigInt(value.days) * 86_400_000_000n
  return String(value)
}

/** The cell of a column of DuckDB's chunks. A value that does not fit the type throws STORE_SOURCE_VALUE_UNFIT. */
export const duckdbCell = (
  cursor: ChunkCursor,
  column: number,
  kind: Cell['kind'],
  wanted: ValueType,
  name: { readonly source: string; readonly column: string },
): Cell => {
  const isNull = (): boolean => cursor.isNull(column)
  if (kind === 'number') {
    cursor.want(column, 'number')
    return { kind, isNull, number: () => cursor.number(column) }
  }
  if (kind === 'long' && (wanted.name === 'INT64' || wanted.name === 'UNIX_TIMESTAMP')) {
    cursor.want(column, 'long')
    return { kind, isNull, high: () => cursor.high(column), low: () => cursor.low(column) }
  }
  const convert = conversionOf(wanted)
  const value = (): unknown => {
    const stored = plain(cursor.value(column))
    if (stored === null) return null
    const converted = convert(stored)
    if (converted !== unfit) return converted
    throw storeError('STORE_SOURCE_VALUE_UNFIT', [name.column, name.source, wanted.name, String(stored).slice(0, 80)])
  }
  return { kind: 'value', value }
}
