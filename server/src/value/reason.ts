import type { Json } from '../json.ts'

/** Why the online store and history agree or do not. */
export type ReasonCode =
  | 'equal'
  | 'expired_by_ttl'
  | 'never_materialized'
  | 'materialized_before_event'
  | 'pushed_newer'
  | 'entity_unknown'
  | 'transform_differs'
  | 'type_coerced'
  | 'no_permission'

/** What is known of one value. Moments are microseconds since 1970 (UTC). */
export interface Facts {
  readonly online: Json
  readonly offline: Json
  readonly status: string
  /** When the online value was true; 0 where there is none. */
  readonly eventTime: bigint
  /** The end of the newest interval that was loaded. */
  readonly materializedTo: bigint | null
  /** 0: for ever. */
  readonly ttl: bigint
  readonly now: bigint
  readonly computed: boolean
}

const sameText = (a: Json, b: Json): boolean => {
  const [x, y] = [Number(a), Number(b)]
  return String(a) === String(b) || (Number.isFinite(x) && Number.isFinite(y) && Math.fround(x) === Math.fround(y))
}

/**
 * Why two values differ, by the first thing that explains it.
 *
 * @example
 * reasonOf({ ...facts, online: 1, offline: 1 }) // 'equal'
 */
export const reasonOf = ({ online, offline, status, eventTime, materializedTo, ttl, now, computed }: Facts): ReasonCode => {
  if (JSON.stringify(online) === JSON.stringify(offline)) return online === null && status === 'NOT_FOUND' ? 'entity_unknown' : 'equal'
  if (computed) return 'transform_differs'
  if (online !== null && offline !== null && sameText(online, offline)) return 'type_coerced'
  if (status === 'OUTSIDE_MAX_AGE' || (ttl > 0n && eventTime > 0n && now - eventTime > ttl)) return 'expired_by_ttl'
  if (eventTime > 0n && (materializedTo === null || eventTime > materializedTo)) return 'pushed_newer'
  if (materializedTo === null) return 'never_materialized'
  if (online === null && status === 'NOT_FOUND' && offline === null) return 'entity_unknown'
  return 'materialized_before_event'
}
