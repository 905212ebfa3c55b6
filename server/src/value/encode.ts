import type { ValueType } from '@charmed-feast/store'
import type { Json } from '../json.ts'
import { isoOf } from '../time.ts'

const isTime = (type: ValueType): boolean => type.name.startsWith('UNIX_TIMESTAMP')

/**
 * A value as the pages take it: 64-bit integers as text, NaN and the infinities by name, bytes in base64, moments as ISO text.
 *
 * @example
 * encodeValue(9007199254740993n, int64) // '9007199254740993'
 */
export const encodeValue = (value: unknown, type: ValueType): Json => {
  if (value === null || value === undefined) return null
  switch (typeof value) {
    case 'bigint':
      return isTime(type) ? isoOf(value) : String(value)
    case 'number':
      return Number.isFinite(value) ? value : Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity'
    case 'boolean':
    case 'string':
      return value
    default:
      return encodeObject(value, type)
  }
}

const encodeObject = (value: unknown, type: ValueType): Json => {
  if (value instanceof Date) return isoOf(BigInt(value.getTime()) * 1000n)
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (value instanceof Map) return [...value].map(([key, item]) => [encodeValue(key, type), encodeValue(item, type)])
  if (value instanceof Set || Array.isArray(value)) return [...value].map((item) => encodeValue(item, type))
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<unknown>, (item) => encodeValue(item, type))
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, encodeValue(item, type)]))
  return String(value)
}
