import type { Value, ValueColumn } from './value.ts'

/** `POST /historical/preview`: the point-in-time join of at most 20 rows, and for each row and view how its values were chosen. */
export interface HistoricalRequest {
  readonly project: string
  readonly features: readonly string[] | null
  readonly feature_service: string | null
  /** Each with its join keys and `event_timestamp`; `null` with `sql` or `source`. */
  readonly rows: readonly Readonly<Record<string, Value>>[] | null
  /** One SELECT that yields the join keys and `event_timestamp`; needs the switch `sql`. */
  readonly sql: string | null
  /** A data source's name: its newest rows within `start` and `end` are the rows. */
  readonly source: string | null
  readonly start: string | null
  readonly end: string | null
  readonly full_feature_names: boolean
}

export interface HistoricalAnswer {
  readonly columns: readonly ValueColumn[]
  readonly rows: readonly (readonly Value[])[]
  /** Keyed by the view as {@link ValueColumn.ref} names it; one explanation a row, in their order; `null` where the view has no source to explain (on demand). */
  readonly explanations: Readonly<Record<string, readonly (RowExplanation | null)[]>>
  readonly truncated: boolean
  readonly milliseconds: number
}

export interface RowExplanation {
  readonly entity: Readonly<Record<string, Value>>
  /** The row's event timestamp: nothing later may be seen. */
  readonly asOf: string
  /** `asOf` minus the TTL; `null` without TTL. */
  readonly windowStart: string | null
  /** At most 12 around `asOf`, oldest first. */
  readonly candidates: readonly Candidate[]
  readonly olderNotSent: number
  readonly newerNotSent: number
}

/**
 * chosen: the newest at or before `asOf` within the TTL; superseded: a newer one was chosen; earlier_created: same event time,
 * created earlier; expired: older than the TTL allows; future: later than `asOf`.
 */
export interface Candidate {
  readonly eventTime: string
  readonly created: string | null
  readonly verdict: 'chosen' | 'superseded' | 'earlier_created' | 'expired' | 'future'
  readonly values: Readonly<Record<string, Value>>
}

/**
 * `POST /historical/export?format=csv|parquet` with a {@link HistoricalRequest} (any number of rows up to the limit of `/status`):
 * answers the file itself with `Content-Disposition`.
 */
export type ExportFormat = 'csv' | 'parquet'
