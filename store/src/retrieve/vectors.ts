import type { OnDemandFeatureView } from '../definition/on-demand-feature-view.ts'
import { storeError } from '../errors.ts'
import type { RowColumns } from '../online/key-rows.ts'
import type { FeatureColumn } from '../online/read.ts'
import { type FeatureStatus, NOT_FOUND, PRESENT, statusName } from '../online/status.ts'
import { runOnDemand } from '../transform/on-demand.ts'
import type { ResolvedRequest } from './asked.ts'

/**
 * Feature vectors as they are stored: columns cost nothing more; rows and statuses are made when they are first asked for.
 * `eventTimes` are microseconds since 1970 (UTC), 0 where nothing was found and for computed features.
 */
export class FeatureVectors {
  readonly #names: readonly string[]
  readonly #columns: ReadonlyMap<string, FeatureColumn>
  readonly #keys: ReadonlyMap<string, ArrayLike<unknown>>
  readonly #length: number
  #rows: readonly Readonly<Record<string, unknown>>[] | undefined
  #statuses: Readonly<Record<string, readonly FeatureStatus[]>> | undefined

  constructor(keys: ReadonlyMap<string, ArrayLike<unknown>>, columns: ReadonlyMap<string, FeatureColumn>, length: number) {
    this.#keys = keys
    this.#columns = columns
    this.#names = [...keys.keys(), ...columns.keys()]
    this.#length = length
  }

  /** How many rows were asked for. */
  get length(): number {
    return this.#length
  }

  /** One record a row: its join keys, then its features; null where there is no value. */
  get rows(): readonly Readonly<Record<string, unknown>>[] {
    this.#rows ??= Array.from({ length: this.#length }, (_, row) => {
      const record: Record<string, unknown> = {}
      for (const [name, values] of this.#keys) record[name] = values[row]
      for (const [name, column] of this.#columns) record[name] = column.values[row]
      return record
    })
    return this.#rows
  }

  /** The same by columns. */
  get columns(): Readonly<Record<string, ArrayLike<unknown>>> {
    return Object.fromEntries(this.#names.map((name) => [name, this.#keys.get(name) ?? this.#columns.get(name)?.values ?? []]))
  }

  /** Why each value is what it is, by feature. */
  get statuses(): Readonly<Record<string, readonly FeatureStatus[]>> {
    this.#statuses ??= Object.fromEntries([...this.#columns].map(([name, { statuses }]) => [name, Array.from(statuses, statusName)]))
    return this.#statuses
  }

  /** When each value was true, by feature. */
  get eventTimes(): Readonly<Record<string, BigInt64Array>> {
    return Object.fromEntries([...this.#columns].map(([name, { eventTimes }]) => [name, eventTimes]))
  }
}

/**
 * Finds the code of an on-demand view: a definition that was passed in, held against what was applied. Undefined where it is Python's and
 * the caller would rather go without.
 */
export type FindTransform = (view: OnDemandFeatureView) => OnDemandFeatureView | undefined

/** A computed column; without code there is nothing to be found. */
const computed = (values: ArrayLike<unknown> | undefined, rows: number): FeatureColumn => ({
  values: values === undefined ? new Array<null>(rows).fill(null) : Array.from(values),
  statuses: new Uint8Array(rows).fill(values === undefined ? NOT_FOUND : PRESENT),
  eventTimes: new BigInt64Array(rows),
})

/** Computes what has to be computed and lays the answer out as it was asked for. */
export const assembleVectors = (
  request: ResolvedRequest,
  rows: RowColumns,
  stored: readonly FeatureColumn[],
  find: FindTransform,
): FeatureVectors => {
  const steps = request.steps.map(({ view, inputs }) => {
    const columns = Object.fromEntries(
      inputs.map(({ name, from }) => [name, 'stored' in from ? (stored[from.stored]?.values ?? []) : (rows.column(from.request) ?? [])]),
    )
    const code = find(view)
    return code === undefined ? undefined : new Map(runOnDemand(code, columns, rows.rows).map((column) => [column.name, column.values]))
  })
  const columns = new Map<string, FeatureColumn>()
  for (const { name, from } of request.outputs) {
    const column = 'stored' in from ? stored[from.stored] : computed(steps[from.step]?.get(from.feature), rows.rows)
    if (column === undefined) throw storeError('STORE_ONLINE_ROW_INVALID', [`nothing was read for "${name}"`])
    columns.set(name, column)
  }
  const keys = new Map(request.joinKeys.map(({ name }) => [name, rows.column(name) ?? []]))
  return new FeatureVectors(keys, columns, rows.rows)
}
