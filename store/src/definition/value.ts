import { ByteReader } from './byte-reader.ts'
import { ByteWriter } from './byte-writer.ts'
import { fitOf, unfit } from './value-fit.ts'
import { memberOf } from './value-list.ts'
import { readValue } from './value-reader.ts'
import type { Js, ValueType, ValueTypeName } from './value-type.ts'
import { valueTypeName } from './value-type.ts'
import { writerOf } from './value-writer.ts'

/** How 64-bit integers are read: exact, or as numbers, refusing what does not fit. */
export interface ValueOptions {
  readonly integers?: 'bigint' | 'number'
}

/** What a value of `J` is when 64-bit integers are read as numbers. */
export type AsNumbers<J> = J extends bigint
  ? number
  : J extends readonly bigint[]
    ? readonly number[]
    : J extends ReadonlySet<bigint>
      ? ReadonlySet<number>
      : J

/** What a writer takes for a value of `J`: also safe integers for 64 bits, microseconds for a moment, typed arrays for lists of numbers. */
export type ValueInput<J> = J extends bigint
  ? bigint | number
  : J extends Date
    ? Date | bigint
    : J extends readonly number[]
      ? J | Float32Array | Float64Array | Int32Array
      : J extends readonly bigint[]
        ? readonly (bigint | number)[] | BigInt64Array
        : J extends readonly Date[]
          ? readonly (Date | bigint)[]
          : J

/** Reads the `length` bytes of a value at `offset`: null for none. */
export type ValueDecoder<J> = (buffer: Buffer, offset: number, length: number) => J | null

/** Appends a value to a growing buffer, and nothing for null. When it throws, set `target.length` back. */
export type ValueWriter<J> = (target: ByteWriter, value: ValueInput<J> | null) => void

/** Gives the bytes of a value, none for null. */
export type ValueEncoder<J> = (value: ValueInput<J> | null) => Uint8Array

/**
 * Reads a serialised `types.Value` as what it is stored as. Null for no bytes, for `null_val`, for the time that is none (the least
 * INT64) and for a kind of value that a newer Feast brought.
 *
 * @throws StoreError STORE_VALUE_UNREADABLE
 * @example
 * decodeValue(Uint8Array.of(0x20, 0x01)) // 1n
 */
export const decodeValue = (bytes: Uint8Array, offset = 0, length = bytes.length - offset, options?: ValueOptions): unknown => {
  const reader = new ByteReader('UNKNOWN', options?.integers === 'number')
  open(reader, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset, length)
  return readValue(reader, 0)
}

const open = (reader: ByteReader, buffer: Buffer, offset: number, length: number): void => {
  if (offset < 0 || length < 0 || offset + length > buffer.length) reader.fail(`${length} bytes at ${offset} are not in the buffer`)
  reader.bytes = buffer
  reader.position = offset
  reader.end = offset + length
}

/**
 * Compiles the reader of a column. A value that was stored under another type is converted where nothing is lost, and is an error where
 * something would be: Python's Feast hands it on as it is.
 *
 * @throws StoreError STORE_VALUE_UNREADABLE, from the reader
 * @example
 * const decode = valueDecoder(int64)
 * decode(Buffer.from('2001', 'hex'), 0, 2) // 1n
 */
export function valueDecoder<T extends ValueType>(type: T, options?: { readonly integers?: 'bigint' }): ValueDecoder<Js<T>>
export function valueDecoder<T extends ValueType>(type: T, options: { readonly integers: 'number' }): ValueDecoder<AsNumbers<Js<T>>>
export function valueDecoder(type: ValueType, options?: ValueOptions): ValueDecoder<unknown>
export function valueDecoder(type: ValueType, options?: ValueOptions): ValueDecoder<unknown> {
  const reader = new ByteReader(type.name, options?.integers === 'number')
  const general = generalDecoder(type, reader)
  const content = fastContent(type.name)
  if (content === undefined) return general
  const [tag, read] = content
  return (buffer, offset, length) => {
    if (length === 0) return null
    if (buffer[offset] !== tag) return general(buffer, offset, length)
    open(reader, buffer, offset, length)
    reader.position++
    const value = read(reader)
    return reader.position === reader.end ? value : general(buffer, offset, length)
  }
}

/** The tag byte and the content of the types that almost every feature has. */
const fastContent = (name: ValueTypeName): readonly [number, (reader: ByteReader) => unknown] | undefined => {
  switch (name) {
    case 'STRING':
      return [0x12, (reader) => reader.text()]
    case 'INT32':
      return [0x18, (reader) => reader.int32()]
    case 'INT64':
      return [0x20, (reader) => reader.int64()]
    case 'DOUBLE':
      return [0x29, (reader) => reader.double()]
    case 'FLOAT':
      return [0x35, (reader) => reader.float()]
    case 'BOOL':
      return [0x38, (reader) => reader.bool()]
    case 'UNIX_TIMESTAMP':
      return [0x40, (reader) => reader.seconds()]
    default:
      return undefined
  }
}

const generalDecoder = (type: ValueType, reader: ByteReader): ValueDecoder<unknown> => {
  const fit = fitOf(type, reader.numbers)
  const declared = memberOf(type.name)
  const exact = type.struct === undefined && type.inner === undefined
  return (buffer, offset, length) => {
    open(reader, buffer, offset, length)
    const stored = readValue(reader, 0)
    if (stored === null || (exact && reader.member === declared)) return stored
    const value = fit(stored)
    if (value !== unfit) return value
    return reader.fail(`it is stored as ${valueTypeName(reader.member)} and cannot be converted without loss`)
  }
}

/**
 * Compiles the writer of a column: one growing buffer for all values.
 *
 * @throws StoreError STORE_VALUE_INVALID, from the writer
 * @example
 * const target = new ByteWriter()
 * const write = valueWriter(float64)
 * write(target, 0.5) // target.length is 9
 * write(target, null) // target.length is still 9
 */
export const valueWriter = <T extends ValueType>(type: T): ValueWriter<Js<T>> => writerOf(type)

/**
 * Compiles the encoder of a type. Zeros are written (`2000` is the INT64 0), null is no bytes; NaN by itself is null, as in Feast.
 *
 * @throws StoreError STORE_VALUE_INVALID, from the encoder
 * @example
 * const encode = valueEncoder(string)
 * Buffer.from(encode('a')).toString('hex') // '120161'
 */
export const valueEncoder = <T extends ValueType>(type: T): ValueEncoder<Js<T>> => {
  const write = writerOf(type)
  const target = new ByteWriter(64)
  return (value) => {
    target.length = 0
    write(target, value)
    return target.copy()
  }
}

/**
 * Writes one value; see {@link valueEncoder}, which is for many.
 *
 * @example
 * Buffer.from(encodeValue(int64, 0n)).toString('hex') // '2000'
 */
export const encodeValue = <T extends ValueType>(type: T, value: ValueInput<Js<T>> | null): Uint8Array => valueEncoder(type)(value)
