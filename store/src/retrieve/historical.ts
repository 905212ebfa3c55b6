import type { Batch, Column } from '../definition/batch.ts'
import type { AnyStoredView } from '../definition/definition.ts'
import type { Field } from '../definition/field.ts'
import { allowed, storeError } from '../errors.ts'
import type { EntityRows } from '../offline/entity-rows.ts'
import type { Explanation } from '../offline/explanation.ts'
import { momentOf } from '../offline/moment.ts'
import type { ColumnHeader, OfflineStore, Retrieval, Strategy, ViewRequest, Work } from '../offline/offline.ts'
import { runOnDemand } from '../transform/on-demand.ts'
import type { ResolvedRequest } from './asked.ts'
import { viewRequest } from './source-columns.ts'
import type { FindTransform } from './vectors.ts'

/**
 * The rows of a training set: given ones, or every moment of a range (microseconds since 1970, inclusive). A range without an end ends now;
 * one without a start is as long as the longest ttl of its views, or 30 days where none has one, as Feast has it.
 */
export type TrainingRows =
  | { readonly entityRows: EntityRows; readonly eventTimestampColumn?: string }
  | { readonly start?: bigint; readonly end?: bigint }

/** What a historical retrieval takes besides what is asked for. */
export interface HistoricalOptions extends Work {
  /** Gives nulls for features whose code is Python's, instead of an error that names their view. */
  readonly skipOnDemand?: boolean
  readonly strategy?: Strategy
}

/** The name of a stored feature while it is on its way: no user's column can have it. */
const inner = (place: number): string => `charmed_feast:${place}`

const viewsOf = (request: ResolvedRequest): readonly ViewRequest[] => {
  const groups = new Map<
    string,
    { view: AnyStoredView; alias: string; joinKeyMap: Readonly<Record<string, string>>; fields: { field: Field; name: string }[] }
  >()
  request.stored.forEach(({ view, alias, joinKeyMap, field }, place) => {
    const id = JSON.stringify([alias, joinKeyMap])
    const group = groups.get(id) ?? { view, alias, joinKeyMap, fields: [] }
    group.fields.push({ field, name: inner(place) })
    groups.set(id, group)
  })
  return [...groups.values()].map(({ view, ...options }) => viewRequest(view, options))
}

const monthMicroseconds = 30n * 86_400_000_000n

const rangeOf = (request: ResolvedRequest, given: { readonly start?: bigint; readonly end?: bigint }, now: bigint) => {
  const end = given.end ?? now
  const longest = request.stored.reduce(
    (most, { view }) => ((view.ttl?.microseconds ?? 0n) > most ? (view.ttl?.microseconds ?? 0n) : most),
    0n,
  )
  return { start: given.start ?? end - (longest === 0n ? monthMicroseconds : longest), end }
}

const isInner = ({ name }: { readonly name: string }): boolean => name.startsWith('charmed_feast:')

const typeOf = (request: ResolvedRequest, output: ResolvedRequest['outputs'][number]): ColumnHeader['type'] => {
  const { from } = output
  const field =
    'stored' in from ? request.stored[from.stored]?.field : request.steps[from.step]?.view.fields.find(({ name }) => name === from.feature)
  return field?.type ?? { name: 'UNKNOWN' }
}

/** Computes what has to be computed of one batch, and lays its columns out as they were asked for: entity columns, then features. */
const layOut = (request: ResolvedRequest, batch: Batch, find: FindTransform): Batch => {
  const byName = new Map(batch.columns.map((column) => [column.name, column]))
  const stored = (place: number): Column => byName.get(inner(place)) ?? { name: inner(place), type: { name: 'UNKNOWN' }, values: [] }
  const steps = request.steps.map(({ view, inputs }) => {
    const columns = Object.fromEntries(
      inputs.map(({ name, from }) => [name, 'stored' in from ? stored(from.stored).values : (byName.get(from.request)?.values ?? [])]),
    )
    const code = find(view)
    return code === undefined ? undefined : new Map(runOnDemand(code, columns, batch.rows).map((column) => [column.name, column]))
  })
  const features = request.outputs.map(({ name, from }): Column => {
    const column = 'stored' in from ? stored(from.stored) : steps[from.step]?.get(from.feature)
    return { name, type: column?.type ?? { name: 'UNKNOWN' }, values: column?.values ?? new Array<null>(batch.rows).fill(null) }
  })
  return { rows: batch.rows, columns: [...batch.columns.filter((column) => !isInner(column)), ...features] }
}

/**
 * Answers why a feature of a row of a training set has the value that it has.
 *
 * @throws STORE_FEATURE_NOT_FOUND for a feature that was not asked for, or one that is computed: its inputs can be asked about
 * @throws STORE_ENTITY_ROW_INVALID for a row without an event time
 */
export const explainIn =
  (request: ResolvedRequest, offline: OfflineStore, eventTimestampColumn = 'event_timestamp') =>
  async (row: Readonly<Record<string, unknown>>, feature: string): Promise<Explanation> => {
    const output = request.outputs.find(({ name }) => name === feature)
    const stored = output !== undefined && 'stored' in output.from ? request.stored[output.from.stored] : undefined
    if (stored === undefined) {
      const known = request.outputs.flatMap(({ name, from }) => ('stored' in from ? [name] : []))
      throw storeError('STORE_FEATURE_NOT_FOUND', [feature, 'what is read of history', allowed(known)])
    }
    const eventTime = momentOf(row[eventTimestampColumn])
    if (eventTime === undefined) throw storeError('STORE_ENTITY_ROW_INVALID', ['0', eventTimestampColumn, 'it is no time'])
    const { view, alias, joinKeyMap, field } = stored
    return await offline.explain({
      view: viewRequest(view, { alias, joinKeyMap, fields: [{ field, name: feature }] }),
      row,
      eventTime,
      feature,
    })
  }

/**
 * Features as they were: for each row, of every view, the newest values that were there at the row's event time, and what on-demand views
 * make of them. Nothing runs before it is read.
 */
export const historicalRetrieval = (
  request: ResolvedRequest,
  rows: TrainingRows,
  offline: OfflineStore,
  options: Omit<HistoricalOptions, 'skipOnDemand'> & { readonly find: FindTransform; readonly now: bigint },
): Retrieval => {
  const { find, now, ...rest } = options
  const views = viewsOf(request)
  const stored =
    'entityRows' in rows
      ? offline.pointInTime({ ...rest, ...rows, views })
      : offline.range({ ...rest, ...rangeOf(request, rows, now), views })
  return {
    plan: stored.plan,
    header: async () => [
      ...(await stored.header()).filter((column) => !isInner(column)),
      ...request.outputs.map((output) => ({ name: output.name, type: typeOf(request, output) })),
    ],
    async *batches() {
      for await (const batch of stored.batches()) yield layOut(request, batch, find)
    },
  }
}
