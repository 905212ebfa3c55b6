import type { ByteWriter } from '../definition/byte-writer.ts'
import { type ValueTypeName, valueTypeNumber } from '../definition/value-type.ts'
import { storeError } from '../errors.ts'

/** The types that a join key can have. Feast has no bytes for any other. */
export const joinKeyTypes = ['BYTES', 'INT32', 'INT64', 'STRING', 'UNIX_TIMESTAMP'] as const

/** One of {@link joinKeyTypes}. */
export type JoinKeyType = (typeof joinKeyTypes)[number]

/** How the values of a join key are written: a header that is always the same, and what follows it. */
export interface JoinKeyWriter {
  readonly header: Buffer
  /** Appends a value. `row` is for the error. */
  readonly write: (target: ByteWriter, value: unknown, row: number) => void
}

/** Throws STORE_ENTITY_KEY_INVALID. */
type Refuse = (value: unknown, row: number, why: string) => never

/** Whether values of this type can be keys. */
export const isJoinKeyType = (name: ValueTypeName): name is JoinKeyType => joinKeyTypes.some((type) => type === name)

/** Compiles the writer of a join key's values. Their length belongs to the header where the type fixes it. */
export const joinKeyWriter = (name: string, type: JoinKeyType): JoinKeyWriter => {
  const refuse: Refuse = (value, row, why) => {
    throw storeError('STORE_ENTITY_KEY_INVALID', [name, shown(value), String(row), why])
  }
  const number = valueTypeNumber(type)
  switch (type) {
    case 'INT32':
      return { header: words(number, 4), write: (target, value, row) => target.fixed32(int32Of(value, row, refuse)) }
    case 'INT64':
      return { header: words(number, 8), write: (target, value, row) => target.fixed64(int64Of(value, row, refuse)) }
    case 'UNIX_TIMESTAMP':
      return { header: words(number, 8), write: (target, value, row) => target.fixed64(secondsOf(value, row, refuse)) }
    case 'STRING':
      return { header: words(number), write: (target, value, row) => writeText(target, textOf(value, row, refuse)) }
    case 'BYTES':
      return { header: words(number), write: (target, value, row) => writeBytes(target, bytesOf(value, row, refuse)) }
  }
}

const words = (...values: readonly number[]): Buffer => {
  const buffer = Buffer.alloc(values.length * 4)
  for (const [at, value] of values.entries()) buffer.writeUInt32LE(value, at * 4)
  return buffer
}

const shown = (value: unknown): string => {
  const text = value instanceof Uint8Array ? Buffer.from(value).toString('hex') : String(value)
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}

const writeText = (target: ByteWriter, text: string): void => {
  // A UTF-16 unit takes three bytes at most; the length is known after the text is written.
  target.reserve(4 + text.length * 3)
  const size = target.bytes.write(text, target.length + 4)
  target.fixed32(size)
  target.length += size
}

const writeBytes = (target: ByteWriter, bytes: Uint8Array): void => {
  target.fixed32(bytes.length)
  target.raw(bytes)
}

const int64Of = (value: unknown, row: number, refuse: Refuse): bigint => {
  if (typeof value === 'bigint') return BigInt.asIntN(64, value) === value ? value : refuse(value, row, 'it does not fit 64 bits')
  if (typeof value === 'number') {
    return Number.isSafeInteger(value) ? BigInt(value) : refuse(value, row, 'a number must be a whole one of at most 2^53 - 1')
  }
  if (typeof value === 'string' && /^[+-]?\d{1,20}$/.test(value)) return int64Of(BigInt(value.replace('+', '')), row, refuse)
  return refuse(value, row, missing(value) ?? 'an INT64 key is a bigint, a whole number, or the digits of one')
}

const int32Of = (value: unknown, row: number, refuse: Refuse): number => {
  const number = typeof value === 'number' ? value : Number(int64Of(value, row, refuse))
  return (number | 0) === number ? number : refuse(value, row, 'an INT32 key is a whole number of 32 bits')
}

const secondsOf = (value: unknown, row: number, refuse: Refuse): bigint => {
  if (value instanceof Date && !Number.isNaN(value.getTime())) return BigInt(Math.floor(value.getTime() / 1000))
  if (typeof value === 'bigint') return (value - (((value % 1_000_000n) + 1_000_000n) % 1_000_000n)) / 1_000_000n
  return refuse(value, row, missing(value) ?? 'a UNIX_TIMESTAMP key is a Date, or microseconds as a bigint')
}

const textOf = (value: unknown, row: number, refuse: Refuse): string => {
  if (typeof value === 'bigint' || Number.isSafeInteger(value)) return String(value)
  if (typeof value !== 'string') return refuse(value, row, missing(value) ?? 'a STRING key is text, or a whole number')
  return value.isWellFormed() ? value : refuse(value, row, 'half of a surrogate pair has no UTF-8')
}

const bytesOf = (value: unknown, row: number, refuse: Refuse): Uint8Array =>
  value instanceof Uint8Array ? value : refuse(value, row, missing(value) ?? 'a BYTES key is a Uint8Array')

const missing = (value: unknown): string | undefined => (value === null || value === undefined ? 'a key is never null' : undefined)
