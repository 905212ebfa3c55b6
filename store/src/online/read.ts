import { storeError } from '../errors.ts'
import { postgresEpochHalves } from '../postgres/timestamp.ts'
import { encodeRowKeys, type RowColumns, type RowKeys } from './key-rows.ts'
import type { ReadGroup, ReadPlan } from './plan.ts'
import { NOT_FOUND, NULL_VALUE, OUTSIDE_MAX_AGE, PRESENT } from './status.ts'

/** What was read of one stored feature: a value, a status number and an event time a row. */
export interface FeatureColumn {
  readonly values: readonly unknown[]
  readonly statuses: Uint8Array
  /** Microseconds since 1970 (UTC); 0 where nothing was found. */
  readonly eventTimes: BigInt64Array
}

/** Options of one read. */
export interface ReadOptions {
  /** The moment that ages are counted at, microseconds since 1970. */
  readonly now: bigint
  /** `python`: what Feast says, PRESENT for every row that is there and no age. */
  readonly statuses: 'true' | 'python'
  /** Gives a value that is older than its ttl instead of null; its status says so all the same. */
  readonly staleValues: boolean
}

const { high: epochHigh, low: epochLow } = postgresEpochHalves
const half = 4_294_967_296

/**
 * What is decoded of one group before it is dealt out to rows: features × keys. Times are kept without a bigint each, and dealt out when
 * somebody looks at them: 50 cells take 18 µs of JavaScript so and took 32, 5,000 take 1.3 ms and took 2.0.
 */
class Cells {
  readonly values: unknown[]
  readonly statuses: Uint8Array
  readonly eventTimes: BigInt64Array
  /** The event times as halves, the low one first: Node runs on little-endian machines alone. */
  readonly halves: Int32Array

  constructor(size: number) {
    this.values = new Array(size).fill(null)
    this.statuses = new Uint8Array(size).fill(NOT_FOUND)
    this.eventTimes = new BigInt64Array(size)
    this.halves = new Int32Array(this.eventTimes.buffer)
  }

  /** Keeps the event time of a cell, PostgreSQL's eight bytes, and gives it as microseconds since 1970. Infinities stay the ends of 64 bits. */
  keepTime(cell: number, buffer: Buffer, offset: number): number {
    const [high, low] = [buffer.readInt32BE(offset), buffer.readUInt32BE(offset + 4)]
    const infinite = (high === 0x7fffffff && low === 0xffffffff) || (high === -0x80000000 && low === 0)
    const sum = infinite ? low : low + epochLow
    this.halves[2 * cell] = sum
    this.halves[2 * cell + 1] = infinite ? high : high + epochHigh + (sum >= half ? 1 : 0)
    return (this.halves[2 * cell + 1] ?? 0) * half + (sum >= half ? sum - half : sum)
  }
}

/** A column as it is dealt out to rows, each part when it is first asked for: most callers never look at event times. */
class DealtColumn implements FeatureColumn {
  readonly #cells: Cells
  readonly #start: number
  readonly #keyOfRow: Int32Array
  #values: readonly unknown[] | undefined
  #statuses: Uint8Array | undefined
  #eventTimes: BigInt64Array | undefined

  constructor(cells: Cells, start: number, keyOfRow: Int32Array) {
    this.#cells = cells
    this.#start = start
    this.#keyOfRow = keyOfRow
  }

  get values(): readonly unknown[] {
    this.#values ??= this.#deal(this.#cells.values, new Array<unknown>(this.#keyOfRow.length))
    return this.#values
  }

  get statuses(): Uint8Array {
    this.#statuses ??= this.#deal(this.#cells.statuses, new Uint8Array(this.#keyOfRow.length))
    return this.#statuses
  }

  get eventTimes(): BigInt64Array {
    this.#eventTimes ??= this.#deal(this.#cells.eventTimes, new BigInt64Array(this.#keyOfRow.length))
    return this.#eventTimes
  }

  #deal<Column extends { [row: number]: unknown }>(cells: Column, column: Column): Column {
    for (let row = 0; row < this.#keyOfRow.length; row++) column[row] = cells[this.#start + (this.#keyOfRow[row] ?? 0)]
    return column
  }
}

/**
 * Takes the rows that PostgreSQL sends for a plan and puts each value where it belongs, without an object a cell. One reader serves one
 * request; its rows may come from one statement or from one a group.
 *
 * @example
 * const reading = new Reading(plan, rows, { now, statuses: 'true', staleValues: false })
 * await reader.read({ text: plan.statement }, reading.parameters(), reading)
 * reading.columns()[0]?.values
 */
export class Reading {
  readonly plan: ReadPlan
  readonly keys: readonly RowKeys[]
  readonly #options: ReadOptions
  readonly #now: number
  readonly #cells: readonly Cells[]

  constructor(plan: ReadPlan, rows: RowColumns, options: ReadOptions) {
    this.plan = plan
    this.keys = plan.keySets.map((keySet) => encodeRowKeys(keySet, rows))
    this.#options = options
    this.#now = Number(options.now)
    this.#cells = plan.groups.map((group) => new Cells(group.features.length * this.#keysOf(group).keys.length))
  }

  #keysOf(group: ReadGroup): RowKeys {
    const keys = this.keys[group.keySet]
    if (keys === undefined) throw new Error('a group of a plan names a key set that the plan does not have')
    return keys
  }

  /** One row of the statement: group, entity key, feature name, value, event time, all in PostgreSQL's binary form. */
  row(buffer: Buffer, offsets: ArrayLike<number>, lengths: ArrayLike<number>): void {
    const at = buffer.readInt32BE(offsets[0] ?? 0)
    const group = this.#group(at)
    const cells = this.#cells[at]
    const keys = this.#keysOf(group)
    const key = keys.index.find(buffer, offsets[1] ?? 0, lengths[1] ?? 0)
    const feature = group.featureIndex.find(buffer, offsets[2] ?? 0, lengths[2] ?? 0)
    const decode = group.decoders[feature]
    if (cells === undefined || key < 0 || decode === undefined) return
    const cell = feature * keys.keys.length + key
    const time = (lengths[4] ?? -1) < 0 ? undefined : cells.keepTime(cell, buffer, offsets[4] ?? 0)
    const length = lengths[3] ?? -1
    this.#keep(group, cells, cell, length <= 0 ? null : decode(buffer, offsets[3] ?? 0, length), time)
  }

  /** The same, for stores that hand out values instead of bytes. */
  cell(
    at: number,
    cell: { readonly key: Buffer; readonly feature: string; readonly value: Buffer | null; readonly time: bigint | null },
  ): void {
    const group = this.#group(at)
    const cells = this.#cells[at]
    const keys = this.#keysOf(group)
    const key = keys.index.find(cell.key, 0, cell.key.length)
    const feature = group.features.indexOf(cell.feature)
    const decode = group.decoders[feature]
    if (cells === undefined || key < 0 || decode === undefined) return
    const place = feature * keys.keys.length + key
    cells.eventTimes[place] = cell.time ?? 0n
    const { value, time } = cell
    const decoded = value === null || value.length === 0 ? null : decode(value, 0, value.length)
    this.#keep(group, cells, place, decoded, time === null ? undefined : Number(time))
  }

  #group(at: number): ReadGroup {
    const group = this.plan.groups[at]
    if (group === undefined) throw storeError('STORE_ONLINE_ROW_INVALID', [`it is of group ${at}`])
    return group
  }

  #keep(group: ReadGroup, cells: Cells, cell: number, value: unknown, time: number | undefined): void {
    const { statuses, staleValues } = this.#options
    const stale = group.maxAge > 0 && time !== undefined && statuses === 'true' && this.#now - time > group.maxAge
    cells.values[cell] = stale && !staleValues ? null : value
    cells.statuses[cell] = stale ? OUTSIDE_MAX_AGE : value !== null || statuses === 'python' ? PRESENT : NULL_VALUE
  }

  /** Deals what was read out to the rows, one column a stored feature of the plan. */
  columns(): readonly FeatureColumn[] {
    const columns = new Array<FeatureColumn>(this.plan.size)
    this.plan.groups.forEach((group, at) => {
      const cells = this.#cells[at]
      if (cells === undefined) return
      const { keys, keyOfRow } = this.#keysOf(group)
      group.places.forEach((places, feature) => {
        const column = new DealtColumn(cells, feature * keys.length, keyOfRow)
        for (const place of places) columns[place] = column
      })
    })
    return columns
  }
}
