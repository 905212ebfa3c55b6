import type { ValueType } from '../definition/value-type.ts'
import { storeError } from '../errors.ts'
import { formatTimestamp } from '../postgres/timestamp.ts'
import { momentOf } from './moment.ts'

/** How the values of a join key travel: as 64-bit integers, as bytes, or as text that the store casts to its column's type. */
export type KeyKind = 'long' | 'text' | 'bytes'

const bytesTypes = new Set(['BYTES', 'PDF_BYTES', 'IMAGE_BYTES'])

/** The kind of a join key's type. An entity without a type (UNKNOWN) goes by the values: text unless they are whole numbers. */
export const keyKindOf = ({ name }: ValueType, sample: unknown): KeyKind => {
  if (name === 'INT64' || name === 'INT32') return 'long'
  if (bytesTypes.has(name)) return 'bytes'
  if (name !== 'UNKNOWN') return 'text'
  if (typeof sample === 'bigint' || Number.isSafeInteger(sample)) return 'long'
  return sample instanceof Uint8Array ? 'bytes' : 'text'
}

const longOf = (value: unknown): bigint | undefined => {
  if (typeof value === 'bigint') return BigInt.asIntN(64, value) === value ? value : undefined
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : undefined
  return typeof value === 'string' && /^[+-]?\d{1,19}$/.test(value) ? longOf(BigInt(value.replace('+', ''))) : undefined
}

const textOf = (value: unknown, type: ValueType): string | undefined => {
  if (type.name === 'UNIX_TIMESTAMP') {
    const moment = momentOf(value)
    return moment === undefined ? undefined : formatTimestamp(moment)
  }
  if (type.name === 'BOOL') return typeof value === 'boolean' ? String(value) : undefined
  if (type.name === 'FLOAT' || type.name === 'DOUBLE') return typeof value === 'number' ? String(value) : undefined
  if (typeof value === 'bigint' || Number.isSafeInteger(value)) return String(value)
  return typeof value === 'string' && value.isWellFormed() && !value.includes('\0') ? value : undefined
}

const viewOf = (bytes: Buffer): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length)

/** Appends keys to a buffer that grows, each value after its length in four bytes: the fields of PostgreSQL's binary COPY. */
export class KeyEncoder {
  bytes = Buffer.alloc(1 << 10)
  view = viewOf(this.bytes)
  length = 0

  /** Appends one value. Throws STORE_ENTITY_ROWS_INVALID when it is not of the type. */
  append(value: unknown, kind: KeyKind, type: ValueType, column: string, row: number): void {
    if (kind === 'long') this.#long(longOf(value) ?? unfit(value, type, column, row))
    else if (kind === 'text') this.#text(textOf(value, type) ?? unfit(value, type, column, row))
    else this.#raw(value instanceof Uint8Array ? value : unfit(value, type, column, row))
  }

  #long(value: bigint): void {
    this.#reserve(12)
    this.bytes.writeInt32BE(8, this.length)
    this.bytes.writeBigInt64BE(value, this.length + 4)
    this.length += 12
  }

  #text(value: string): void {
    // A UTF-16 unit takes three bytes at most; the length is known after the text is written.
    this.#reserve(4 + value.length * 3)
    const size = this.bytes.write(value, this.length + 4)
    this.bytes.writeInt32BE(size, this.length)
    this.length += 4 + size
  }

  #raw(value: Uint8Array): void {
    this.#reserve(4 + value.length)
    this.bytes.writeInt32BE(value.length, this.length)
    this.bytes.set(value, this.length + 4)
    this.length += 4 + value.length
  }

  #reserve(size: number): void {
    if (this.length + size <= this.bytes.length) return
    this.bytes = Buffer.concat([this.bytes], Math.max(this.length + size, this.bytes.length * 2))
    this.view = viewOf(this.bytes)
  }
}

const unfit = (value: unknown, type: ValueType, column: string, row: number): never => {
  const text = value instanceof Uint8Array ? `${value.length} bytes` : JSON.stringify(String(value))
  throw storeError('STORE_ENTITY_ROWS_INVALID', [column, `row ${row} holds ${text.slice(0, 80)}, which is not ${type.name}`])
}

/** Takes an encoded key apart again. */
export const decodeKey = (key: Buffer, kinds: readonly KeyKind[]): readonly (bigint | string | Buffer)[] => {
  let at = 0
  return kinds.map((kind) => {
    const start = at + 4
    at = start + key.readInt32BE(at)
    if (kind === 'long') return key.readBigInt64BE(start)
    return kind === 'text' ? key.toString('utf8', start, at) : Buffer.from(key.subarray(start, at))
  })
}
