/**
 * Finds byte strings in a fixed set without making a string or an object for each question: open addressing over an FNV-1a hash. The hot
 * read path asks it for every cell that PostgreSQL sends.
 *
 * @example
 * const index = byteIndex([Buffer.from('conv_rate'), Buffer.from('trips')])
 * index.find(Buffer.from('xtrips'), 1, 5) // 1
 */
export interface ByteIndex {
  readonly size: number
  /** The place of the bytes in the set, or -1. */
  find(buffer: Uint8Array, offset: number, length: number): number
}

const hash = (bytes: Uint8Array, offset: number, length: number): number => {
  let value = 0x811c9dc5 ^ length
  for (let i = offset; i < offset + length; i++) value = Math.imul(value ^ (bytes[i] ?? 0), 0x01000193)
  return value >>> 0
}

const equal = (a: Uint8Array, b: Uint8Array, offset: number, length: number): boolean => {
  if (a.length !== length) return false
  // Keys of one entity differ at the end, so that is where to look first.
  for (let i = length - 1; i >= 0; i--) if (a[i] !== b[offset + i]) return false
  return true
}

/** Builds the index of distinct byte strings; of equal ones the first is found. */
export const byteIndex = (set: readonly Uint8Array[]): ByteIndex => {
  const only = set[0]
  if (set.length === 1 && only !== undefined)
    return { size: 1, find: (buffer, offset, length) => (equal(only, buffer, offset, length) ? 0 : -1) }
  let capacity = 4
  while (capacity < set.length * 2) capacity *= 2
  const slots = new Int32Array(capacity).fill(-1)
  const mask = capacity - 1
  const find = (buffer: Uint8Array, offset: number, length: number): number => {
    for (let slot = hash(buffer, offset, length) & mask; ; slot = (slot + 1) & mask) {
      const at = slots[slot] ?? -1
      const found = at < 0 ? undefined : set[at]
      if (found === undefined) return -1
      if (equal(found, buffer, offset, length)) return at
    }
  }
  set.forEach((bytes, place) => {
    if (find(bytes, 0, bytes.length) >= 0) return
    let slot = hash(bytes, 0, bytes.length) & mask
    while ((slots[slot] ?? -1) >= 0) slot = (slot + 1) & mask
    slots[slot] = place
  })
  return { size: set.length, find }
}
