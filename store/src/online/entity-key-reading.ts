import { type ValueTypeName, valueTypeName } from '../definition/value-type.ts'
import { storeError } from '../errors.ts'
import { entityKeyPrefix, type JoinKey } from './entity-key.ts'
import { isJoinKeyType, type JoinKeyType } from './join-key-value.ts'

/** A join key and its value, read from an entity key: bigint, number, string, Uint8Array or Date, by its type. */
export interface JoinKeyValue {
  readonly name: string
  readonly type: JoinKeyType
  readonly value: bigint | number | string | Uint8Array | Date
}

/**
 * Reads an entity key of version 3. Earlier versions cannot be read: nothing in them says where a name ends.
 *
 * @throws StoreError STORE_ENTITY_KEY_UNREADABLE
 * @example
 * decodeEntityKey(encoder.encodeRow([1001n])) // [{ name: 'driver_id', type: 'INT64', value: 1001n }]
 */
export const decodeEntityKey = (key: Uint8Array): readonly JoinKeyValue[] => {
  const reader = new KeyReader(key)
  const count = reader.word()
  const names = Array.from({ length: Math.min(count, key.length) }, () => {
    if (reader.word() !== 2) reader.fail('a name is not text')
    return reader.text()
  })
  if (names.length !== count) reader.fail('it ends too early')
  const values = names.map((name) => ({ name, ...readTyped(reader) }))
  if (reader.position !== key.length) reader.fail('it has more values than names')
  return values
}

const readTyped = (reader: KeyReader): Omit<JoinKeyValue, 'name'> => {
  const number = reader.word()
  const type: ValueTypeName | undefined = valueTypeName(number)
  if (type === undefined || !isJoinKeyType(type)) return reader.fail(`values of type ${number} are no keys`)
  switch (type) {
    case 'STRING':
      return { type, value: reader.text() }
    case 'BYTES':
      return { type, value: new Uint8Array(reader.block()) }
    case 'INT32':
      return { type, value: reader.sized(4).readInt32LE() }
    case 'INT64':
      return { type, value: reader.sized(8).readBigInt64LE() }
    case 'UNIX_TIMESTAMP':
      return { type, value: new Date(Number(reader.sized(8).readBigInt64LE()) * 1000) }
  }
}

class KeyReader {
  readonly bytes: Buffer
  position = 0

  constructor(key: Uint8Array) {
    this.bytes = Buffer.from(key.buffer, key.byteOffset, key.byteLength)
  }

  fail(why: string): never {
    throw storeError('STORE_ENTITY_KEY_UNREADABLE', [this.bytes.subarray(0, 64).toString('hex'), why])
  }

  take(size: number): Buffer {
    const start = this.position
    if (size > this.bytes.length - start) this.fail('it ends too early')
    this.position += size
    return this.bytes.subarray(start, this.position)
  }

  word(): number {
    return this.take(4).readUInt32LE()
  }

  block(): Buffer {
    return this.take(this.word())
  }

  sized(size: number): Buffer {
    const block = this.block()
    return block.length === size ? block : this.fail(`an integer of ${size} bytes has ${block.length}`)
  }

  text(): string {
    const block = this.block()
    const text = block.toString()
    return Buffer.from(text).equals(block) ? text : this.fail('its text is not UTF-8')
  }
}

/**
 * Says under which version a key was written, for a table that others filled: 1 and 2 differ only in 64-bit integers, so that a key
 * without any is taken for 2. Undefined when it is no key of these join keys.
 *
 * @example
 * entityKeyVersionOf(key, [{ name: 'driver_id' }]) // 3
 */
export const entityKeyVersionOf = (key: Uint8Array, joinKeys: readonly Pick<JoinKey, 'name'>[]): 1 | 2 | 3 | undefined => {
  const names = joinKeys.map(({ name }) => name).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  const version = ([3, 2] as const).find((each) => startsWith(key, entityKeyPrefix(each, names)))
  if (version !== 2) return version
  const sizes = int64Sizes(key, entityKeyPrefix(2, names).length)
  return sizes === undefined ? undefined : sizes.includes(4) ? 1 : 2
}

const startsWith = (key: Uint8Array, prefix: Buffer): boolean => prefix.equals(key.subarray(0, prefix.length))

/** How many bytes each INT64 takes; undefined when the values cannot be followed to the end. */
const int64Sizes = (key: Uint8Array, start: number): readonly number[] | undefined => {
  const reader = new KeyReader(key)
  reader.position = start
  const sizes: number[] = []
  while (reader.position < key.length) {
    if (key.length - reader.position < 8) return undefined
    const type = reader.word()
    const size = reader.word()
    if (size > key.length - reader.position) return undefined
    reader.position += size
    if (type === 4) sizes.push(size)
  }
  return sizes
}
