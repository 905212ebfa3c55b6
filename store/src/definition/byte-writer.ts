// Two views of the same eight bytes: how a 64-bit integer is cut into halves without arithmetic on bigints.
const wide = new BigInt64Array(1)
const halves = new Uint32Array(wide.buffer)

/**
 * A buffer that grows, with the primitives of the protobuf wire format. One writer takes any number of values one after the other, so
 * that a column costs no allocation per value; whoever writes remembers `length` before a value and sets it back when writing it threw.
 *
 * @see https://protobuf.dev/programming-guides/encoding/
 * @example
 * const target = new ByteWriter()
 * const write = valueWriter(int64)
 * for (const value of [1n, 2n]) write(target, value)
 * target.view().toString('hex') // '20012002'
 */
export class ByteWriter {
  /** The memory; only the first `length` bytes have meaning, and the next write may replace it by a larger one. */
  bytes: Buffer
  /** How many bytes are written. */
  length = 0

  constructor(capacity = 1024) {
    this.bytes = Buffer.allocUnsafe(capacity)
  }

  /** What was written, without a copy: valid until the next write. */
  view(): Buffer {
    return this.bytes.subarray(0, this.length)
  }

  /** What was written, as bytes of its own. */
  copy(): Uint8Array {
    return new Uint8Array(this.view())
  }

  /** Makes room for `count` more bytes. */
  reserve(count: number): void {
    const needed = this.length + count
    if (needed <= this.bytes.length) return
    const larger = Buffer.allocUnsafe(Math.max(needed, this.bytes.length * 2))
    this.bytes.copy(larger, 0, 0, this.length)
    this.bytes = larger
  }

  byte(value: number): void {
    this.reserve(1)
    this.bytes[this.length++] = value
  }

  raw(value: Uint8Array): void {
    this.reserve(value.length)
    this.bytes.set(value, this.length)
    this.length += value.length
  }

  /** An unsigned number below 2^32, as a varint. */
  varint(value: number): void {
    this.reserve(5)
    let rest = value
    while (rest > 0x7f) {
      this.bytes[this.length++] = (rest & 0x7f) | 0x80
      rest >>>= 7
    }
    this.bytes[this.length++] = rest
  }

  /** A signed 64-bit integer, as a varint in two's complement. */
  int64(value: bigint): void {
    wide[0] = value
    this.halves(halves[0] ?? 0, halves[1] ?? 0)
  }

  /** A safe integer, as `int64` writes it. Negative ones take ten bytes, also for protobuf's `int32`. */
  integer(value: number): void {
    const high = Math.floor(value / 0x1_0000_0000)
    this.halves(value >>> 0, high >>> 0)
  }

  /** A 32-bit integer, little-endian; negative ones in two's complement. */
  fixed32(value: number): void {
    this.reserve(4)
    this.length = this.bytes.writeInt32LE(value | 0, this.length)
  }

  /** A 64-bit integer, little-endian. */
  fixed64(value: bigint): void {
    wide[0] = value
    this.fixed32(halves[0] ?? 0)
    this.fixed32(halves[1] ?? 0)
  }

  double(value: number): void {
    this.reserve(8)
    this.length = this.bytes.writeDoubleLE(value, this.length)
  }

  float(value: number): void {
    this.reserve(4)
    this.length = this.bytes.writeFloatLE(value, this.length)
  }

  /** UTF-8 text with its length before it. The text must be well formed. */
  text(value: string): void {
    // A UTF-16 unit takes three bytes at most: up to 42 of them, the length takes one byte, known before the text is written.
    if (value.length <= 42) {
      this.reserve(127)
      const written = this.bytes.write(value, this.length + 1)
      this.bytes[this.length] = written
      this.length += written + 1
      return
    }
    const size = Buffer.byteLength(value)
    this.varint(size)
    this.reserve(size)
    this.length += this.bytes.write(value, this.length)
  }

  /** Bytes with their length before them. */
  block(value: Uint8Array): void {
    this.varint(value.length)
    this.raw(value)
  }

  /** Opens a part whose length comes before it; {@link close} takes what this returned. */
  open(): number {
    this.byte(0)
    return this.length
  }

  /** Closes a part: its length is written, and the part moves when the length takes more than one byte. */
  close(start: number): void {
    const size = this.length - start
    if (size < 0x80) {
      this.bytes[start - 1] = size
      return
    }
    const extra = size < 0x4000 ? 1 : size < 0x20_0000 ? 2 : size < 0x1000_0000 ? 3 : 4
    this.reserve(extra)
    this.bytes.copyWithin(start + extra, start, this.length)
    this.length = start - 1
    this.varint(size)
    this.length += size
  }

  private halves(low: number, high: number): void {
    this.reserve(10)
    let l = low
    let h = high
    while (h > 0 || l > 0x7f) {
      this.bytes[this.length++] = (l & 0x7f) | 0x80
      l = ((l >>> 7) | (h << 25)) >>> 0
      h >>>= 7
    }
    this.bytes[this.length++] = l
  }
}
