import { ByteWriter } from '../definition/byte-writer.ts'
import type { ValueType } from '../definition/value-type.ts'
import { allowed, storeError } from '../errors.ts'
import { isJoinKeyType, type JoinKeyWriter, joinKeyTypes, joinKeyWriter } from './join-key-value.ts'

/** The layouts that are written: 3 counts the keys and the bytes of their names, 2 does not. */
export const entityKeyVersions = [2, 3] as const

/** One of {@link entityKeyVersions}. */
export type EntityKeyVersion = (typeof entityKeyVersions)[number]

/** A join key of a view, with the type that the view's `entity_columns` give it: 1001 as INT32 and as INT64 are different keys. */
export interface JoinKey {
  readonly name: string
  readonly type: ValueType
}

/** Many entity keys in one buffer: key `i` is at `offsets[i]` up to `offsets[i + 1]`. */
export interface EntityKeys {
  readonly bytes: Buffer
  readonly offsets: Uint32Array
  /** The key of a row, without a copy. */
  key(row: number): Buffer
}

/** A compiled encoder: everything that does not depend on the values is ready. */
export interface EntityKeyEncoder {
  /** The names in the order in which columns and values are given: that of the options. */
  readonly names: readonly string[]
  /** Encodes `rows` rows; column `i` holds the values of `names[i]`. */
  encode(columns: readonly ArrayLike<unknown>[], rows: number): EntityKeys
  /** Encodes one row; value `i` is of `names[i]`. */
  encodeRow(values: readonly unknown[]): Buffer
  /** Appends the key of one row of the columns, for those who fill a buffer of their own. */
  write(target: ByteWriter, columns: readonly ArrayLike<unknown>[], row: number): void
}

/** What {@link entityKeyEncoder} is made of. */
export interface EntityKeyOptions {
  /** `entity_key_serialization_version` of the configuration. */
  readonly version: number
  readonly joinKeys: readonly JoinKey[]
}

/**
 * Compiles the encoder of a view's entity keys: the bytes under which an online store keeps an entity. Names are sorted by code point;
 * then come the values in the same order, each with its type and length. Safe integers and digits are taken for integers, and whole
 * numbers for text, as Python's reads do; what would lose something, like 1001.7, is refused. A moment counts in whole seconds.
 *
 * The length of a name counts bytes, as in Feast since 0.61 (before, characters: names beyond ASCII differ there).
 *
 * @throws StoreError STORE_ENTITY_KEY_VERSION_UNSUPPORTED, STORE_ENTITY_KEY_TYPE_UNSUPPORTED, STORE_ENTITY_KEY_NAMES_INVALID; its functions
 * STORE_ENTITY_KEY_INVALID
 * @example
 * const encoder = entityKeyEncoder({ version: 3, joinKeys: [{ name: 'driver_id', type: int64 }] })
 * encoder.encodeRow([1001n]).toString('hex')
 * // '0100000002000000090000006472697665725f69640400000008000000e903000000000000'
 */
export const entityKeyEncoder = ({ version, joinKeys }: EntityKeyOptions): EntityKeyEncoder => {
  const names = joinKeys.map(({ name }) => name)
  const parts = compileParts(versionOf(version), joinKeys)
  const write = (target: ByteWriter, columns: readonly ArrayLike<unknown>[], row: number): void => {
    for (const { constant, column, writeValue } of parts) {
      target.raw(constant)
      if (writeValue !== undefined) writeValue(target, columns[column]?.[row], row)
    }
  }
  return {
    names,
    write,
    encode: (columns, rows) => {
      const target = new ByteWriter(rows * 64)
      const offsets = new Uint32Array(rows + 1)
      for (let row = 0; row < rows; row++) {
        write(target, columns, row)
        offsets[row + 1] = target.length
      }
      const bytes = target.view()
      return { bytes, offsets, key: (row) => bytes.subarray(offsets[row], offsets[row + 1]) }
    },
    encodeRow: (values) => {
      const target = new ByteWriter(128)
      write(
        target,
        values.map((value) => [value]),
        0,
      )
      return target.view()
    },
  }
}

const versionOf = (version: number): EntityKeyVersion => {
  const known = entityKeyVersions.find((each) => each === version)
  if (known === undefined) {
    const why =
      version === 1 ? 'version 1 cuts 64-bit keys to 32 bits and can only be read by old releases of Feast' : 'there is no such version'
    throw storeError('STORE_ENTITY_KEY_VERSION_UNSUPPORTED', [String(version), why, allowed(entityKeyVersions.map(String))])
  }
  return known
}

/** Constant bytes, and the value after them; the last part of a key without values has none. */
interface Part {
  readonly constant: Buffer
  readonly column: number
  readonly writeValue: JoinKeyWriter['write'] | undefined
}

const compileParts = (version: EntityKeyVersion, joinKeys: readonly JoinKey[]): readonly Part[] => {
  const sorted = joinKeys
    .map(({ name, type }, column) => ({ name, column, ...writerOf(name, type) }))
    .sort((a, b) => byCodePoint(a.name, b.name))
  for (const [at, { name }] of sorted.entries()) {
    if (name === sorted[at + 1]?.name) throw storeError('STORE_ENTITY_KEY_NAMES_INVALID', [name, 'it is there twice'])
  }
  const prefix = entityKeyPrefix(
    version,
    sorted.map(({ name }) => name),
  )
  if (sorted.length === 0) return [{ constant: prefix, column: 0, writeValue: undefined }]
  return sorted.map(({ column, header, write }, at) => ({
    constant: at === 0 ? Buffer.concat([prefix, header]) : header,
    column,
    writeValue: write,
  }))
}

const writerOf = (name: string, type: ValueType): JoinKeyWriter => {
  if (!name.isWellFormed()) throw storeError('STORE_ENTITY_KEY_NAMES_INVALID', [name, 'half of a surrogate pair has no UTF-8'])
  if (isJoinKeyType(type.name)) return joinKeyWriter(name, type.name)
  throw storeError('STORE_ENTITY_KEY_TYPE_UNSUPPORTED', [name, type.name, allowed(joinKeyTypes)])
}

/** UTF-8 sorts by code point; UTF-16, which `<` compares, does not. */
const byCodePoint = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b))

/** The bytes that all keys of these join keys begin with; `names` are sorted. */
export const entityKeyPrefix = (version: EntityKeyVersion, names: readonly string[]): Buffer => {
  const target = new ByteWriter(64)
  if (version === 3) target.fixed32(names.length)
  for (const name of names) {
    const bytes = Buffer.from(name)
    target.fixed32(2)
    if (version === 3) target.fixed32(bytes.length)
    target.raw(bytes)
  }
  return target.view()
}
