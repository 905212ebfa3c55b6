import type { Batch, Column } from '../definition/batch.ts'
import { elementOf, type ValueType, type ValueTypeName, valueTypeNames } from '../definition/value-type.ts'

const listNames = new Map(valueTypeNames.flatMap((name) => (name.endsWith('_LIST') ? [[elementOf(name), name] as const] : [])))
const setNames = new Map(valueTypeNames.flatMap((name) => (name.endsWith('_SET') ? [[elementOf(name), name] as const] : [])))

const nameOf = (value: unknown): ValueTypeName => {
  if (typeof value === 'bigint') return 'INT64'
  if (typeof value === 'number') return 'DOUBLE'
  if (typeof value === 'boolean') return 'BOOL'
  if (typeof value === 'string') return 'STRING'
  if (value instanceof Date) return 'UNIX_TIMESTAMP'
  if (value instanceof Uint8Array) return 'BYTES'
  if (Array.isArray(value)) return named(listNames, value) ?? 'VALUE_LIST'
  if (value instanceof Set) return named(setNames, [...value]) ?? 'VALUE_SET'
  return value instanceof Map ? 'SCALAR_MAP' : 'MAP'
}

const named = (names: ReadonlyMap<string | undefined, ValueTypeName>, items: readonly unknown[]): ValueTypeName | undefined =>
  items.length === 0 ? 'STRING_LIST' : names.get(nameOf(items[0]))

/** The type of values of which nothing is known but themselves: that of the first which is not null; UNKNOWN when all are. */
const typeOfValues = (values: ArrayLike<unknown>): ValueType => {
  if (values instanceof BigInt64Array) return { name: 'INT64' }
  for (let row = 0; row < values.length; row++) {
    const value = values[row]
    if (value !== null && value !== undefined) return { name: nameOf(value) }
  }
  return { name: 'UNKNOWN' }
}

/** Columns keep moments as microseconds; rows give Dates. */
const stored = (value: unknown): unknown =>
  value === undefined ? null : value instanceof Date && !Number.isNaN(value.getTime()) ? BigInt(value.getTime()) * 1000n : value

/** A column of values as people give them. */
const columnOf = (name: string, values: ArrayLike<unknown>): Column => {
  const type = typeOfValues(values)
  return { name, type, values: ArrayBuffer.isView(values) ? values : Array.from(values, stored) }
}

/** Rows as columns: those of the first row first, then what later rows bring; null where a row lacks one. */
export const batchOfRows = (rows: readonly Readonly<Record<string, unknown>>[]): Batch => {
  const names = new Set<string>()
  for (const row of rows) for (const name of Object.keys(row)) names.add(name)
  const columns = [...names].map((name) =>
    columnOf(
      name,
      rows.map((row) => (Object.hasOwn(row, name) ? row[name] : null)),
    ),
  )
  return { rows: rows.length, columns }
}

/** Columns as a batch, or the name of the one whose length differs from the first's. */
export const batchOfColumns = (columns: Readonly<Record<string, ArrayLike<unknown>>>): Batch | { readonly uneven: string } => {
  const entries = Object.entries(columns)
  const rows = entries[0]?.[1].length ?? 0
  const uneven = entries.find(([, values]) => values.length !== rows)
  return uneven === undefined ? { rows, columns: entries.map(([name, values]) => columnOf(name, values)) } : { uneven: uneven[0] }
}

const sliceValues = (values: ArrayLike<unknown>, from: number, to: number): ArrayLike<unknown> => {
  if (from === 0 && to === values.length) return values
  if (values instanceof Float64Array || values instanceof BigInt64Array || values instanceof Int32Array) return values.subarray(from, to)
  return Array.prototype.slice.call(values, from, to)
}

/** Rows `from` (inclusive) to `to` (exclusive); typed arrays are not copied. */
export const sliceBatch = ({ columns }: Batch, from: number, to: number): Batch => ({
  rows: to - from,
  columns: columns.map((column) => ({ ...column, values: sliceValues(column.values, from, to) })),
})

/** Parts copied one after another: typed arrays as bytes, without a number or a bigint being made of each value. */
const copied = <Whole extends { set(part: Part, at: number): void }, Part extends { readonly length: number }>(
  whole: Whole,
  parts: readonly Part[],
): Whole => {
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

const joinValues = (parts: readonly ArrayLike<unknown>[], rows: number): ArrayLike<unknown> => {
  if (parts.every((part) => part instanceof Float64Array)) return copied(new Float64Array(rows), parts)
  if (parts.every((part) => part instanceof BigInt64Array)) return copied(new BigInt64Array(rows), parts)
  const joined: unknown[] = new Array(rows)
  let at = 0
  for (const part of parts) for (let row = 0; row < part.length; row++) joined[at++] = part[row]
  return joined
}

/** Batches of the same columns, one after another. */
export const joinBatches = (before: readonly Batch[], last: Batch): Batch => {
  if (before.length === 0) return last
  const batches = [...before, last]
  const rows = batches.reduce((sum, batch) => sum + batch.rows, 0)
  const columns = last.columns.map((column, place) => ({
    ...column,
    values: joinValues(
      batches.map((batch) => batch.columns[place]?.values ?? []),
      rows,
    ),
  }))
  return { rows, columns }
}
