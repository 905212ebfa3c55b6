import type { Batch, SourceBatch } from '../definition/batch.ts'
import type { AnyStoredView } from '../definition/definition.ts'
import { allowed, storeError } from '../errors.ts'
import { batchOfRows } from '../offline/column-data.ts'
import { momentOf } from '../offline/moment.ts'
import type { OfflineStore } from '../offline/offline.ts'
import type { OnlineStore } from '../online/online.ts'
import { historyOf, sourceColumn } from '../retrieve/source-columns.ts'

/** Where pushed rows go. */
export type PushTarget = 'online' | 'offline' | 'online_and_offline'

/** Rows to push: a value a column of the source, event time and created time included. */
export type PushedRows = readonly Readonly<Record<string, unknown>>[]

/** What a push did, by view. */
export interface PushResult {
  readonly view: string
  readonly rows: number
  /** Values that became what is served; undefined where rows went offline only, or the view is not online. */
  readonly written: number | undefined
}

const timesOf = (view: string, batch: Batch, name: string): bigint[] => {
  const column = batch.columns.find((each) => each.name === name)
  if (column === undefined) throw storeError('STORE_PUSH_ROW_INVALID', [view, '0', name, 'it is missing'])
  return Array.from(column.values, (value, row) => {
    const moment = momentOf(value)
    if (moment === undefined) throw storeError('STORE_PUSH_ROW_INVALID', [view, String(row), name, 'it is no time'])
    return moment
  })
}

/** Pushed rows as the rows of a view's source: fields by their names, with their times. */
const sourceBatch = (view: AnyStoredView, rows: PushedRows): SourceBatch => {
  const source = historyOf(view)
  const batch = batchOfRows(rows)
  const byName = new Map(batch.columns.map((column) => [column.name, column]))
  const needed = [...view.entities.map(({ joinKey, valueType }) => ({ name: joinKey, type: valueType })), ...view.fields]
  const columns = needed.map(({ name, type }) => {
    const column = byName.get(sourceColumn(source, name)) ?? byName.get(name)
    if (column === undefined) throw storeError('STORE_PUSH_ROW_INVALID', [view.name, '0', name, 'it is missing'])
    return { name, type, values: column.values }
  })
  const { timestampField, createdTimestampColumn: created } = source
  const eventTimes = timesOf(view.name, batch, timestampField)
  const createdTimes = created !== '' && byName.has(created) ? timesOf(view.name, batch, created) : new Array<null>(rows.length).fill(null)
  return { rows: rows.length, columns, eventTimes, createdTimes }
}

/** Whether a view has a table in the online store: one that is switched off there takes part in its history only. */
const isServed = (view: AnyStoredView): boolean => view.online && !('disabled' in view && view.disabled)

/**
 * Pushes rows to every view behind a push source: into its history first, where that is asked for, then into the online store, where a
 * newer value stays.
 *
 * @throws STORE_PUSH_SOURCE_NOT_FOUND, STORE_PUSH_ROW_INVALID before anything is written
 */
export const pushRows = async (
  rooms: { readonly views: readonly AnyStoredView[]; readonly online: OnlineStore; readonly offline: OfflineStore },
  name: string,
  rows: PushedRows,
  options: { readonly to: PushTarget; readonly signal?: AbortSignal },
): Promise<readonly PushResult[]> => {
  const pushed = rooms.views.flatMap((view) => {
    const stream = 'streamSource' in view ? view.streamSource : view.source
    return stream?.kind === 'push-source' ? [{ view, source: stream.name }] : []
  })
  const views = pushed.filter(({ source }) => source === name).map(({ view }) => view)
  if (views.length === 0) throw storeError('STORE_PUSH_SOURCE_NOT_FOUND', [name, allowed(new Set(pushed.map(({ source }) => source)))])
  const batches = views.map((view) => ({ view, batch: sourceBatch(view, rows) }))
  const [first] = views
  if (options.to !== 'online' && first !== undefined) await rooms.offline.write(historyOf(first), [batchOfRows(rows)])
  if (options.to === 'offline') return views.map((view) => ({ view: view.name, rows: rows.length, written: undefined }))
  const results: PushResult[] = []
  for (const { view, batch } of batches) {
    if (!isServed(view)) {
      results.push({ view: view.name, rows: rows.length, written: undefined })
      continue
    }
    const loaded = await rooms.online.load(view, [batch], {
      distinct: false,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    })
    results.push({ view: view.name, rows: loaded.rows, written: loaded.written })
  }
  return results
}
