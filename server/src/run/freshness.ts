import { intervalsOf } from '@charmed-feast/store'
import type { RestObject } from '../registry/rest-object.ts'

/**
 * fresh: age up to 80 % of what is allowed; ageing: up to 100 %; late: above; never: no materialization known; unknown: nothing says
 * how old values may be.
 */
export type FreshnessState = 'fresh' | 'ageing' | 'late' | 'never' | 'unknown'

/** How old the online values of a view are. Ages are seconds. */
export interface Freshness {
  readonly state: FreshnessState
  readonly ageSeconds: number | null
  readonly ttlSeconds: number | null
  readonly schedule: string | null
  readonly scheduleSeconds: number | null
  /** The age that the state is judged by: the ttl, else twice the schedule's period. */
  readonly allowedSeconds: number | null
  /** The end of the newest interval: microseconds since 1970 (UTC). */
  readonly lastEvent: bigint | null
}

/** The tag that says how often a view is materialized: `15m`, `6h`, `1d`. */
const scheduleTag = 'schedule'

const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }

/** Seconds of a length such as `15m`; `null` for anything else. */
export const lengthSeconds = (text: string): number | null => {
  const parts = /^(\d+(?:\.\d+)?)\s*([smhdw])$/.exec(text.trim())
  return parts === null ? null : Number(parts[1]) * (units[parts[2] ?? ''] ?? 0)
}

const stateOf = (age: number | null, allowed: number | null): FreshnessState => {
  if (age === null) return 'never'
  if (allowed === null) return 'unknown'
  return age <= allowed * 0.8 ? 'fresh' : age <= allowed ? 'ageing' : 'late'
}

const isMaterialized = ({ stored: { message } }: RestObject): boolean =>
  message.$typeName === 'feast.core.FeatureView' || message.$typeName === 'feast.core.StreamFeatureView'

const ttlOf = ({ stored: { message } }: RestObject): number | null => {
  if (message.$typeName !== 'feast.core.FeatureView' && message.$typeName !== 'feast.core.StreamFeatureView') return null
  const { ttl } = message.spec ?? {}
  const seconds = ttl === undefined ? 0 : Number(ttl.seconds) + ttl.nanos / 1e9
  return seconds > 0 ? seconds : null
}

/** How fresh a view is, by the intervals that the registry knows; `undefined` for what is never materialized. */
export const freshnessOf = (view: RestObject, now: bigint): Freshness | undefined => {
  if (!isMaterialized(view)) return undefined
  const ends = intervalsOf(view.stored.message).map(({ end }) => end)
  const lastEvent = ends.toSorted((a, b) => (a < b ? -1 : 1)).at(-1) ?? null
  const ageSeconds = lastEvent === null ? null : Math.max(0, Number((now - lastEvent) / 1000n) / 1000)
  const ttlSeconds = ttlOf(view)
  const schedule = view.head.tags[scheduleTag] ?? null
  const scheduleSeconds = schedule === null ? null : lengthSeconds(schedule)
  const allowedSeconds = ttlSeconds ?? (scheduleSeconds === null ? null : scheduleSeconds * 2)
  return { state: stateOf(ageSeconds, allowedSeconds), ageSeconds, ttlSeconds, schedule, scheduleSeconds, allowedSeconds, lastEvent }
}
