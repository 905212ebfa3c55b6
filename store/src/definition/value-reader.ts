import type { ByteReader } from './byte-reader.ts'

type Read = (reader: ByteReader, depth: number) => unknown

/** A member of a oneof: its wire type and how its content is read. */
interface Member {
  readonly wire: number
  readonly content: Read
}
const member = (wire: number, content: Read): Member => ({ wire, content })

// Deeper than what Python can read; it only keeps foreign bytes from exhausting the stack.
const deepest = 100

/**
 * Reads one `types.Value` that ends at `reader.end`, by the tag that it carries: null when nothing is set, when `null_val` is, and when a
 * newer Feast set a member that is not known here. `reader.member` says which member it was.
 */
export const readValue = (reader: ByteReader, depth: number): unknown => {
  if (depth > deepest) reader.fail(`it is nested deeper than ${deepest} levels`)
  let value: unknown = null
  let member = 0
  // A oneof on the wire may be written twice, and the last one counts; every known writer writes one.
  while (reader.position < reader.end) {
    const tag = reader.varint()
    const read = members[tag >>> 3]
    if (read === undefined || read.wire !== (tag & 7)) {
      reader.skip(tag)
      continue
    }
    value = read.content(reader, depth)
    member = tag >>> 3
  }
  reader.member = member
  return value
}

/** Reads a length-delimited part: `content` sees the part's end as the end. */
const within = <Result>(reader: ByteReader, content: () => Result): Result => {
  const outer = reader.end
  reader.end = reader.part()
  const result = content()
  reader.end = outer
  return result
}

/** Reads the repeated field 1 of a message, packed or not, as every reader of protobuf must. */
const repeated =
  (wire: number, item: Read): Read =>
  (reader, depth) =>
    within(reader, () => {
      const items: unknown[] = []
      while (reader.position < reader.end) {
        const tag = reader.varint()
        if (tag === (8 | wire)) items.push(item(reader, depth))
        else if (tag === 0x0a) within(reader, () => collect(reader, items, item, depth))
        else reader.skip(tag)
      }
      return items
    })

const collect = (reader: ByteReader, items: unknown[], item: Read, depth: number): void => {
  while (reader.position < reader.end) items.push(item(reader, depth))
}

const set =
  (list: Read): Read =>
  (reader, depth) =>
    new Set(list(reader, depth) as unknown[])

/** Calls `field` for each field of a message; what it does not take is skipped. */
const message = (reader: ByteReader, field: (tag: number) => boolean): void =>
  within(reader, () => {
    while (reader.position < reader.end) {
      const tag = reader.varint()
      if (!field(tag)) reader.skip(tag)
    }
  })

const nested: Read = (reader, depth) => within(reader, () => readValue(reader, depth + 1))

const record: Read = (reader, depth) => {
  const entries: Record<string, unknown> = {}
  message(reader, (tag) => {
    if (tag !== 0x0a) return false
    let key = ''
    let value: unknown = null
    message(reader, (part) => {
      if (part === 0x0a) key = reader.text()
      else if (part === 0x12) value = nested(reader, depth)
      else return false
      return true
    })
    put(entries, key, value)
    return true
  })
  return entries
}

// An assignment to this name would set the prototype of the record.
const put = (entries: Record<string, unknown>, key: string, value: unknown): void => {
  if (key === '__proto__') Object.defineProperty(entries, key, { value, enumerable: true, configurable: true, writable: true })
  else entries[key] = value
}

const scalarMap: Read = (reader, depth) => {
  const entries = new Map<unknown, unknown>()
  message(reader, (tag) => {
    if (tag !== 0x0a) return false
    let key: unknown = null
    let value: unknown = null
    message(reader, (part) => {
      if (part === 0x0a) key = mapKey(reader)
      else if (part === 0x12) value = nested(reader, depth)
      else return false
      return true
    })
    entries.set(key, value)
    return true
  })
  return entries
}

const int32: Read = (reader) => reader.int32()
const int64: Read = (reader) => reader.int64()
const double: Read = (reader) => reader.double()
const float: Read = (reader) => reader.float()
const bool: Read = (reader) => reader.bool()
const seconds: Read = (reader) => reader.seconds()
const text: Read = (reader) => reader.text()
const block: Read = (reader) => reader.block()

const keys: readonly (Member | undefined)[] = [
  undefined,
  member(0, int32),
  member(0, int64),
  member(5, float),
  member(1, double),
  member(0, bool),
  member(0, seconds),
  member(2, block),
  member(2, text),
  member(2, text),
  member(2, text),
]

const mapKey = (reader: ByteReader): unknown => {
  let key: unknown = null
  message(reader, (tag) => {
    const read = keys[tag >>> 3]
    if (read === undefined || read.wire !== (tag & 7)) return false
    key = read.content(reader, 0)
    return true
  })
  return key
}

const zoned: Read = (reader) => {
  let at: Date | null = new Date(0)
  let zone = ''
  message(reader, (tag) => {
    if (tag === 0x08) at = reader.seconds()
    else if (tag === 0x12) zone = reader.text()
    else return false
    return true
  })
  return at === null ? null : { at, zone }
}

const lists = {
  block: repeated(2, block),
  text: repeated(2, text),
  int32: repeated(0, int32),
  int64: repeated(0, int64),
  double: repeated(1, double),
  float: repeated(5, float),
  bool: repeated(0, bool),
  seconds: repeated(0, seconds),
  record: repeated(2, record),
  nested: repeated(2, nested),
}

const members: readonly (Member | undefined)[] = Object.assign(new Array<Member | undefined>(49).fill(undefined), {
  1: member(2, block),
  2: member(2, text),
  3: member(0, int32),
  4: member(0, int64),
  5: member(1, double),
  6: member(5, float),
  7: member(0, bool),
  8: member(0, seconds),
  11: member(2, lists.block),
  12: member(2, lists.text),
  13: member(2, lists.int32),
  14: member(2, lists.int64),
  15: member(2, lists.double),
  16: member(2, lists.float),
  17: member(2, lists.bool),
  18: member(2, lists.seconds),
  20: member(2, record),
  21: member(2, lists.record),
  22: member(2, set(lists.block)),
  23: member(2, set(lists.text)),
  24: member(2, set(lists.int32)),
  25: member(2, set(lists.int64)),
  26: member(2, set(lists.double)),
  27: member(2, set(lists.float)),
  28: member(2, set(lists.bool)),
  29: member(2, set(lists.seconds)),
  32: member(2, text),
  33: member(2, lists.text),
  34: member(2, record),
  35: member(2, lists.record),
  36: member(2, text),
  37: member(2, text),
  38: member(2, lists.text),
  39: member(2, lists.text),
  40: member(2, set(lists.text)),
  41: member(2, set(lists.text)),
  42: member(2, lists.nested),
  43: member(2, lists.nested),
  44: member(2, text),
  45: member(2, lists.text),
  46: member(2, set(lists.text)),
  47: member(2, scalarMap),
  48: member(2, zoned),
})
