import type { ByteWriter } from './byte-writer.ts'
import { elementsWrite, messagesWrite, messageWrite, scalarWrite, type Write } from './value-list.ts'
import { payloads, refuse, writeMapKey } from './value-payload.ts'

/** Readers of protobuf stop at 100 messages inside each other; a map within a map is three. */
const deepest = 32

const kinds = ['STRING', 'INT64', 'DOUBLE', 'BOOL', 'BYTES', 'UNIX_TIMESTAMP'] as const
type Kind = (typeof kinds)[number]

const kindOf = (value: unknown): Kind | undefined => {
  if (typeof value === 'string') return 'STRING'
  if (typeof value === 'bigint') return 'INT64'
  if (typeof value === 'number') return 'DOUBLE'
  if (typeof value === 'boolean') return 'BOOL'
  if (value instanceof Uint8Array) return 'BYTES'
  if (value instanceof Date) return 'UNIX_TIMESTAMP'
  return undefined
}

const scalarWrites = new Map(kinds.map((kind) => [kind, scalarWrite(kind)]))
const listWrites = new Map(kinds.map((kind) => [kind, elementsWrite(`${kind}_LIST`, kind)]))
const setWrites = new Map(kinds.map((kind) => [kind, elementsWrite(`${kind}_SET`, kind)]))

/**
 * Writes a value by what it is, as Feast does inside of maps: bigint int64, number double, string, boolean, bytes, Date, record map, Map
 * scalar map, arrays and sets of one kind the typed list or set. What Feast refuses (empty, mixed and nested lists) becomes a
 * VALUE_LIST, which Python reads.
 */
export const writeAny = (target: ByteWriter, value: unknown, depth = 0): void => {
  if (value === null || value === undefined || (typeof value === 'number' && Number.isNaN(value))) return
  if (depth > deepest) refuse('MAP', '…', `it is nested deeper than ${deepest} levels`)
  anyWrite(value, depth)(target, value)
}

const anyWrite = (value: unknown, depth: number): Write => {
  const kind = kindOf(value)
  const scalar = kind === undefined ? undefined : scalarWrites.get(kind)
  if (scalar !== undefined) return scalar
  if (Array.isArray(value) || value instanceof Set) return collectionWrite(value, depth)
  if (value instanceof Map) return messageWrite('SCALAR_MAP', (target, map) => writeScalarEntries(target, map, depth))
  return messageWrite('MAP', (target, record) => writeEntries(target, record, depth))
}

const collectionWrite = (value: readonly unknown[] | ReadonlySet<unknown>, depth: number): Write => {
  const items = [...value]
  if (items.some((item) => item === null || item === undefined)) refuse('MAP', items, 'an element of a list is null')
  const isSet = value instanceof Set
  const kind = kindOf(items[0])
  if (kind !== undefined && items.every((item) => kindOf(item) === kind)) {
    const write = (isSet ? setWrites : listWrites).get(kind)
    if (write !== undefined) return write
  }
  if (!isSet && items.length > 0 && items.every(isRecord)) {
    return messagesWrite('MAP_LIST', (target, item) => writeEntries(target, item, depth + 1))
  }
  return messagesWrite(isSet ? 'VALUE_SET' : 'VALUE_LIST', (target, item) => writeAny(target, item, depth + 1))
}

const isRecord = (value: unknown): boolean =>
  typeof value === 'object' && !Array.isArray(value) && !(value instanceof Set || value instanceof Map) && kindOf(value) === undefined

/** The fields of a record, for maps and structs. */
export const entriesOf = (type: string, value: unknown): readonly (readonly [string, unknown])[] => {
  if (typeof value === 'object' && value !== null && isRecord(value)) return Object.entries(value)
  return refuse(type, value, 'it must be a record')
}

/** Writes the content of a `Map` message from a record. */
export const writeEntries = (target: ByteWriter, value: unknown, depth: number): void => {
  for (const [name, item] of entriesOf('MAP', value)) {
    writeEntry(target, name, (entry) => writeAny(entry, item, depth + 1))
  }
}

/** Writes one entry of a `Map` message. */
export const writeEntry = (target: ByteWriter, name: string, content: (target: ByteWriter) => void): void => {
  target.byte(0x0a)
  const entry = target.open()
  target.byte(0x0a)
  payloads.STRING.write(target, name)
  closeEntry(target, entry, content)
}

/** Writes the content of a `ScalarMap` message from a Map. */
export const writeScalarEntries = (target: ByteWriter, value: unknown, depth: number): void => {
  if (!(value instanceof Map)) refuse('SCALAR_MAP', value, 'it must be a Map')
  for (const [key, item] of value as ReadonlyMap<unknown, unknown>) {
    target.byte(0x0a)
    const entry = target.open()
    target.byte(0x0a)
    writeMapKey(target, key)
    closeEntry(target, entry, (inner) => writeAny(inner, item, depth + 1))
  }
}

const closeEntry = (target: ByteWriter, entry: number, content: (target: ByteWriter) => void): void => {
  target.byte(0x12)
  const start = target.open()
  content(target)
  target.close(start)
  target.close(entry)
}
