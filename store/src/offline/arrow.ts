import type * as Arrow from 'apache-arrow'
import type { Batch, Column } from '../definition/batch.ts'
import { elementOf, type ValueType } from '../definition/value-type.ts'
import { loadPeer } from './peer.ts'

type Library = typeof Arrow

const scalar = (arrow: Library, name: string): Arrow.DataType => {
  switch (name) {
    case 'INT32':
      return new arrow.Int32()
    case 'INT64':
      return new arrow.Int64()
    case 'FLOAT':
    case 'DOUBLE':
      // A FLOAT feature may come from a column of double precision: nothing is rounded.
      return new arrow.Float64()
    case 'BOOL':
      return new arrow.Bool()
    case 'BYTES':
    case 'PDF_BYTES':
    case 'IMAGE_BYTES':
      return new arrow.Binary()
    case 'UNIX_TIMESTAMP':
    case 'ZONED_TIMESTAMP':
      return new arrow.TimestampMicrosecond('UTC')
    default:
      return new arrow.Utf8()
  }
}

/** The Arrow type of a value type. Maps, structs and nested lists are JSON text: Arrow wants their fields known beforehand. */
const typeOf = (arrow: Library, { name }: ValueType): Arrow.DataType => {
  const element = elementOf(name)
  if (element === undefined) return scalar(arrow, name)
  return new arrow.List(new arrow.Field('item', scalar(arrow, element), true))
}

const plain = (_: string, value: unknown): unknown => {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
  if (value instanceof Set) return [...value]
  return value instanceof Map ? Object.fromEntries(value) : value
}

/** A value as Arrow's builders take it. */
const builtFrom = ({ name }: ValueType): ((value: unknown) => unknown) => {
  if (elementOf(name) !== undefined) return (value) => (value instanceof Set ? [...value] : value)
  if (name === 'ZONED_TIMESTAMP')
    return (value) =>
      typeof value === 'object' && value !== null && 'at' in value && value.at instanceof Date ? BigInt(value.at.getTime()) * 1000n : value
  return (value) => (typeof value === 'object' && value !== null && !(value instanceof Uint8Array) ? JSON.stringify(value, plain) : value)
}

/** Arrow's timestamp builder takes milliseconds; values that are microseconds already go in as 64-bit integers. */
const vectorOf = (arrow: Library, { type, values }: Column): Arrow.Vector => {
  const target = typeOf(arrow, type)
  if (values instanceof BigInt64Array || (values instanceof Float64Array && target instanceof arrow.Float64))
    return arrow.makeVector(arrow.makeData({ type: target, length: values.length, data: values } as Parameters<Library['makeData']>[0]))
  const build = builtFrom(type)
  const items = Array.from(values, (value) => (value === null || value === undefined ? null : build(value)))
  if (!(target instanceof arrow.Timestamp)) return arrow.vectorFromArray(items, target)
  const built = arrow.vectorFromArray(items, new arrow.Int64())
  return new arrow.Vector(
    built.data.map((data) => arrow.makeData({ ...data, type: target, data: data.values, nullBitmap: data.nullBitmap } as never)),
  )
}

/**
 * Batches as an Arrow table, one record batch each.
 *
 * @throws STORE_PEER_MISSING where `apache-arrow` is not installed
 */
export const arrowOf = async (batches: AsyncIterable<Batch>): Promise<Arrow.Table> => {
  const arrow = await loadPeer('apache-arrow', 'make an Arrow table', () => import('apache-arrow'))
  const tables: Arrow.Table[] = []
  for await (const { columns } of batches)
    tables.push(new arrow.Table(Object.fromEntries(columns.map((column) => [column.name, vectorOf(arrow, column)]))))
  const [first, ...rest] = tables
  return first === undefined ? new arrow.Table() : first.concat(...rest)
}
