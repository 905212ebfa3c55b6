import type { SourceBatch } from '../definition/batch.ts'
import type { AnyStoredView } from '../definition/definition.ts'
import type { Job } from './job.ts'
import type { EncodedCounts } from './online-rows.ts'
import type { Reading } from './read.ts'
import type { OnlineTable } from './table.ts'

/** What a table is made of: also a computed view that is written has one. */
export type OnlineView = Pick<AnyStoredView, 'name' | 'fields'>

/** What a load is entered as, before it begins. */
export type JobRequest = Pick<Job, 'id' | 'project' | 'view' | 'start' | 'end' | 'requestedBy'>

/** What a load did. */
export interface LoadResult extends EncodedCounts {
  /** Values that became what is served: all but those that an online value was newer than; undefined where nothing could be older. */
  readonly written: number | undefined
}

/** What loading takes besides rows. */
export interface LoadOptions {
  /** Each key comes once: an empty table may then be filled straight. */
  readonly distinct: boolean
  /** Entered before, and ended in the transaction of the values. Without one nothing is entered: that is how a push writes. */
  readonly job?: JobRequest
  readonly signal?: AbortSignal
  /** Called with what was read so far. */
  readonly onProgress?: (counts: Readonly<EncodedCounts>) => void
}

/** The values that are served now: one table a view, a row a feature and entity, the newest value of each. */
export interface OnlineStore extends AsyncDisposable {
  tableOf(view: AnyStoredView): OnlineTable
  /** Makes the tables that are missing. */
  createTables(views: readonly OnlineView[]): Promise<void>
  /** Removes the tables of views by name, and what was noted of them; those that are not there do no harm. */
  dropTables(views: readonly string[]): Promise<void>
  /** Notes that the tables of views are to go, for whoever comes after a crash. */
  noteDrops(views: readonly string[]): Promise<void>
  /** The views of which {@link noteDrops} was told, and neither {@link dropTables} nor {@link keepTables} since. */
  notedDrops(): Promise<readonly string[]>
  /** Forgets that the tables of views were to go. */
  keepTables(views: readonly string[]): Promise<void>
  /** Fills a reading with what the store has. `snapshot`: all views as of one moment. */
  read(reading: Reading, options?: { readonly snapshot?: boolean; readonly signal?: AbortSignal }): Promise<void>
  /** Writes rows newest-wins, all or none. */
  load(view: AnyStoredView, batches: AsyncIterable<SourceBatch> | Iterable<SourceBatch>, options: LoadOptions): Promise<LoadResult>
  /** Jobs of a project, newest first. None where none ever ran. */
  jobs(project: string, options: { readonly view?: string; readonly limit: number; readonly offset?: number }): Promise<readonly Job[]>
  /** Jobs whose values are there and whose interval the registry may lack, oldest first. */
  unrecordedJobs(project: string): Promise<readonly Job[]>
  markRecorded(ids: readonly string[]): Promise<void>
}
