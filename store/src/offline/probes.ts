import { type StoreError, storeError } from '../errors.ts'
import type { EntityChunk } from './entity-rows.ts'
import { KeyEncoder, type KeyKind, keyKindOf } from './key-encoder.ts'
import { type Keys, KeyTable } from './key-table.ts'
import { LongTable } from './long-table.ts'
import type { JoinKey } from './offline.ts'

/** What a chunk of entity rows asks of a view: its distinct keys (groups), and of each key the distinct event times (slots), ascending. */
export interface Probes {
  readonly keys: Keys
  readonly kinds: readonly KeyKind[]
  readonly groups: number
  readonly slots: number
  /** The first slot of each group, and one more at the end. */
  readonly starts: Int32Array
  /** The event time of each slot: microseconds since 1970, exact between the years 1685 and 2255. */
  readonly times: Float64Array
  /** The slot of each row; -1 where a key or the time is null. */
  readonly rowSlots: Int32Array
}

/** Probes as rows to send to an engine: one for each slot, or one for each group, which stands for all slots of its key. */
export interface ProbeRows {
  readonly count: number
  readonly group: (row: number) => number
  /** The latest and the earliest event time that the row stands for. */
  readonly latest: (row: number) => number
  readonly earliest: (row: number) => number
}

/** Lays probes out for sending. Slots go in the order of keys and times, so that an index is read where it was read before. */
export const probeRows = ({ starts, times, groups, slots }: Probes, per: 'group' | 'slot'): ProbeRows => {
  if (per === 'group')
    return {
      count: groups,
      group: (row) => row,
      latest: (row) => times[(starts[row + 1] ?? 1) - 1] ?? 0,
      earliest: (row) => times[starts[row] ?? 0] ?? 0,
    }
  const groupOf = new Int32Array(slots)
  for (let group = 0; group < groups; group++) groupOf.fill(group, starts[group], starts[group + 1])
  const time = (row: number): number => times[row] ?? 0
  return { count: slots, group: (row) => groupOf[row] ?? 0, latest: time, earliest: time }
}

/** Groups by one column of 64-bit integers, none of them null, without making a bigint. */
const groupLongs = (chunk: EntityChunk, longs: BigInt64Array, keys: LongTable): Int32Array => {
  const groups = new Int32Array(chunk.rows).fill(-1)
  // Node runs on little-endian machines alone: the low half comes first.
  const halves = new Int32Array(longs.buffer, longs.byteOffset, longs.length * 2)
  for (let row = 0; row < chunk.rows; row++)
    if (!Number.isNaN(chunk.eventTimes[row])) groups[row] = keys.addLong(halves[2 * row + 1] ?? 0, halves[2 * row] ?? 0)
  return groups
}

const groupRows = (chunk: EntityChunk, joinKeys: readonly JoinKey[], kinds: readonly KeyKind[], keys: Keys): Int32Array => {
  const columns = joinKeys.map((key, place) => ({ ...key, kind: kinds[place] ?? 'text', values: valuesOf(chunk, key) }))
  const groups = new Int32Array(chunk.rows).fill(-1)
  const encoder = new KeyEncoder()
  rows: for (let row = 0; row < chunk.rows; row++) {
    if (Number.isNaN(chunk.eventTimes[row])) continue
    encoder.length = 0
    for (const { values, kind, type, rowColumn } of columns) {
      const value = values[row]
      if (value === null || value === undefined) continue rows
      encoder.append(value, kind, type, rowColumn, row)
    }
    groups[row] = keys.add(encoder.view, 0, encoder.length)
  }
  return groups
}

const missing = (chunk: EntityChunk, column: string): StoreError =>
  storeError('STORE_ENTITY_ROWS_INVALID', [
    column,
    `there is no such column; there are: ${chunk.columns.map(({ name }) => name).join(', ')}`,
  ])

const valuesOf = (chunk: EntityChunk, { rowColumn }: JoinKey): ArrayLike<unknown> => {
  const found = chunk.columns.find(({ name }) => name === rowColumn)
  if (found === undefined) throw missing(chunk, rowColumn)
  return found.values
}

const sample = (values: ArrayLike<unknown>): unknown => {
  for (let row = 0; row < values.length; row++) if (values[row] !== null && values[row] !== undefined) return values[row]
  return undefined
}

/** Rows by group (a counting sort): the rows of group g stand at `starts[g]` to `starts[g + 1]`. */
const byGroup = (groups: Int32Array, count: number): { readonly order: Int32Array; readonly starts: Int32Array } => {
  const starts = new Int32Array(count + 1)
  for (const group of groups) if (group >= 0) starts[group + 1] = (starts[group + 1] ?? 0) + 1
  for (let group = 0; group < count; group++) starts[group + 1] = (starts[group + 1] ?? 0) + (starts[group] ?? 0)
  const next = starts.slice()
  const order = new Int32Array(starts[count] ?? 0)
  for (let row = 0; row < groups.length; row++) {
    const group = groups[row] ?? -1
    if (group < 0) continue
    const at = next[group] ?? 0
    order[at] = row
    next[group] = at + 1
  }
  return { order, starts }
}

/** Sorts a few rows in place, many with the engine's own sort, which costs a call each time. */
const sortByTime = (order: Int32Array, from: number, to: number, times: Float64Array): void => {
  if (to - from > 24) {
    order.subarray(from, to).sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0))
    return
  }
  for (let i = from + 1; i < to; i++) {
    const row = order[i] ?? 0
    const time = times[row] ?? 0
    let at = i
    while (at > from && (times[order[at - 1] ?? 0] ?? 0) > time) {
      order[at] = order[at - 1] ?? 0
      at--
    }
    order[at] = row
  }
}

/**
 * Works out what entity rows ask of a view. Rows of one key and time ask once; what is null asks nothing.
 *
 * @throws STORE_ENTITY_ROWS_INVALID when a join key has no column, or a value that is not of its type
 */
export const probesOf = (chunk: EntityChunk, joinKeys: readonly JoinKey[]): Probes => {
  const kinds = joinKeys.map((key) => keyKindOf(key.type, sample(valuesOf(chunk, key))))
  const keys = kinds.length === 1 && kinds[0] === 'long' ? new LongTable() : new KeyTable()
  const [only] = joinKeys
  const longs = only === undefined ? undefined : valuesOf(chunk, only)
  const groups =
    keys instanceof LongTable && longs instanceof BigInt64Array ? groupLongs(chunk, longs, keys) : groupRows(chunk, joinKeys, kinds, keys)
  const { order, starts: rowStarts } = byGroup(groups, keys.size)
  const rowSlots = new Int32Array(chunk.rows).fill(-1)
  const times = new Float64Array(order.length)
  const starts = new Int32Array(keys.size + 1)
  let slots = 0
  for (let group = 0; group < keys.size; group++) {
    const from = rowStarts[group] ?? 0
    const to = rowStarts[group + 1] ?? 0
    sortByTime(order, from, to, chunk.eventTimes)
    starts[group] = slots
    for (let i = from; i < to; i++) {
      const row = order[i] ?? 0
      const time = chunk.eventTimes[row] ?? 0
      if (i === from || times[slots - 1] !== time) times[slots++] = time
      rowSlots[row] = slots - 1
    }
  }
  starts[keys.size] = slots
  return { keys, kinds, groups: keys.size, slots, starts, times: times.subarray(0, slots), rowSlots }
}
