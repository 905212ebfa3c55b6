import { unfit } from '../definition/value-fit.ts'
import { elementOf, type ValueType } from '../definition/value-type.ts'
import { storeError } from '../errors.ts'
import { postgresEpochHalves } from '../postgres/timestamp.ts'
import type { Cell } from './lane.ts'
import type { TupleCursor } from './postgres-copy.ts'
import { binaryReader, dayOf, isReadable, types } from './postgres-value.ts'
import { conversionOf } from './stored-value.ts'

/** How a column is asked for, so that its bytes are of a type that is read here: the cast to append, and the type that comes. */
export interface Cast {
  readonly sql: string
  readonly type: number
}

const strings: ReadonlySet<number> = new Set([
  types.text,
  types.bpchar,
  types.varchar,
  types.name,
  types.uuid,
  types.numeric,
  types.json,
  types.jsonb,
])
const textLike = new Set(['STRING', 'DECIMAL', 'UUID', 'TIME_UUID', 'JSON'])

/** Works out the cast of a column for the type that it is wanted as. Text is wanted as PostgreSQL writes it. */
export const castOf = (type: number, wanted: ValueType): Cast => {
  const element = elementOf(wanted.name)
  if (textLike.has(wanted.name)) return strings.has(type) ? { sql: '', type } : { sql: '::text', type: types.text }
  if (isReadable(type)) return { sql: '', type }
  // Enumerations and the like go as text; pgvector's vector has a cast to real[].
  if (element === 'FLOAT' || element === 'DOUBLE') return { sql: '::real[]', type: 1021 }
  return element === undefined ? { sql: '::text', type: types.text } : { sql: '::text[]', type: 1009 }
}

const { high: epochHigh, low: epochLow } = postgresEpochHalves

const isShortInt = (type: number): boolean => type === types.int2 || type === types.int4

const numberCell = (cursor: TupleCursor, field: number, type: number): Cell | undefined => {
  const isNull = (): boolean => (cursor.lengths[field] ?? -1) < 0
  const at = (): number => cursor.offsets[field] ?? 0
  if (type === types.float8) return { kind: 'number', isNull, number: () => cursor.view.getFloat64(at()) }
  if (type === types.float4) return { kind: 'number', isNull, number: () => cursor.view.getFloat32(at()) }
  if (type === types.int4) return { kind: 'number', isNull, number: () => cursor.view.getInt32(at()) }
  return type === types.int2 ? { kind: 'number', isNull, number: () => cursor.view.getInt16(at()) } : undefined
}

const longCell = (cursor: TupleCursor, field: number, type: number): Cell | undefined => {
  const isNull = (): boolean => (cursor.lengths[field] ?? -1) < 0
  const at = (): number => cursor.offsets[field] ?? 0
  if (type === types.int8)
    return { kind: 'long', isNull, high: () => cursor.view.getInt32(at()), low: () => cursor.view.getInt32(at() + 4) }
  if (!isShortInt(type)) return undefined
  const value = type === types.int4 ? () => cursor.view.getInt32(at()) : () => cursor.view.getInt16(at())
  return { kind: 'long', isNull, high: () => value() >> 31, low: value }
}

/** Microseconds since 1970, in two halves, of a timestamp or a date; the infinities stay the ends of 64 bits. */
export const momentCell = (cursor: TupleCursor, field: number, type: number): Cell => {
  const isNull = (): boolean => (cursor.lengths[field] ?? -1) < 0
  const at = (): number => cursor.offsets[field] ?? 0
  if (type === types.date) {
    const moment = (): bigint => BigInt(dayOf(cursor.view.getInt32(at())))
    return { kind: 'long', isNull, high: () => Number(moment() >> 32n), low: () => Number(BigInt.asIntN(32, moment())) }
  }
  const high = (): number => cursor.view.getInt32(at())
  const low = (): number => cursor.view.getUint32(at() + 4)
  const infinite = (): boolean => (high() === 0x7fffffff && low() === 0xffffffff) || (high() === -0x80000000 && low() === 0)
  return {
    kind: 'long',
    isNull,
    high: () => (infinite() ? high() : high() + epochHigh + (low() + epochLow >= 4_294_967_296 ? 1 : 0)),
    low: () => (infinite() ? low() : low() + epochLow) | 0,
  }
}

/** What an error calls a column. */
export interface CellName {
  readonly source: string
  readonly column: string
}

const isMoment = (type: number): boolean => type === types.timestamptz || type === types.timestamp || type === types.date

/** Cells that make nothing of a value before it is kept. */
const fastCells: Readonly<Partial<Record<ValueType['name'], (cursor: TupleCursor, field: number, type: number) => Cell | undefined>>> = {
  INT64: longCell,
  INT32: numberCell,
  FLOAT: numberCell,
  DOUBLE: numberCell,
  UNIX_TIMESTAMP: (cursor, field, type) => (isMoment(type) ? momentCell(cursor, field, type) : undefined),
}

/** The cell of a field of binary COPY, as the type that it is wanted as. Reading a value that does not fit it throws STORE_SOURCE_VALUE_UNFIT. */
export const postgresCell = (cursor: TupleCursor, field: number, type: number, wanted: ValueType, name: CellName): Cell => {
  const fast = fastCells[wanted.name]?.(cursor, field, type)
  if (fast !== undefined) return fast
  const read = binaryReader(type)
  const convert = conversionOf(wanted)
  const value = (): unknown => {
    const length = cursor.lengths[field] ?? -1
    if (length < 0) return null
    const stored = read(cursor, cursor.offsets[field] ?? 0, length)
    const converted = convert(stored)
    if (converted !== unfit) return converted
    throw storeError('STORE_SOURCE_VALUE_UNFIT', [name.column, name.source, wanted.name, String(stored).slice(0, 80)])
  }
  return { kind: 'value', value }
}

/** Reads a timestamp field (or a date, when `type` says so) as microseconds since 1970; -Infinity for NULL. */
export const momentReader = (cursor: TupleCursor, field: number, type: number): (() => number) => {
  const absent = Number.NEGATIVE_INFINITY
  if (type === types.date)
    return () =>
      (cursor.lengths[field] ?? -1) < 0 ? absent : cursor.view.getInt32(cursor.offsets[field] ?? 0) * 86_400_000_000 + 946_684_800_000_000
  return () => {
    if ((cursor.lengths[field] ?? -1) < 0) return absent
    const at = cursor.offsets[field] ?? 0
    return (cursor.view.getInt32(at) + epochHigh) * 4_294_967_296 + cursor.view.getUint32(at + 4) + epochLow
  }
}
