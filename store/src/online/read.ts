import { storeError } from '../errors.ts'
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

/** Microseconds from PostgreSQL's epoch, 2000-01-01, to 1970. */
const postgresEpoch = 946_684_800_000_000n

/** What is decoded of one group before it is dealt out to rows: features × keys. */
interface Cells {
  readonly values: unknown[]
  readonly statuses: Uint8Array
  readonly eventTimes: BigInt64Array
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
  readonly #rows: number
  readonly #options: ReadOptions
  readonly #cells: readonly Cells[]

  constructor(plan: ReadPlan, rows: RowColumns, options: ReadOptions) {
    this.plan = plan
    this.keys = plan.keySets.map((keySet) => encodeRowKeys(keySet, rows))
    this.#rows = rows.rows
    this.#options = options
    this.#cells = plan.groups.map((group) => {
      const size = group.features.length * this.#keysOf(group).keys.length
      return { values: new Array(size).fill(null), statuses: new Uint8Array(size).fill(NOT_FOUND), eventTimes: new BigInt64Array(size) }
    })
  }

  #keysOf(group: ReadGroup): RowKeys {
    const keys = this.keys[group.keySet]
    if (keys === undefined) throw new Error('a group of a plan names a key set that the plan does not have')
    return keys
  }

  /** One row of the statement: group, entity key, feature name, value, event time, all in PostgreSQL's binary form. */
  row(buffer: Buffer, offsets: ArrayLike<number>, lengths: ArrayLike<number>): void {
    const at = buffer.readInt32BE(offsets[0] ?? 0)
    const group = this.plan.groups[at]
    const cells = this.#cells[at]
    if (group === undefined || cells === undefined) throw storeError('STORE_ONLINE_ROW_INVALID', [`it is of group ${at}`])
    const key = this.#keysOf(group).index.find(buffer, offsets[1] ?? 0, lengths[1] ?? 0)
    const feature = group.featureIndex.find(buffer, offsets[2] ?? 0, lengths[2] ?? 0)
    const decode = group.decoders[feature]
    if (key < 0 || decode === undefined) return
    const cell = feature * this.#keysOf(group).keys.length + key
    const time = (lengths[4] ?? -1) < 0 ? 0n : buffer.readBigInt64BE(offsets[4] ?? 0) + postgresEpoch
    const length = lengths[3] ?? -1
    const value = length <= 0 ? null : decode(buffer, offsets[3] ?? 0, length)
    const { ttl } = group
    const stale = this.#options.statuses === 'true' && ttl > 0n && this.#options.now - time > ttl
    cells.values[cell] = stale && !this.#options.staleValues ? null : value
    cells.statuses[cell] = stale ? OUTSIDE_MAX_AGE : value !== null || this.#options.statuses === 'python' ? PRESENT : NULL_VALUE
    cells.eventTimes[cell] = time
  }

  /** Deals what was read out to the rows, one column a stored feature of the plan. */
  columns(): readonly FeatureColumn[] {
    const columns = new Array<FeatureColumn>(this.plan.size)
    this.plan.groups.forEach((group, at) => {
      const cells = this.#cells[at]
      if (cells === undefined) return
      const { keys, keyOfRow } = this.#keysOf(group)
      group.places.forEach((places, feature) => {
        const column = this.#deal(cells, feature * keys.length, keyOfRow)
        for (const place of places) columns[place] = column
      })
    })
    return columns
  }

  #deal(cells: Cells, start: number, keyOfRow: Int32Array): FeatureColumn {
    const values = new Array<unknown>(this.#rows)
    const statuses = new Uint8Array(this.#rows)
    const eventTimes = new BigInt64Array(this.#rows)
    for (let row = 0; row < this.#rows; row++) {
      const cell = start + (keyOfRow[row] ?? 0)
      values[row] = cells.values[cell]
      statuses[row] = cells.statuses[cell] ?? NOT_FOUND
      eventTimes[row] = cells.eventTimes[cell] ?? 0n
    }
    return { values, statuses, eventTimes }
  }
}
