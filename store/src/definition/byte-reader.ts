import { storeError } from '../errors.ts'

const wide = new BigInt64Array(1)
const halves = new Uint32Array(wide.buffer)
const replacement = '\ufffd'
/** The 64-bit integer that was read last, exact up to 2^53. */
const numberOfHalves = (): number => ((halves[1] ?? 0) | 0) * 0x1_0000_0000 + (halves[0] ?? 0)

/** Reads the protobuf wire format out of a buffer, forwards. It checks every bound and throws STORE_VALUE_UNREADABLE. */
export class ByteReader {
  bytes: Buffer = Buffer.alloc(0)
  position = 0
  end = 0
  /** The field number of the oneof member that was read last, 0 for none. */
  member = 0
  /** 64-bit integers come as numbers, and those that do not fit are refused. */
  readonly numbers: boolean
  /** What the errors name. */
  readonly type: string

  constructor(type: string, numbers: boolean) {
    this.type = type
    this.numbers = numbers
  }

  fail(why: string): never {
    throw storeError('STORE_VALUE_UNREADABLE', [this.type, why])
  }

  /** An unsigned 32-bit varint: a tag or a length. */
  varint(): number {
    let value = 0
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.byte()
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
    const byte = this.byte()
    if (byte > 0x0f) this.fail('a tag or a length does not fit 32 bits')
    return (value | (byte << 28)) >>> 0
  }

  /** A signed 32-bit integer, which the wire extends to 64 bits. */
  int32(): number {
    this.wide()
    return (halves[0] ?? 0) | 0
  }

  bool(): boolean {
    this.wide()
    return wide[0] !== 0n
  }

  /** A signed 64-bit integer: `bigint`, or `number` for a reader of numbers. */
  int64(): bigint | number {
    this.wide()
    if (!this.numbers) return wide[0] ?? 0n
    const number = numberOfHalves()
    if (!Number.isSafeInteger(number)) this.fail(`${wide[0]} does not fit a number; integers: 'bigint' reads it`)
    return number
  }

  /** Whole seconds since 1970, or null for the least integer, which is how Feast stores a time that is none. */
  seconds(): Date | null {
    this.wide()
    if (halves[0] === 0 && halves[1] === 0x8000_0000) return null
    const date = new Date(numberOfHalves() * 1000)
    return Number.isNaN(date.getTime()) ? this.fail(`${wide[0]} seconds are outside of what a Date can say`) : date
  }

  double(): number {
    const at = this.advance(8)
    return this.bytes.readDoubleLE(at)
  }

  float(): number {
    const at = this.advance(4)
    return this.bytes.readFloatLE(at)
  }

  text(): string {
    const length = this.varint()
    const at = this.advance(length)
    const text = this.bytes.toString('utf8', at, at + length)
    // The decoder replaces what is no UTF-8: only then is the text compared with the bytes.
    if (text.includes(replacement) && !Buffer.from(text).equals(this.bytes.subarray(at, at + length))) this.fail('its text is not UTF-8')
    return text
  }

  /** Bytes of their own: the buffer below belongs to the connection and is used again. */
  block(): Uint8Array {
    const length = this.varint()
    const at = this.advance(length)
    return new Uint8Array(this.bytes.subarray(at, at + length))
  }

  /** Opens a length-delimited part and gives its end. */
  part(): number {
    const length = this.varint()
    if (length > this.end - this.position) this.fail('the bytes end too early')
    return this.position + length
  }

  /** Steps over a field that nobody asked for. */
  skip(tag: number): void {
    const wire = tag & 7
    if (tag < 8) this.fail('a field has the number 0')
    if (wire === 0) this.wide()
    else if (wire === 1) this.advance(8)
    else if (wire === 2) this.position = this.part()
    else if (wire === 5) this.advance(4)
    else this.fail(`wire type ${wire} is not in use`)
  }

  private wide(): void {
    let low = 0
    let high = 0
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.byte()
      const bits = byte & 0x7f
      if (shift < 28) low |= bits << shift
      else if (shift === 28) {
        low |= bits << 28
        high = bits >>> 4
      } else if (shift < 64) high |= bits << (shift - 32)
      if (byte < 0x80) {
        halves[0] = low
        halves[1] = high
        return
      }
    }
    this.fail('a varint is longer than ten bytes')
  }

  private byte(): number {
    if (this.position >= this.end) this.fail('the bytes end too early')
    return this.bytes[this.position++] ?? 0
  }

  private advance(count: number): number {
    const at = this.position
    if (count > this.end - at) this.fail('the bytes end too early')
    this.position = at + count
    return at
  }
}
