import type { Keys } from './key-table.ts'

const hashOf = (high: number, low: number): number => {
  const hash = Math.imul(Math.imul(high, 0x85ebca6b) ^ low, 0x9e3779b1)
  return hash ^ (hash >>> 15)
}

/**
 * {@link Keys} of one 64-bit integer each, which is most: the whole key stands in the table, so that a look touches one line of the cache.
 * Spans are those of binary COPY: the length, 8, and then the integer.
 */
export class LongTable implements Keys {
  /** Of each slot the key's number or -1, and the two halves of the integer. */
  #slots = new Int32Array(3 * 512).fill(-1)
  #longs = new Int32Array(2 * 256)
  #mask = 511
  #size = 0

  get size(): number {
    return this.#size
  }

  find(view: DataView, from: number, to: number): number {
    // NULL has no bytes after its length.
    return to - from === 12 ? (this.#slots[this.#seek(view.getInt32(from + 4), view.getInt32(from + 8))] ?? -1) : -1
  }

  add(view: DataView, from: number): number {
    return this.addLong(view.getInt32(from + 4), view.getInt32(from + 8))
  }

  /** {@link Keys.add} of an integer in two halves. */
  addLong(high: number, low: number): number {
    const at = this.#seek(high, low)
    const known = this.#slots[at] ?? -1
    if (known >= 0) return known
    const key = this.#size++
    if (this.#longs.length < 2 * this.#size) this.#longs = grown(this.#longs)
    this.#longs[2 * key] = high
    this.#longs[2 * key + 1] = low
    this.#put(at, key)
    if (this.#size * 2 > this.#mask) this.#rehash()
    return key
  }

  bytes(key: number): Buffer {
    const bytes = Buffer.allocUnsafe(12)
    bytes.writeInt32BE(8, 0)
    bytes.writeInt32BE(this.#longs[2 * key] ?? 0, 4)
    bytes.writeInt32BE(this.#longs[2 * key + 1] ?? 0, 8)
    return bytes
  }

  #put(at: number, key: number): void {
    this.#slots[at] = key
    this.#slots[at + 1] = this.#longs[2 * key] ?? 0
    this.#slots[at + 2] = this.#longs[2 * key + 1] ?? 0
  }

  #seek(high: number, low: number): number {
    const slots = this.#slots
    for (let slot = hashOf(high, low) & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const at = 3 * slot
      if ((slots[at] ?? -1) < 0 || (slots[at + 2] === low && slots[at + 1] === high)) return at
    }
  }

  #rehash(): void {
    this.#mask = 2 * this.#mask + 1
    this.#slots = new Int32Array(3 * (this.#mask + 1)).fill(-1)
    for (let key = 0; key < this.#size; key++) this.#put(this.#seek(this.#longs[2 * key] ?? 0, this.#longs[2 * key + 1] ?? 0), key)
  }
}

const grown = (array: Int32Array): Int32Array<ArrayBuffer> => {
  const larger = new Int32Array(array.length * 2)
  larger.set(array)
  return larger
}
