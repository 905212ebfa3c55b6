import type { Batch, SourceBatch } from '../definition/batch.ts'
import type { Duration } from '../definition/duration.ts'
import type { DatasetStorage } from '../definition/saved-dataset.ts'
import type { BatchSource } from '../definition/source.ts'
import type { ValueType } from '../definition/value-type.ts'
import type { EntityRows } from './entity-rows.ts'
import type { Explanation } from './explanation.ts'

// Terms. A *probe* is what a row asks of a view: its keys and its event time. A *slot* is one distinct probe. A *group* is one distinct
// key. A source row *matches* a probe when the keys are equal and event time - ttl <= its time <= event time, both inclusive.

/** A column that rows of a source are found by, and the column of the entity rows that its value comes from. */
export interface JoinKey {
  /** The source's column. */
  readonly key: string
  /** The entity rows' column: another one where a join key map renames it. */
  readonly rowColumn: string
  readonly type: ValueType
}

/** A column of a source that is asked for, and the name it comes back under. */
export interface FeatureColumn {
  readonly sourceColumn: string
  readonly name: string
  readonly type: ValueType
}

/** One view of a request: what of its source is wanted, and how long a value counts. */
export interface ViewRequest {
  /** The view's name or alias: for plans and errors. */
  readonly name: string
  readonly source: BatchSource
  /** None for a view without entities: every row of its source is of one key. */
  readonly joinKeys: readonly JoinKey[]
  readonly features: readonly FeatureColumn[]
  /** Undefined or zero: for ever. */
  readonly ttl: Duration | undefined
}

/** A view's ttl in microseconds; 0 for ever. */
export const ttlOf = ({ ttl }: Pick<ViewRequest, 'ttl'>): number => Number(ttl?.microseconds ?? 0n)

/** What long work takes: a way to stop it, and somebody to tell. */
export interface Work {
  readonly signal?: AbortSignal
  /** Called with the rows done so far. */
  readonly onProgress?: (rows: number) => void
}

/**
 * How a view may be joined; `auto` chooses by shape, the others are for those who know better, and for tests. On PostgreSQL: `lateral` looks
 * every probe up in an index, `sort-merge` sorts probes and rows there, `export` reads the rows that have one of the keys, `scan` reads all.
 * On files: `scan`, and `asof` by DuckDB's own join.
 */
export const strategies = ['auto', 'lateral', 'sort-merge', 'export', 'scan', 'asof'] as const
/** One of {@link strategies}. */
export type Strategy = (typeof strategies)[number]

/** A training set to be made: for each entity row, of every view, the newest row that was there at the row's event time. */
export interface PointInTimeRequest extends Work {
  readonly entityRows: EntityRows
  /** Left out: `event_timestamp`, or the only column of times. */
  readonly eventTimestampColumn?: string
  readonly views: readonly ViewRequest[]
  readonly strategy?: Strategy
}

/** Features over a range of time, without entity rows: of several views, each row of any of them is a moment that all are read at. */
export interface RangeRequest extends Work {
  readonly views: readonly ViewRequest[]
  /** Both inclusive, microseconds since 1970 (UTC). */
  readonly start: bigint
  readonly end: bigint
  readonly strategy?: Strategy
}

/** How one view is joined, and why so. */
export interface ViewPlan {
  readonly view: string
  readonly strategy: Exclude<Strategy, 'auto'>
  readonly reason: string
  /** The statement that reads the source; other statements only bring the probes there. */
  readonly sql: string
  /** An index that would help: for the user to make, we never do. */
  readonly recommends?: string
}

/** The name and type of a column of a result. */
export interface ColumnHeader {
  readonly name: string
  readonly type: ValueType
}

/** A result that is computed when it is read, in memory that does not grow with it. */
export interface Retrieval {
  readonly header: () => Promise<readonly ColumnHeader[]>
  /** The rows, in the order of the entity rows, one for each. Breaking off the loop ends the work. */
  readonly batches: () => AsyncIterable<Batch>
  readonly plan: () => Promise<readonly ViewPlan[]>
}

/** Rows to be pulled out of a source. */
export interface PullRequest extends Work {
  readonly source: BatchSource
  readonly joinKeys: readonly Omit<JoinKey, 'rowColumn'>[]
  readonly features: readonly FeatureColumn[]
  /** Both inclusive, microseconds since 1970 (UTC); left out: no bound. */
  readonly start?: bigint
  readonly end?: bigint
  /** Told how many rows were left out because a join key was null. */
  readonly onSkipped?: (rows: number) => void
}

/** A column of a source as its store describes it. */
export interface SourceColumn {
  readonly name: string
  /** The store's own name of the type: `numeric(10,2)`, `TIMESTAMP WITH TIME ZONE`. */
  readonly storedAs: string
  /** What Feast makes of it; UNKNOWN where Feast makes nothing of it. */
  readonly type: ValueType
  /** Whether it can be an event time. */
  readonly time: boolean
}

/** A question about one value: why is it what it is? */
export interface ExplainRequest {
  readonly view: ViewRequest
  readonly row: Readonly<Record<string, unknown>>
  /** Microseconds since 1970 (UTC). */
  readonly eventTime: bigint
  /** One of the view's features, by its output name. */
  readonly feature: string
  /** The most candidates to show; 50 when left out. */
  readonly limit?: number
}

/**
 * History: where training sets, materialization and saved datasets read from. Event times are UTC; a source's times without a zone are
 * taken as UTC, whatever the session says. Of rows with one key and event time the newest created time wins (NULL lowest), and of those
 * the greatest values, so that every read of the same data gives the same answer.
 */
export interface OfflineStore extends AsyncDisposable {
  pointInTime(request: PointInTimeRequest): Retrieval
  range(request: RangeRequest): Retrieval
  /** The newest row of each key in a window of event time: join keys first, then features. */
  pullLatest(request: PullRequest): AsyncIterable<SourceBatch>
  /** All rows in a window of event time. */
  pullAll(request: PullRequest): AsyncIterable<SourceBatch>
  /** Appends rows to a source: columns by name, its times among them. Gives the number of rows. All of them, or none. */
  write(source: BatchSource, batches: AsyncIterable<Batch> | Iterable<Batch>): Promise<number>
  /** The columns of each source, all as of one moment. Throws STORE_SOURCE_INVALID when one is not there. */
  describeSources(sources: readonly BatchSource[]): Promise<readonly (readonly SourceColumn[])[]>
  /** Keeps a result under a name. Throws STORE_DATASET_EXISTS unless it may be overwritten. */
  persist(storage: DatasetStorage, result: Retrieval, options?: { readonly allowOverwrite?: boolean }): Promise<void>
  readDataset(storage: DatasetStorage): Retrieval
  /** Where a dataset of a name is kept when nobody says. */
  datasetStorage(name: string): DatasetStorage
  explain(request: ExplainRequest): Promise<Explanation>
}
