/** Hash of a span of bytes: FNV-1a, then mixed, since keys that differ in their last byte alone have to spread. */
const hashOf = (bytes: Uint8Array, from: number, to: number): number => {
  let hash = 0x811c9dc5
  for (let at = from; at < to; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
  return (hash ^ (hash >>> 13)) >>> 0
}

/**
 * Distinct keys as bytes, numbered as they come: open addressing over one arena, so that a million keys are a few arrays. The bytes of a
 * composite key hold the length of each part, so that ("1", "23") and ("12", "3") are two.
 *
 * @example
 * const keys = new KeyTable()
 * keys.add(Buffer.from('a'), 0, 1) // 0
 * keys.add(Buffer.from('b'), 0, 1) // 1
 * keys.find(Buffer.from('xa'), 1, 2) // 0
 */
export class KeyTable {
  #arena = Buffer.allocUnsafe(1 << 12)
  /** Where each key starts; one more, where the last one ends. */
  #starts = new Int32Array(256)
  #hashes = new Int32Array(256)
  #slots = new Int32Array(512).fill(-1)
  #size = 0

  /** How many keys there are. */
  get size(): number {
    return this.#size
  }

  /** The number of a key, or -1. */
  find(bytes: Uint8Array, from: number, to: number): number {
    return this.#slots[this.#seek(bytes, from, to, hashOf(bytes, from, to))] ?? -1
  }

  /** The number of a key, which it gets when it is new. */
  add(bytes: Uint8Array, from: number, to: number): number {
    const hash = hashOf(bytes, from, to)
    const slot = this.#seek(bytes, from, to, hash)
    const known = this.#slots[slot] ?? -1
    if (known >= 0) return known
    const key = this.#size
    this.#slots[slot] = key
    this.#append(bytes, from, to, hash)
    if (this.#size * 2 > this.#slots.length) this.#rehash()
    return key
  }

  /** The bytes of a key: a view, good until the next key is added. */
  bytes(key: number): Buffer {
    return this.#arena.subarray(this.#starts[key] ?? 0, this.#starts[key + 1] ?? 0)
  }

  #seek(bytes: Uint8Array, from: number, to: number, hash: number): number {
    const slots = this.#slots
    const mask = slots.length - 1
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const key = slots[slot] ?? -1
      if (key < 0 || (this.#hashes[key] === (hash | 0) && this.#equals(key, bytes, from, to))) return slot
    }
  }

  #equals(key: number, bytes: Uint8Array, from: number, to: number): boolean {
    const arena = this.#arena
    const start = this.#starts[key] ?? 0
    if ((this.#starts[key + 1] ?? 0) - start !== to - from) return false
    for (let at = from, own = start; at < to; at++, own++) if (arena[own] !== bytes[at]) return false
    return true
  }

  #append(bytes: Uint8Array, from: number, to: number, hash: number): void {
    const start = this.#starts[this.#size] ?? 0
    const end = start + to - from
    if (end > this.#arena.length) this.#arena = Buffer.concat([this.#arena], Math.max(end, this.#arena.length * 2))
    if (this.#size + 2 > this.#starts.length) {
      this.#starts = grown(this.#starts)
      this.#hashes = grown(this.#hashes)
    }
    for (let at = from, own = start; at < to; at++, own++) this.#arena[own] = bytes[at] ?? 0
    this.#hashes[this.#size] = hash
    this.#size++
    this.#starts[this.#size] = end
  }

  #rehash(): void {
    const slots = new Int32Array(this.#slots.length * 2).fill(-1)
    const mask = slots.length - 1
    for (let key = 0; key < this.#size; key++) {
      let slot = (this.#hashes[key] ?? 0) & mask
      while ((slots[slot] ?? -1) >= 0) slot = (slot + 1) & mask
      slots[slot] = key
    }
    this.#slots = slots
  }
}

const grown = (array: Int32Array): Int32Array<ArrayBuffer> => {
  const larger = new Int32Array(array.length * 2)
  larger.set(array)
  return larger
}
