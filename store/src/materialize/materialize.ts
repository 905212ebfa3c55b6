import { randomUUID } from 'node:crypto'
import type { SourceBatch } from '../definition/batch.ts'
import type { AnyStoredView } from '../definition/definition.ts'
import { storeError } from '../errors.ts'
import type { OfflineStore } from '../offline/offline.ts'
import type { OnlineStore } from '../online/online.ts'
import type { Interval } from '../registry/interval.ts'
import { historyOf, sourceFeatures, sourceKeys } from '../retrieve/source-columns.ts'

/** How far a materialization is. */
export interface MaterializeProgress {
  readonly view: string
  /** Entities read so far. */
  readonly rows: number
  /** Seconds since the view was begun. */
  readonly seconds: number
}

/** What materializing one view did. */
export interface MaterializeResult extends Interval {
  readonly view: string
  readonly jobId: string
  /** Entities. */
  readonly rows: number
  /** Source rows without a join key. */
  readonly skippedRows: number
  /** Feature values read. */
  readonly values: number
  /** Values that became what is served; undefined where nothing could be older. */
  readonly written: number | undefined
  readonly seconds: number
}

/** Notes in the registry that an interval is done. Doing so twice must change nothing. */
export interface IntervalRecorder {
  record(view: string, interval: Interval): Promise<void>
}

/** What a materialization works with. */
export interface MaterializeRooms {
  readonly project: string
  readonly offline: OfflineStore
  readonly online: OnlineStore
  readonly intervals: IntervalRecorder
  /** Microseconds since 1970 (UTC). */
  readonly now: () => bigint
}

/** What a materialization takes besides its window. */
export interface MaterializeWork {
  readonly requestedBy?: string
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: MaterializeProgress) => void
}

/** Source columns come back under their own names; the online store knows fields. */
const asFields = async function* (batches: AsyncIterable<SourceBatch>, names: ReadonlyMap<string, string>): AsyncGenerator<SourceBatch> {
  for await (const batch of batches)
    yield { ...batch, columns: batch.columns.map((column) => ({ ...column, name: names.get(column.name) ?? column.name })) }
}

/**
 * Loads the newest row of each entity in a window into the online store. The values and our own record of them are committed together; the
 * interval follows in the registry, and is repaired by {@link repairIntervals} should we die in between.
 *
 * @throws STORE_VIEW_NOT_ONLINE for a view that is not served online
 */
export const materializeView = async (
  rooms: MaterializeRooms,
  view: AnyStoredView,
  window: Interval,
  work: MaterializeWork = {},
): Promise<MaterializeResult> => {
  if (!view.online) throw storeError('STORE_VIEW_NOT_ONLINE', [view.name])
  const source = historyOf(view)
  const began = rooms.now()
  const seconds = () => Number(rooms.now() - began) / 1e6
  const jobId = randomUUID()
  let skipped = 0
  const joinKeys = sourceKeys(view, source)
  const batches = rooms.offline.pullLatest({
    source,
    joinKeys,
    features: sourceFeatures(
      source,
      view.fields.map((field) => ({ field, name: field.name })),
    ),
    ...window,
    onSkipped: (rows) => {
      skipped += rows
    },
    ...(work.signal === undefined ? {} : { signal: work.signal }),
  })
  const names = new Map(joinKeys.map(({ key, rowColumn }) => [key, rowColumn]))
  const loaded = await rooms.online.load(view, asFields(batches, names), {
    distinct: true,
    job: { id: jobId, project: rooms.project, view: view.name, ...window, requestedBy: work.requestedBy ?? '' },
    ...(work.signal === undefined ? {} : { signal: work.signal }),
    onProgress: ({ rows }) => work.onProgress?.({ view: view.name, rows, seconds: seconds() }),
  })
  await rooms.intervals.record(view.name, window)
  await rooms.online.markRecorded([jobId])
  return { view: view.name, jobId, ...window, ...loaded, skippedRows: loaded.skippedRows + skipped, seconds: seconds() }
}

/** Records the intervals of jobs that wrote their values and died before the registry knew: what a crash between the two leaves. */
export const repairIntervals = async (rooms: Pick<MaterializeRooms, 'project' | 'online' | 'intervals'>): Promise<number> => {
  const jobs = await rooms.online.unrecordedJobs(rooms.project)
  for (const { view, start, end } of jobs) await rooms.intervals.record(view, { start, end })
  if (jobs.length > 0) await rooms.online.markRecorded(jobs.map(({ id }) => id))
  return jobs.length
}
