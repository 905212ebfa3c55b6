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

/** What is built in place of a type: Arrow's builder of timestamps takes milliseconds, and ours are microseconds. */
const standIn = (arrow: Library, type: Arrow.DataType): Arrow.DataType => {
  if (type instanceof arrow.Timestamp) return new arrow.Int64()
  if (!(type instanceof arrow.List)) return type
  const [item] = type.children
  return item === undefined ? type : new arrow.List(new arrow.Field('item', standIn(arrow, item.type), true))
}

/** Data of a stand-in as data of the type itself: the bytes are the same. */
const retyped = (arrow: Library, data: Arrow.Data, type: Arrow.DataType): Arrow.Data => {
  if (!(type instanceof arrow.List)) return data.clone(type)
  const [item] = type.children
  const children = data.children.map((child) => (item === undefined ? child : retyped(arrow, child, item.type)))
  return data.clone(type, data.offset, data.length, data.nullCount, data.buffers, children)
}

const vectorOf = (arrow: Library, { type, values }: Column): Arrow.Vector => {
  const target = typeOf(arrow, type)
  const built = standIn(arrow, target)
  const typed = values instanceof BigInt64Array ? arrow.Int64 : values instanceof Float64Array ? arrow.Float64 : undefined
  const build = builtFrom(type)
  const vector =
    typed !== undefined && built instanceof typed
      ? arrow.makeVector(values as BigInt64Array | Float64Array)
      : arrow.vectorFromArray(
          Array.from(values, (value) => (value === null || value === undefined ? null : build(value))),
          built,
        )
  return new arrow.Vector(vector.data.map((data) => retyped(arrow, data, target)))
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
