/**
 * One column of the source row that an engine's cursor stands on. `long` are 64-bit integers in two halves, so that reading one makes no
 * bigint; `value` is anything else, null where absent.
 */
export type Cell =
  | { readonly kind: 'number'; readonly isNull: () => boolean; readonly number: () => number }
  | { readonly kind: 'long'; readonly isNull: () => boolean; readonly high: () => number; readonly low: () => number }
  | { readonly kind: 'value'; readonly value: () => unknown }

/** The values that were kept of one column, a slot each. A slot that took none has none to give. */
export interface Lane {
  /** Keeps the cursor's value. */
  take(slot: number): void
  /** Negative, zero or positive as the cursor's value is less than, equal to or greater than the kept one. Null is least, NaN greatest. */
  compare(slot: number): number
  /** The kept values for slots, null for slot -1: a typed array when none is null. */
  read(slots: Int32Array): ArrayLike<unknown>
}

/**
 * Lanes in the order that ties are decided in: by the source's column names, so that the order of the request has no say.
 * `lanes` are in the order of the features.
 */
export const tieOrder = (
  view: { readonly features: readonly { readonly sourceColumn: string }[] },
  lanes: readonly Lane[],
): readonly Lane[] =>
  view.features
    .map(({ sourceColumn }, place) => ({ sourceColumn, place }))
    .sort((a, b) => (a.sourceColumn < b.sourceColumn ? -1 : 1))
    .flatMap(({ place }) => lanes[place] ?? [])

/** Makes the lane of a cell. */
export const laneOf = (cell: Cell, slots: number): Lane => {
  if (cell.kind === 'number') return new NumberLane(cell, slots)
  return cell.kind === 'long' ? new LongLane(cell, slots) : new ValueLane(cell, slots)
}

/** -0 before 0, NaN last: as PostgreSQL has it, with the zeros told apart. */
const compareNumbers = (a: number, b: number): number => {
  if (a < b) return -1
  if (a > b) return 1
  if (a === b) return a === 0 ? Number(Object.is(b, -0)) - Number(Object.is(a, -0)) : 0
  return Number(Number.isNaN(a)) - Number(Number.isNaN(b))
}

class NumberLane implements Lane {
  readonly #cell: Extract<Cell, { kind: 'number' }>
  readonly #numbers: Float64Array
  /** Slots that keep null. Most columns never have one: then nothing is noted, which a write to memory far away costs. */
  readonly #absent: Uint8Array
  #nulls = false

  constructor(cell: Extract<Cell, { kind: 'number' }>, slots: number) {
    this.#cell = cell
    this.#numbers = new Float64Array(slots)
    this.#absent = new Uint8Array(slots)
  }

  take(slot: number): void {
    const absent = this.#cell.isNull()
    if (absent || this.#nulls) this.#note(slot, absent)
    if (!absent) this.#numbers[slot] = this.#cell.number()
  }

  #note(slot: number, absent: boolean): void {
    this.#nulls = true
    this.#absent[slot] = absent ? 1 : 0
  }

  compare(slot: number): number {
    const present = this.#cell.isNull() ? 0 : 1
    const kept = this.#absent[slot] === 1 ? 0 : 1
    return present === 1 && kept === 1 ? compareNumbers(this.#cell.number(), this.#numbers[slot] ?? 0) : present - kept
  }

  read(slots: Int32Array): ArrayLike<unknown> {
    const values = new Float64Array(slots.length)
    for (let row = 0; row < slots.length; row++) {
      const slot = slots[row] ?? -1
      if (slot < 0 || this.#absent[slot] === 1) return this.#withNulls(slots)
      values[row] = this.#numbers[slot] ?? 0
    }
    return values
  }

  #withNulls(slots: Int32Array): ArrayLike<unknown> {
    const values: (number | null)[] = new Array(slots.length)
    for (let row = 0; row < slots.length; row++) {
      const slot = slots[row] ?? -1
      values[row] = slot < 0 || this.#absent[slot] === 1 ? null : (this.#numbers[slot] ?? 0)
    }
    return values
  }
}

class LongLane implements Lane {
  readonly #cell: Extract<Cell, { kind: 'long' }>
  readonly #halves: Int32Array
  readonly #longs: BigInt64Array
  /** Slots that keep null. Most columns never have one: then nothing is noted, which a write to memory far away costs. */
  readonly #absent: Uint8Array
  #nulls = false

  constructor(cell: Extract<Cell, { kind: 'long' }>, slots: number) {
    this.#cell = cell
    this.#longs = new BigInt64Array(slots)
    // Node runs on little-endian machines alone: the low half comes first.
    this.#halves = new Int32Array(this.#longs.buffer)
    this.#absent = new Uint8Array(slots)
  }

  take(slot: number): void {
    const absent = this.#cell.isNull()
    if (absent || this.#nulls) this.#note(slot, absent)
    if (absent) return
    this.#halves[2 * slot] = this.#cell.low()
    this.#halves[2 * slot + 1] = this.#cell.high()
  }

  #note(slot: number, absent: boolean): void {
    this.#nulls = true
    this.#absent[slot] = absent ? 1 : 0
  }

  compare(slot: number): number {
    const present = this.#cell.isNull() ? 0 : 1
    const kept = this.#absent[slot] === 1 ? 0 : 1
    if (present === 0 || kept === 0) return present - kept
    return this.#cell.high() - (this.#halves[2 * slot + 1] ?? 0) || (this.#cell.low() >>> 0) - ((this.#halves[2 * slot] ?? 0) >>> 0)
  }

  read(slots: Int32Array): ArrayLike<unknown> {
    const values = new BigInt64Array(slots.length)
    const halves = new Int32Array(values.buffer)
    for (let row = 0; row < slots.length; row++) {
      const slot = slots[row] ?? -1
      if (slot < 0 || this.#absent[slot] === 1) return this.#withNulls(slots)
      halves[2 * row] = this.#halves[2 * slot] ?? 0
      halves[2 * row + 1] = this.#halves[2 * slot + 1] ?? 0
    }
    return values
  }

  #withNulls(slots: Int32Array): ArrayLike<unknown> {
    const values: (bigint | null)[] = new Array(slots.length)
    for (let row = 0; row < slots.length; row++) {
      const slot = slots[row] ?? -1
      values[row] = slot < 0 || this.#absent[slot] === 1 ? null : (this.#longs[slot] ?? 0n)
    }
    return values
  }
}

class ValueLane implements Lane {
  readonly #cell: Extract<Cell, { kind: 'value' }>
  readonly #values: unknown[]

  constructor(cell: Extract<Cell, { kind: 'value' }>, slots: number) {
    this.#cell = cell
    this.#values = new Array(slots).fill(null)
  }

  take(slot: number): void {
    this.#values[slot] = this.#cell.value()
  }

  compare(slot: number): number {
    const value = this.#cell.value()
    const kept = this.#values[slot] ?? null
    if (value === null || kept === null) return Number(value !== null) - Number(kept !== null)
    return Buffer.compare(sortable(value), sortable(kept))
  }

  read(slots: Int32Array): ArrayLike<unknown> {
    const values: unknown[] = new Array(slots.length)
    for (let row = 0; row < slots.length; row++) values[row] = this.#values[slots[row] ?? -1] ?? null
    return values
  }
}

/** Bytes that order values of one type: any order will do, as long as every engine and plan has the same. */
const sortable = (value: unknown): Buffer => {
  if (value instanceof Uint8Array) return Buffer.from(value)
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value, plain))
}

const plain = (_: string, value: unknown): unknown => {
  if (typeof value === 'bigint') return `${value}n`
  if (value instanceof Set) return [...value].map((item) => JSON.stringify(item, plain)).sort()
  if (value instanceof Map) return [...value]
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value
}
