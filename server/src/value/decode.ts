import type { ValueType } from '@charmed-feast/store'
import { serverError } from '../errors.ts'
import type { Json } from '../json.ts'
import { parseMoment } from '../query.ts'

const bad = (name: string, value: Json, type: ValueType): never => {
  throw serverError('SERVER_VALUE_INVALID', [`value of ${name}`, JSON.stringify(value), `it has to be of type ${type.name}`])
}

const integer = (value: Json): bigint | undefined => {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : undefined
  return typeof value === 'string' && /^[+-]?\d{1,20}$/.test(value.trim()) ? BigInt(value.trim()) : undefined
}

const named: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
}

const float = (value: Json): number | undefined => {
  if (typeof value === 'number') return value
  if (typeof value !== 'string' || value.trim() === '') return undefined
  const number = named[value] ?? Number(value)
  return Number.isNaN(number) && value !== 'NaN' ? undefined : number
}

const scalar = (value: Json, { name }: ValueType): unknown => {
  switch (name) {
    case 'INT64':
      return integer(value)
    case 'INT32': {
      const number = integer(value)
      return number === undefined ? undefined : Number(number)
    }
    case 'FLOAT':
    case 'DOUBLE':
      return float(value)
    case 'BOOL':
      return typeof value === 'boolean' ? value : undefined
    case 'BYTES':
      return typeof value === 'string' ? new Uint8Array(Buffer.from(value, 'base64')) : undefined
    case 'UNIX_TIMESTAMP': {
      const moment = typeof value === 'string' ? parseMoment(value) : undefined
      return moment === undefined ? undefined : new Date(Number(moment / 1000n))
    }
    case 'STRING':
    case 'UUID':
    case 'JSON':
    case 'DECIMAL':
      return typeof value === 'string' ? value : undefined
    default:
      return value
  }
}

/**
 * A value of a request as the store takes it.
 *
 * @throws SERVER_VALUE_INVALID for what is not of the type
 *
 * @example
 * decodeValue('driver_id', '1001', int64) // 1001n
 */
export const decodeValue = (name: string, value: Json, type: ValueType): unknown => {
  if (value === null) return null
  const read = scalar(value, type)
  return read === undefined ? bad(name, value, type) : read
}
