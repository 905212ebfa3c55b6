import { oid } from '../postgres/value.ts'
import type { TupleCursor } from './postgres-copy.ts'

/** More type numbers: https://github.com/postgres/postgres/blob/REL_18_0/src/include/catalog/pg_type.dat */
export const types = {
  ...oid,
  name: 19,
  json: 114,
  bpchar: 1042,
  varchar: 1043,
  date: 1082,
  time: 1083,
  numeric: 1700,
  uuid: 2950,
  jsonb: 3802,
}

/** Reads the binary form of a value: a span of the cursor's bytes. */
export type BinaryReader = (cursor: TupleCursor, offset: number, length: number) => unknown

/** 2000-01-01 in microseconds since 1970: the zero of PostgreSQL's binary timestamps. */
const epoch = 946_684_800_000_000n
const microsADay = 86_400_000_000n

const text: BinaryReader = ({ bytes }, offset, length) => bytes.toString('utf8', offset, offset + length)
const moment: BinaryReader = ({ view }, offset) => {
  const value = view.getBigInt64(offset)
  // The infinities stay what they are: the ends of 64 bits.
  return BigInt.asIntN(64, value + epoch) === value + epoch && value !== -9_223_372_036_854_775_808n ? value + epoch : value
}

/** Digits of base 10000, weighted from the first: numeric_send of https://github.com/postgres/postgres/blob/REL_18_0/src/backend/utils/adt/numeric.c */
const numeric: BinaryReader = ({ view }, offset) => {
  const digits = view.getInt16(offset)
  const weight = view.getInt16(offset + 2)
  const sign = view.getUint16(offset + 4)
  const scale = view.getUint16(offset + 6)
  if (sign === 0xc000) return 'NaN'
  if (sign === 0xd000) return 'Infinity'
  if (sign === 0xf000) return '-Infinity'
  const digit = (place: number): string => String(place >= 0 && place < digits ? view.getInt16(offset + 8 + 2 * place) : 0).padStart(4, '0')
  let whole = ''
  for (let place = 0; place <= weight; place++) whole += digit(place)
  let fraction = ''
  for (let place = weight + 1; fraction.length < scale; place++) fraction += digit(place)
  const number = whole.replace(/^0+(?=\d)/, '') || '0'
  return `${sign === 0x4000 ? '-' : ''}${number}${scale > 0 ? `.${fraction.slice(0, scale)}` : ''}`
}

const uuid: BinaryReader = ({ bytes }, offset) => {
  const hex = bytes.toString('hex', offset, offset + 16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

const scalars: readonly (readonly [type: number, arrayType: number, read: BinaryReader])[] = [
  [types.bool, 1000, ({ bytes }, offset) => bytes[offset] === 1],
  [types.bytea, 1001, ({ bytes }, offset, length) => Buffer.from(bytes.subarray(offset, offset + length))],
  [types.name, 1003, text],
  [types.int2, 1005, ({ view }, offset) => view.getInt16(offset)],
  [types.int4, 1007, ({ view }, offset) => view.getInt32(offset)],
  [types.text, 1009, text],
  [types.bpchar, 1014, text],
  [types.varchar, 1015, text],
  [types.int8, 1016, ({ view }, offset) => view.getBigInt64(offset)],
  [types.float4, 1021, ({ view }, offset) => view.getFloat32(offset)],
  [types.float8, 1022, ({ view }, offset) => view.getFloat64(offset)],
  [types.json, 199, text],
  [types.timestamp, 1115, moment],
  [types.date, 1182, ({ view }, offset) => dayOf(view.getInt32(offset))],
  [types.time, 1183, ({ view }, offset) => view.getBigInt64(offset)],
  [types.timestamptz, 1185, moment],
  [types.numeric, 1231, numeric],
  [types.uuid, 2951, uuid],
  [types.jsonb, 3807, (cursor, offset, length) => text(cursor, offset + 1, length - 1)],
]

/** A date as microseconds since 1970, its infinities as the ends of 64 bits. */
export const dayOf = (days: number): bigint => {
  if (days === 2_147_483_647) return 9_223_372_036_854_775_807n
  return days === -2_147_483_648 ? -9_223_372_036_854_775_808n : BigInt(days) * microsADay + epoch
}

const readers = new Map(scalars.map(([type, , read]) => [type, read]))
const arrays: ReadonlySet<number> = new Set(scalars.map(([, arrayType]) => arrayType))

/** An array: dimensions, flags, element type, each dimension's size and lower bound, then elements with their lengths. */
const array: BinaryReader = (cursor, offset) => {
  const { view } = cursor
  const dimensions = view.getInt32(offset)
  const read = readers.get(view.getInt32(offset + 8)) ?? text
  let at = offset + 12 + dimensions * 8
  const level = (depth: number): unknown => {
    if (depth === dimensions) {
      const length = view.getInt32(at)
      const start = at + 4
      at = start + Math.max(length, 0)
      return length < 0 ? null : read(cursor, start, length)
    }
    return Array.from({ length: view.getInt32(offset + 12 + depth * 8) }, () => level(depth + 1))
  }
  return dimensions === 0 ? [] : level(0)
}

/** Whether a type is read here; another has to be cast to one that is. */
export const isReadable = (type: number): boolean => readers.has(type) || arrays.has(type)

/** The reader of a type: bigint for 64-bit integers, microseconds since 1970 for times, text for numeric, json and uuid. */
export const binaryReader = (type: number): BinaryReader => (arrays.has(type) ? array : (readers.get(type) ?? text))
