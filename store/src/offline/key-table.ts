/** Hash of a span of bytes: FNV-1a by words of four bytes, then mixed, since keys that differ in their last byte alone have to spread. */
const hashOf = (view: DataView, from: number, to: number): number => {
  let hash = 0x811c9dc5
  let at = from
  for (; at + 4 <= to; at += 4) hash = Math.imul(hash ^ view.getInt32(at), 0x01000193)
  for (; at < to; at++) hash = Math.imul(hash ^ view.getUint8(at), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39)
  return hash ^ (hash >>> 15)
}

const grown = (array: Int32Array): Int32Array<ArrayBuffer> => {
  const larger = new Int32Array(array.length * 2)
  larger.set(array)
  return larger
}

/** Distinct keys, numbered as they come. A key is a span of bytes: the fields of binary COPY, each with its length before it. */
export interface Keys {
  /** How many keys there are. */
  readonly size: number
  /** The number of a key, or -1. */
  find(view: DataView, from: number, to: number): number
  /** The number of a key, which it gets when it is new. */
  add(view: DataView, from: number, to: number): number
  /** The bytes of a key: a view, good until the next key is added. */
  bytes(key: number): Buffer
}

/**
 * {@link Keys} of any length: open addressing over one arena, so that a million keys are a few arrays. The bytes of a
 * composite key hold the length of each part, so that ("1", "23") and ("12", "3") are two.
 *
 * @example
 * const keys = new KeyTable()
 * keys.add(new DataView(Uint8Array.of(7, 8).buffer), 0, 1) // 0
 * keys.add(new DataView(Uint8Array.of(7, 8).buffer), 1, 2) // 1
 * keys.find(new DataView(Uint8Array.of(8).buffer), 0, 1) // 1
 */
export class KeyTable implements Keys {
  #arena = new DataView(new ArrayBuffer(1 << 12))
  /** Where each key starts; one more, where the last one ends. */
  #starts = new Int32Array(256)
  /** Pairs of a key and its hash, next to each other: a look touches one line of the cache. -1 is no key. */
  #slots = new Int32Array(1024).fill(-1)
  #size = 0

  get size(): number {
    return this.#size
  }

  find(view: DataView, from: number, to: number): number {
    return this.#slots[2 * this.#seek(view, from, to, hashOf(view, from, to))] ?? -1
  }

  add(view: DataView, from: number, to: number): number {
    const hash = hashOf(view, from, to)
    const slot = this.#seek(view, from, to, hash)
    const known = this.#slots[2 * slot] ?? -1
    if (known >= 0) return known
    const key = this.#size
    this.#slots[2 * slot] = key
    this.#slots[2 * slot + 1] = hash
    this.#append(view, from, to)
    if (this.#size * 4 > this.#slots.length) this.#rehash()
    return key
  }

  bytes(key: number): Buffer {
    const start = this.#starts[key] ?? 0
    return Buffer.from(this.#arena.buffer, start, (this.#starts[key + 1] ?? 0) - start)
  }

  #seek(view: DataView, from: number, to: number, hash: number): number {
    const slots = this.#slots
    const mask = slots.length / 2 - 1
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const key = slots[2 * slot] ?? -1
      if (key < 0 || (slots[2 * slot + 1] === hash && this.#equals(key, view, from, to))) return slot
    }
  }

  #equals(key: number, view: DataView, from: number, to: number): boolean {
    const arena = this.#arena
    let own = this.#starts[key] ?? 0
    if ((this.#starts[key + 1] ?? 0) - own !== to - from) return false
    let at = from
    for (; at + 4 <= to; at += 4, own += 4) if (arena.getInt32(own) !== view.getInt32(at)) return false
    for (; at < to; at++, own++) if (arena.getUint8(own) !== view.getUint8(at)) return false
    return true
  }

  #append(view: DataView, from: number, to: number): void {
    const start = this.#starts[this.#size] ?? 0
    const end = start + to - from
    if (end > this.#arena.byteLength) this.#grow(end)
    if (this.#size + 2 > this.#starts.length) this.#starts = grown(this.#starts)
    for (let at = from, own = start; at < to; at++, own++) this.#arena.setUint8(own, view.getUint8(at))
    this.#size++
    this.#starts[this.#size] = end
  }

  #grow(atLeast: number): void {
    const larger = new Uint8Array(Math.max(atLeast, this.#arena.byteLength * 2))
    larger.set(new Uint8Array(this.#arena.buffer))
    this.#arena = new DataView(larger.buffer)
  }

  #rehash(): void {
    const old = this.#slots
    const slots = new Int32Array(old.length * 2).fill(-1)
    const mask = slots.length / 2 - 1
    for (let from = 0; from < old.length; from += 2) {
      const key = old[from] ?? -1
      const hash = old[from + 1] ?? 0
      if (key < 0) continue
      let slot = hash & mask
      while ((slots[2 * slot] ?? -1) >= 0) slot = (slot + 1) & mask
      slots[2 * slot] = key
      slots[2 * slot + 1] = hash
    }
    this.#slots = slots
  }
}
