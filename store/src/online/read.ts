import { storeError } from '../errors.ts'
import { postgresEpoch } from '../postgres/timestamp.ts'
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

const nothing = Buffer.alloc(0)

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
    const group = this.#group(at)
    const key = this.#keysOf(group).index.find(buffer, offsets[1] ?? 0, lengths[1] ?? 0)
    const feature = group.featureIndex.find(buffer, offsets[2] ?? 0, lengths[2] ?? 0)
    const time = (lengths[4] ?? -1) < 0 ? undefined : buffer.readBigInt64BE(offsets[4] ?? 0) + postgresEpoch
    this.#put(at, key, feature, time, buffer, offsets[3] ?? 0, lengths[3] ?? -1)
  }

  /** The same, for stores that hand out values instead of bytes. */
  cell(
    at: number,
    cell: { readonly key: Buffer; readonly feature: string; readonly value: Buffer | null; readonly time: bigint | null },
  ): void {
    const group = this.#group(at)
    const key = this.#keysOf(group).index.find(cell.key, 0, cell.key.length)
    const value = cell.value ?? nothing
    this.#put(at, key, group.features.indexOf(cell.feature), cell.time ?? undefined, value, 0, value.length)
  }

  #group(at: number): ReadGroup {
    const group = this.plan.groups[at]
    if (group === undefined) throw storeError('STORE_ONLINE_ROW_INVALID', [`it is of group ${at}`])
    return group
  }

  #put(at: number, key: number, feature: number, time: bigint | undefined, buffer: Buffer, offset: number, length: number): void {
    const group = this.plan.groups[at]
    const cells = this.#cells[at]
    const decode = group?.decoders[feature]
    if (group === undefined || cells === undefined || key < 0 || decode === undefined) return
    const cell = feature * this.#keysOf(group).keys.length + key
    const value = length <= 0 ? null : decode(buffer, offset, length)
    const stale = this.#options.statuses === 'true' && group.ttl > 0n && time !== undefined && this.#options.now - time > group.ttl
    cells.values[cell] = stale && !this.#options.staleValues ? null : value
    cells.statuses[cell] = stale ? OUTSIDE_MAX_AGE : value !== null || this.#options.statuses === 'python' ? PRESENT : NULL_VALUE
    cells.eventTimes[cell] = time ?? 0n
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
