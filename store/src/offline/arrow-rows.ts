import type { Batch, Column } from '../definition/batch.ts'
import type { ValueTypeName } from '../definition/value-type.ts'

// Reads what a table of apache-arrow has without its library: whoever has a table has it, and any version will do.
// Source of the numbers: Arrow's `Type` and `TimeUnit` (format/Schema.fbs, as apache-arrow enumerates them).

/** As much of an apache-arrow `Table` as is read. */
export interface ArrowTable {
  readonly schema: { readonly fields: readonly { readonly name: string }[] }
  readonly batches: readonly ArrowBatch[]
}

interface ArrowBatch {
  readonly numRows: number
  getChildAt(index: number): ArrowVector | null
}

interface ArrowVector extends Iterable<unknown> {
  readonly type: { readonly typeId: number; readonly unit?: number; readonly bitWidth?: number }
  readonly nullCount: number
  readonly length: number
  readonly data: readonly { readonly values?: unknown; readonly offset: number; readonly length: number }[]
  isValid?(index: number): boolean
  get(index: number): unknown
}

const timestampType = 10
const dateType = 8

/** Types by Arrow's number; of all others the values tell. */
const types: Readonly<Record<number, ValueTypeName>> = { 3: 'DOUBLE', 4: 'BYTES', 5: 'STRING', 6: 'BOOL', 20: 'STRING' }

/** Arrow's seconds, milliseconds, microseconds and nanoseconds as microseconds. */
const scaled = (value: bigint, unit: number | undefined): bigint =>
  unit === 0 ? value * 1_000_000n : unit === 1 ? value * 1000n : unit === 3 ? value / 1000n : value

/** Moments as microseconds since 1970 (UTC): the library itself would give milliseconds and lose the rest. */
const moments = (vector: ArrowVector): readonly (bigint | null)[] => {
  const { type, data } = vector
  const result: (bigint | null)[] = []
  for (const chunk of data) {
    const { values, length } = chunk
    for (let row = 0; row < length; row++) {
      const shown = vector.get(result.length)
      const stored = values instanceof BigInt64Array ? values[row] : undefined
      if (shown === null || shown === undefined) result.push(null)
      else if (type.typeId === timestampType && stored !== undefined) result.push(scaled(stored, type.unit))
      else result.push(BigInt(Math.round(Number(shown) * 1000)))
    }
  }
  return result
}

const columnOf = (name: string, vector: ArrowVector): Column => {
  const { type } = vector
  if (type.typeId === timestampType || type.typeId === dateType) return { name, type: { name: 'UNIX_TIMESTAMP' }, values: moments(vector) }
  const values = Array.from(vector, (value) => value ?? null)
  if (type.typeId === 2) return { name, type: { name: type.bitWidth === 64 ? 'INT64' : 'INT32' }, values }
  return { name, type: { name: types[type.typeId] ?? 'UNKNOWN' }, values }
}

/** The record batches of a table as ours. */
export function* batchesOfArrow(table: ArrowTable): Generator<Batch> {
  for (const batch of table.batches) {
    const columns = table.schema.fields.flatMap(({ name }, at) => {
      const vector = batch.getChildAt(at)
      return vector === null ? [] : [columnOf(name, vector)]
    })
    yield { rows: batch.numRows, columns }
  }
}
