import { batchOfRows } from './column-data.ts'
import type { EntityChunk } from './entity-rows.ts'
import type { Candidate, Explanation } from './explanation.ts'
import { isoOf } from './moment.ts'
import type { ExplainRequest } from './offline.ts'

/** The most candidates that are shown unless told. */
export const candidateLimit = 50
/** Rows after the event time that are shown: enough to see what was missed. */
export const futureLimit = 3

/** A row of the source with the question's keys. */
export interface SourceRow {
  readonly eventTime: bigint
  readonly createdTime: bigint | null
  readonly value: unknown
}

/** The question as a chunk of one entity row. */
export const chunkOf = ({ row, eventTime }: ExplainRequest): EntityChunk => ({
  ...batchOfRows([row]),
  eventTimes: Float64Array.of(Number(eventTime)),
})

const sameTimes = (a: SourceRow, b: SourceRow): boolean => a.eventTime === b.eventTime && a.createdTime === b.createdTime

const newestFirst = (a: Candidate, b: Candidate): number => {
  if (a.eventTime !== b.eventTime) return a.eventTime > b.eventTime ? -1 : 1
  if (a.createdTime !== b.createdTime) return (a.createdTime ?? a.eventTime - b.eventTime) > (b.createdTime ?? 0n) ? -1 : 1
  return a.verdict === 'chosen' ? -1 : b.verdict === 'chosen' ? 1 : 0
}

const why = (chosen: SourceRow | undefined, rows: readonly SourceRow[], to: bigint, from: bigint | undefined): string => {
  const past = rows.filter(({ eventTime }) => eventTime <= to)
  if (chosen === undefined) {
    const [newest] = [...past].sort((a, b) => (a.eventTime > b.eventTime ? -1 : 1))
    if (newest !== undefined && from !== undefined)
      return `the newest row, of ${isoOf(newest.eventTime)}, is older than the ttl allows: it had to be of ${isoOf(from)} or later`
    return rows.length === 0 ? 'no row of the source has these keys' : `every row with these keys is later than ${isoOf(to)}`
  }
  const atTime = past.filter(({ eventTime }) => eventTime === chosen.eventTime)
  const newest = `the row of ${isoOf(chosen.eventTime)} is the newest that is not later than ${isoOf(to)}`
  if (atTime.length === 1) return newest
  const tied = atTime.filter((row) => sameTimes(row, chosen)).length
  const created = `of ${atTime.length} rows with that time ${tied === atTime.length ? 'all were created together' : 'it was created last'}`
  return tied === 1 ? `${newest}; ${created}` : `${newest}; ${created}, and of ${tied} created together it has the greatest values`
}

/** Says of each row why it was chosen or not. `chosen` is its place among `rows`, or -1. */
export const explanationOf = (
  { view, feature, eventTime }: ExplainRequest,
  found: { readonly rows: readonly SourceRow[]; readonly chosen: number; readonly more: boolean },
): Explanation => {
  const ttl = view.ttl?.microseconds ?? 0n
  const from = ttl > 0n ? eventTime - ttl : undefined
  const chosen = found.rows[found.chosen]
  const verdict = (row: SourceRow): Candidate['verdict'] => {
    if (row === chosen) return 'chosen'
    if (row.eventTime > eventTime) return 'future'
    if (from !== undefined && row.eventTime < from) return 'expired'
    return chosen !== undefined && sameTimes(row, chosen) ? 'tied' : 'older'
  }
  return {
    view: view.name,
    feature,
    value: chosen?.value ?? null,
    window: { from, to: eventTime },
    candidates: found.rows.map((row) => ({ ...row, verdict: verdict(row) })).sort(newestFirst),
    more: found.more,
    reason: why(chosen, found.rows, eventTime, from),
  }
}
