import type { Kind, Pagination } from './object.ts'
import type { Run } from './run.ts'

/**
 * fresh: age ≤ 80 % of the allowed age; ageing: ≤ 100 %; late: above; never: no materialization known; unknown: no allowed age
 * (no TTL and no schedule) or the store did not answer. The allowed age is the TTL, else twice the schedule's period.
 */
export type FreshnessState = 'fresh' | 'ageing' | 'late' | 'never' | 'unknown'

/** `GET /freshness?project=&state=late&view=&q=&sort_by=lateness|view|age|owner&sort_order=&page=&limit=` (late first if unsorted). */
export interface FreshnessAnswer {
  readonly at: string
  readonly freshness: readonly Freshness[]
  /** Over the whole project, not the page; unknown project: all. */
  readonly counts: Readonly<Record<FreshnessState, number>>
  readonly pagination: Pagination
}

export interface Freshness {
  readonly view: string
  readonly kind: Kind
  readonly project: string
  readonly owner: string
  readonly tags: Readonly<Record<string, string>>
  readonly online: boolean
  readonly ttlSeconds: number | null
  readonly schedule: string | null
  readonly scheduleSeconds: number | null
  /** The age that `state` is judged by, see {@link FreshnessState}. */
  readonly allowedSeconds: number | null
  readonly ageSeconds: number | null
  /** Newest event time known online, and how it is known: asked of the store, or the end of the last interval. */
  readonly lastEvent: string | null
  readonly lastEventFrom: 'online' | 'interval' | null
  readonly lastRun: Run | null
  readonly state: FreshnessState
}
