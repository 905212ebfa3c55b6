import type { Pagination } from './object.ts'

export type RunState = 'queued' | 'running' | 'cancelling' | 'succeeded' | 'failed' | 'cancelled' | 'lost'

/** `GET /runs?project=&view=&state=&page=&limit=` (newest first) → {@link RunsAnswer}; `GET /runs/{id}` → Run. */
export interface Run {
  readonly id: string
  readonly project: string
  readonly kind: 'materialize' | 'incremental' | 'backfill'
  readonly state: RunState
  /** `feast`: another program did it and left only its interval; user, rows and times are then `null`. */
  readonly recordedBy: 'server' | 'store' | 'feast'
  readonly user: string | null
  readonly views: readonly string[]
  /** The range of event times. */
  readonly start: string
  readonly end: string
  readonly createdAt: string | null
  readonly startedAt: string | null
  readonly finishedAt: string | null
  readonly rows: string | null
  readonly bytes: string | null
  readonly progress: RunProgress | null
  readonly error: { readonly code: string | null; readonly message: string } | null
  /** One a view, in `views` order; `[]` when only the interval is known. */
  readonly parts: readonly RunPart[]
}

export interface RunProgress {
  readonly rows: string
  readonly totalRows: string | null
  readonly rowsPerSecond: number | null
  readonly secondsLeft: number | null
}

export interface RunPart {
  readonly view: string
  readonly state: RunState
  readonly rows: string | null
  readonly totalRows: string | null
  readonly startedAt: string | null
  readonly finishedAt: string | null
  readonly error: string | null
}

export interface RunsAnswer {
  readonly runs: readonly Run[]
  readonly pagination: Pagination
}

/** `POST /runs`: 201 with the {@link Run}; with `dry_run` 200 with {@link RunEstimate}. `DELETE /runs/{id}`: 202 with the Run. */
export interface RunRequest {
  readonly project: string
  readonly views: readonly string[]
  readonly mode: 'range' | 'incremental'
  /** Needed for `range`; for `incremental` only `end` counts (default: now). */
  readonly start: string | null
  readonly end: string | null
  readonly dry_run: boolean
}

export interface RunEstimate {
  readonly views: readonly {
    readonly view: string
    readonly start: string
    readonly end: string
    /** `null`: the offline store could not say in time. */
    readonly rows: string | null
    readonly exact: boolean
    /** Part of the range that is covered already. */
    readonly coveredSeconds: number
  }[]
  readonly rows: string | null
  readonly secondsExpected: number | null
  readonly warnings: readonly string[]
}

/** `GET /coverage?project=&view=&from=&to=` (default: the last 30 days). Segments are sorted, touch, and fill the range. */
export interface Coverage {
  readonly view: string
  readonly from: string
  readonly to: string
  readonly segments: readonly CoverageSegment[]
  readonly coveredSeconds: number
  readonly gapSeconds: number
}

/** `before`: earlier than the first data known, so no gap. */
export interface CoverageSegment {
  readonly start: string
  readonly end: string
  readonly state: 'covered' | 'gap' | 'failed' | 'running' | 'before'
  readonly run: string | null
}
