import type { EntityKeyVersion } from './feature-store.ts'

// The keys of Feast's online store (feast/infra/key_encoding_utils.py): the names of the join keys, sorted, then their values, each behind words of
// four bytes, lowest first. A name is [2] NAME in version 2 and [2] [length] NAME in version 3, where the number of names comes first as well;
// a value is [type] [length] BYTES in both.

interface Names {
  readonly names: readonly Buffer[]
  /** Where the values begin. */
  readonly end: number
}

const stringType = 2
/** BYTES, STRING, INT32, INT64, UNIX_TIMESTAMP of Feast's ValueType: the only ones that keys have. */
const keyTypes: ReadonlySet<number> = new Set([1, 2, 3, 4, 8])
// Names are names of columns: a byte below the blank ends one. It is the first of the word that follows, for types are small.
const firstOfNames = 0x20

const wordAt = (bytes: Buffer, at: number): number | null => (at + 4 <= bytes.length ? bytes.readUInt32LE(at) : null)

const nameEnd = (bytes: Buffer, at: number): number => {
  let end = at
  while (end < bytes.length && (bytes[end] ?? 0) >= firstOfNames) end += 1
  return end
}

/** Every way to read names from the beginning of a key of version 2: one name, two, and so on. */
const namesOfVersion2 = (bytes: Buffer): readonly Names[] => {
  const found: Names[] = []
  let at = 0
  while (wordAt(bytes, at) === stringType) {
    const end = nameEnd(bytes, at + 4)
    if (end === at + 4) break
    found.push({ names: [...(found.at(-1)?.names ?? []), bytes.subarray(at + 4, end)], end })
    at = end
  }
  return found
}

const namesOfVersion3 = (bytes: Buffer): readonly Names[] => {
  const count = wordAt(bytes, 0) ?? 0
  const names: Buffer[] = []
  let at = 4
  while (names.length < count) {
    const length = wordAt(bytes, at + 4)
    if (wordAt(bytes, at) !== stringType || length === null || at + 8 + length > bytes.length) return []
    names.push(bytes.subarray(at + 8, at + 8 + length))
    at += 8 + length
  }
  return count === 0 ? [] : [{ names, end: at }]
}

const hasValues = (bytes: Buffer, { names, end }: Names): boolean => {
  let at = end
  for (let values = 0; values < names.length; values += 1) {
    const length = wordAt(bytes, at + 4)
    if (length === null || !keyTypes.has(wordAt(bytes, at) ?? 0)) return false
    at += 8 + length
  }
  return at === bytes.length
}

const readNames = (bytes: Buffer, version: EntityKeyVersion): Names | null => {
  const readings = (version === 2 ? namesOfVersion2(bytes) : namesOfVersion3(bytes)).filter((names) => hasValues(bytes, names))
  const [only, ...others] = readings
  return only === undefined || others.length > 0 ? null : only
}

const word = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

const writeNames = (names: readonly Buffer[], version: EntityKeyVersion): readonly Buffer[] =>
  version === 2
    ? names.flatMap((name) => [word(stringType), name])
    : [word(names.length), ...names.flatMap((name) => [word(stringType), word(name.length), name])]

/** What {@link rewriteEntityKey} made of a key. */
export type RewrittenKey =
  | { readonly kind: 'rewritten'; readonly key: Buffer }
  /** It is of the wanted version already. */
  | { readonly kind: 'same' }
  /** It is of neither version, or could be read in more than one way. */
  | { readonly kind: 'unknown' }

/**
 * Writes the key of a row of the online store as another version has it. No key is one of both versions: where version 3 has the number of names or
 * their length, version 2 has the first character of a name.
 *
 * @example
 * rewriteEntityKey(Buffer.from('0200000069640400000008000000d204000000000000', 'hex'), 3)
 * // { kind: 'rewritten', key: <01000000 02000000 02000000 6964 04000000 08000000 d204000000000000> }
 */
export const rewriteEntityKey = (key: Buffer, version: EntityKeyVersion): RewrittenKey => {
  if (readNames(key, version) !== null) return { kind: 'same' }
  const read = readNames(key, version === 2 ? 3 : 2)
  if (read === null) return { kind: 'unknown' }
  return { kind: 'rewritten', key: Buffer.concat([...writeNames(read.names, version), key.subarray(read.end)]) }
}
