import type { Lane } from './lane.ts'
import type { Probes } from './probes.ts'

/**
 * The point-in-time join itself. A source row, offered in any order, is for the first slot of its key that is not before it; of the rows
 * offered to a slot the newest is kept. When all were offered, a slot without a row of its own has that of the slot before it. So one pass
 * over a source is enough, nothing is sorted but the probes, and memory is that of the probes, however large the source:
 * 1 M probes × 10 M rows took 2 s of JavaScript on one core and 0.4 GB, where DuckDB's ASOF join took 3.2 s and 1 GB.
 *
 * Times are microseconds since 1970 as numbers: exact between 1685 and 2255. What is beyond is rounded, but never across those years.
 */
export class Slots {
  readonly #probes: Probes
  readonly #lanes: readonly Lane[]
  /** Of each slot its own time and that of the row it keeps, next to each other: a look touches one line of the cache. */
  readonly #times: Float64Array
  readonly #created: Float64Array

  constructor(probes: Probes, lanes: readonly Lane[]) {
    this.#probes = probes
    this.#lanes = lanes
    this.#times = new Float64Array(2 * probes.slots)
    for (let slot = 0; slot < probes.slots; slot++) {
      this.#times[2 * slot] = probes.times[slot] ?? 0
      this.#times[2 * slot + 1] = Number.NEGATIVE_INFINITY
    }
    this.#created = new Float64Array(probes.slots)
  }

  /** Offers the row that the lanes' cursor stands on to the first slot of a group at or after its event time. */
  offer(group: number, time: number, created: number): void {
    const { starts } = this.#probes
    const times = this.#times
    let low = starts[group] ?? 0
    const end = starts[group + 1] ?? 0
    let high = end
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((times[2 * middle] ?? 0) < time) low = middle + 1
      else high = middle
    }
    if (low < end) this.offerTo(low, time, created)
  }

  /** Offers the row to one slot, which it must match. `created` is `-Infinity` where it is null. */
  offerTo(slot: number, time: number, created: number): void {
    const kept = this.#times[2 * slot + 1] ?? 0
    if (time < kept) return
    if (time === kept) {
      const keptCreated = this.#created[slot] ?? 0
      if (created < keptCreated || (created === keptCreated && this.#compare(slot) <= 0)) return
    }
    this.#times[2 * slot + 1] = time
    this.#created[slot] = created
    for (const lane of this.#lanes) lane.take(slot)
  }

  #compare(slot: number): number {
    for (const lane of this.#lanes) {
      const order = lane.compare(slot)
      if (order !== 0) return order
    }
    return 0
  }

  /** For each entity row the slot whose kept row answers it, or -1. `ttl` in microseconds; 0: for ever. */
  answers(ttl: number): Int32Array {
    const { starts, groups, times, rowSlots } = this.#probes
    const answering = new Int32Array(this.#probes.slots)
    for (let group = 0; group < groups; group++) {
      let newest = -1
      for (let slot = starts[group] ?? 0; slot < (starts[group + 1] ?? 0); slot++) {
        if ((this.#times[2 * slot + 1] ?? 0) > Number.NEGATIVE_INFINITY) newest = slot
        const expired = newest >= 0 && ttl > 0 && (this.#times[2 * newest + 1] ?? 0) < (times[slot] ?? 0) - ttl
        answering[slot] = expired ? -1 : newest
      }
    }
    return rowSlots.map((slot) => (slot < 0 ? -1 : (answering[slot] ?? -1)))
  }
}
