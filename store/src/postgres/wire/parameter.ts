import { infinity, negativeInfinity, postgresEpoch } from '../timestamp.ts'
import { oid } from '../value.ts'

// Binary forms of parameters: https://www.postgresql.org/docs/18/protocol-overview.html#PROTOCOL-FORMAT-CODES and, of arrays,
// array_send in https://github.com/postgres/postgres/blob/REL_18_0/src/backend/utils/adt/arrayfuncs.c

const arrayHeaderBytes = 20

const writeArrayHeader = (bytes: Buffer, type: number, length: number): void => {
  bytes.writeInt32BE(1, 0)
  bytes.writeInt32BE(0, 4)
  bytes.writeInt32BE(type, 8)
  bytes.writeInt32BE(length, 12)
  bytes.writeInt32BE(1, 16)
}

/** An array without elements has no dimension either. */
const emptyArray = (type: number): Buffer => {
  const bytes = Buffer.alloc(12)
  bytes.writeInt32BE(type, 8)
  return bytes
}

/**
 * A `bytea[]` parameter. The elements are copied once.
 *
 * @example
 * await reader.read({ text: 'SELECT value FROM t WHERE entity_key = ANY($1::bytea[])' }, [encodeByteaArray(keys)], sink)
 */
export const encodeByteaArray = (elements: readonly Uint8Array[]): Buffer => encodeArray(oid.bytea, elements)

/**
 * A `text[]` parameter.
 *
 * @example
 * encodeTextArray(['trips_today', 'rating'])
 */
export const encodeTextArray = (elements: readonly string[]): Buffer =>
  encodeArray(
    oid.text,
    elements.map((element) => Buffer.from(element)),
  )

const encodeArray = (type: number, elements: readonly Uint8Array[]): Buffer => {
  if (elements.length === 0) return emptyArray(type)
  let size = arrayHeaderBytes
  for (const element of elements) size += 4 + element.length
  const bytes = Buffer.allocUnsafe(size)
  writeArrayHeader(bytes, type, elements.length)
  let at = arrayHeaderBytes
  for (const element of elements) {
    at = bytes.writeInt32BE(element.length, at)
    bytes.set(element, at)
    at += element.length
  }
  return bytes
}

/**
 * An `int8[]` parameter.
 *
 * @example
 * encodeInt8Array([1n, 2n])
 */
export const encodeInt8Array = (elements: ArrayLike<bigint>): Buffer => {
  if (elements.length === 0) return emptyArray(oid.int8)
  const bytes = Buffer.allocUnsafe(arrayHeaderBytes + 12 * elements.length)
  writeArrayHeader(bytes, oid.int8, elements.length)
  for (let index = 0, at = arrayHeaderBytes; index < elements.length; index++) {
    at = bytes.writeInt32BE(8, at)
    at = bytes.writeBigInt64BE(elements[index] ?? 0n, at)
  }
  return bytes
}

/**
 * An `int8` parameter.
 *
 * @example
 * encodeInt8(1n) // <Buffer 00 00 00 00 00 00 00 01>
 */
export const encodeInt8 = (value: bigint): Buffer => {
  const bytes = Buffer.allocUnsafe(8)
  bytes.writeBigInt64BE(value)
  return bytes
}

/**
 * A `timestamptz` parameter, from Unix microseconds.
 *
 * @example
 * encodeTimestamp(1_709_208_000_000_001n)
 */
export const encodeTimestamp = (micros: bigint): Buffer =>
  encodeInt8(micros === infinity || micros === negativeInfinity ? micros : micros - postgresEpoch)

/**
 * A `text` parameter.
 *
 * @example
 * encodeText('driver_hourly_stats')
 */
export const encodeText = (value: string): Buffer => Buffer.from(value)
