import { storeError } from '../errors.ts'
import type { ByteWriter } from './byte-writer.ts'
import type { MapKey, ScalarName, ZonedTimestamp } from './value-type.ts'

/** How a scalar is written after its tag: its wire type, and a function that checks the value and appends it. */
export interface Payload {
  readonly wire: 0 | 1 | 2 | 5
  readonly write: (target: ByteWriter, value: unknown) => void
}

/** A value in an error: short, and never more than its beginning. */
const shown = (value: unknown): string => {
  const text = typeof value === 'object' && value !== null ? (JSON.stringify(value, printable) ?? '') : String(value)
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}
const printable = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value)

/** Throws STORE_VALUE_INVALID. */
export const refuse = (type: string, value: unknown, why: string): never => {
  throw storeError('STORE_VALUE_INVALID', [type, shown(value), why])
}

const writeInt64 = (type: string) => (target: ByteWriter, value: unknown) => {
  if (typeof value === 'bigint') {
    if (BigInt.asIntN(64, value) !== value) refuse(type, value, 'it does not fit 64 bits')
    target.int64(value)
  } else if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) refuse(type, value, 'a number must be a whole one of at most 2^53 - 1; larger ones are bigints')
    target.integer(value)
  } else refuse(type, value, 'it must be a bigint')
}

const writeInt32 = (target: ByteWriter, value: unknown) => {
  const number = typeof value === 'bigint' ? Number(value) : value
  if (typeof number !== 'number') return refuse('INT32', value, 'it must be a number')
  if ((number | 0) !== number) return refuse('INT32', value, 'it must be a whole number of 32 bits')
  target.integer(number)
}

const numberOf = (type: string, value: unknown): number => (typeof value === 'number' ? value : refuse(type, value, 'it must be a number'))

const writeSeconds = (type: string) => (target: ByteWriter, value: unknown) => {
  if (typeof value === 'bigint') return target.int64((value - (((value % 1_000_000n) + 1_000_000n) % 1_000_000n)) / 1_000_000n)
  if (!(value instanceof Date)) return refuse(type, value, 'it must be a Date, or microseconds as a bigint')
  const seconds = Math.floor(value.getTime() / 1000)
  if (Number.isNaN(seconds)) return refuse(type, value, 'the Date is invalid')
  target.integer(seconds)
}

const writeText = (type: string, check?: (text: string) => string | undefined) => (target: ByteWriter, value: unknown) => {
  if (typeof value !== 'string') return refuse(type, value, 'it must be a string')
  if (!value.isWellFormed()) return refuse(type, value, 'half of a surrogate pair has no UTF-8')
  const why = check?.(value)
  if (why !== undefined) return refuse(type, value, why)
  target.text(value)
}

const writeBytes = (type: string) => (target: ByteWriter, value: unknown) => {
  if (!(value instanceof Uint8Array)) return refuse(type, value, 'it must be a Uint8Array')
  target.block(value)
}

const jsonFault = (text: string): string | undefined => {
  try {
    JSON.parse(text)
    return undefined
  } catch (error) {
    return error instanceof SyntaxError ? `it is no JSON: ${error.message}` : String(error)
  }
}

const uuidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const decimalForm = /^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|inf(?:inity)?|s?nan)$/i

const uuidFault = (text: string): string | undefined =>
  uuidForm.test(text) ? undefined : 'a UUID is 32 hexadecimal digits in groups of 8-4-4-4-12'
const decimalFault = (text: string): string | undefined =>
  decimalForm.test(text) ? undefined : 'a decimal is digits with a point and an exponent, both optional'

// Fields of a message, unlike members of a oneof, are left out when they hold their default.
const writeZoned = (target: ByteWriter, value: unknown) => {
  if (!isZoned(value)) return refuse('ZONED_TIMESTAMP', value, 'it must be { at: Date, zone: string }')
  const start = target.open()
  target.byte(0x08)
  zonedSeconds(target, value.at)
  if (target.length === start + 2 && target.bytes[start + 1] === 0) target.length = start
  if (value.zone !== '') {
    target.byte(0x12)
    zoneName(target, value.zone)
  }
  target.close(start)
}
const zonedSeconds = writeSeconds('ZONED_TIMESTAMP')
const zoneName = writeText('ZONED_TIMESTAMP')

const isZoned = (value: unknown): value is ZonedTimestamp =>
  typeof value === 'object' &&
  value !== null &&
  'at' in value &&
  value.at instanceof Date &&
  'zone' in value &&
  typeof value.zone === 'string'

type Plain = Exclude<ScalarName, 'MAP' | 'STRUCT' | 'SCALAR_MAP'>

/** The scalars that hold no other values. */
export const payloads: Readonly<Record<Plain, Payload>> = {
  BYTES: { wire: 2, write: writeBytes('BYTES') },
  PDF_BYTES: { wire: 2, write: writeBytes('PDF_BYTES') },
  IMAGE_BYTES: { wire: 2, write: writeBytes('IMAGE_BYTES') },
  STRING: { wire: 2, write: writeText('STRING') },
  INT32: { wire: 0, write: writeInt32 },
  INT64: { wire: 0, write: writeInt64('INT64') },
  DOUBLE: { wire: 1, write: (target, value) => target.double(numberOf('DOUBLE', value)) },
  FLOAT: { wire: 5, write: (target, value) => target.float(numberOf('FLOAT', value)) },
  BOOL: {
    wire: 0,
    write: (target, value) => target.byte(typeof value === 'boolean' ? Number(value) : refuse('BOOL', value, 'it must be true or false')),
  },
  UNIX_TIMESTAMP: { wire: 0, write: writeSeconds('UNIX_TIMESTAMP') },
  JSON: { wire: 2, write: writeText('JSON', jsonFault) },
  UUID: { wire: 2, write: writeText('UUID', uuidFault) },
  TIME_UUID: { wire: 2, write: writeText('TIME_UUID', uuidFault) },
  DECIMAL: { wire: 2, write: writeText('DECIMAL', decimalFault) },
  ZONED_TIMESTAMP: { wire: 2, write: writeZoned },
}

/**
 * Writes a key of a SCALAR_MAP as the kind that Feast takes for it: `bigint` int64, `number` double (Python finds it by the equal
 * integer as well), text a UUID or a decimal. Feast has no text keys.
 */
export const writeMapKey = (target: ByteWriter, key: unknown): void => {
  const [member, payload] = keyPayload(key as MapKey)
  const start = target.open()
  target.byte((member << 3) | payload.wire)
  payload.write(target, key)
  target.close(start)
}

const keyPayload = (key: MapKey): readonly [number, Payload] => {
  if (typeof key === 'bigint') return [2, payloads.INT64]
  if (typeof key === 'number') return [4, payloads.DOUBLE]
  if (typeof key === 'boolean') return [5, payloads.BOOL]
  if (key instanceof Date) return [6, payloads.UNIX_TIMESTAMP]
  if (key instanceof Uint8Array) return [7, payloads.BYTES]
  if (typeof key === 'string' && uuidForm.test(key)) return [8, payloads.UUID]
  if (typeof key === 'string' && decimalForm.test(key)) return [10, payloads.DECIMAL]
  return refuse('SCALAR_MAP', key, 'a key is a bigint, a number, a boolean, a Date, bytes, or the text of a UUID or a decimal')
}
