import { allowed, storeError } from '../errors.ts'
import { batchOfRows } from './column-data.ts'
import type { Candidate, Explanation } from './explanation.ts'
import { type Lane, laneOf } from './lane.ts'
import { isoOf } from './moment.ts'
import { type ExplainRequest, type FeatureColumn, ttlOf } from './offline.ts'
import { type Probes, probesOf } from './probes.ts'
import { Slots } from './slots.ts'

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

/** What the question's row asks: one slot, or none when a key of it is null. */
export const askedProbes = ({ row, eventTime, view }: ExplainRequest): Probes =>
  probesOf({ ...batchOfRows([row]), eventTimes: Float64Array.of(Number(eventTime)) }, view.joinKeys)

/** The feature that is asked about. Throws STORE_FEATURE_NOT_FOUND. */
export const askedFeature = ({ view, feature }: ExplainRequest): FeatureColumn => {
  const found = view.features.find(({ name }) => name === feature)
  if (found !== undefined) return found
  throw storeError('STORE_FEATURE_NOT_FOUND', [feature, view.name, allowed(view.features.map(({ name }) => name))])
}

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

const explanationOf = (
  { view, feature, eventTime }: ExplainRequest,
  rows: readonly SourceRow[],
  chosen: SourceRow | undefined,
): Explanation => {
  const ttl = view.ttl?.microseconds ?? 0n
  const from = ttl > 0n ? eventTime - ttl : undefined
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
    candidates: rows.map((row) => ({ ...row, verdict: verdict(row) })).sort(newestFirst),
    more: false,
    reason: why(chosen, rows, eventTime, from),
  }
}

/** The answer for a row that can match nothing. */
export const unanswerable = (request: ExplainRequest): Explanation => ({
  ...explanationOf(request, [], undefined),
  reason: 'a join key of the row is null, and nothing is equal to null',
})

/** Takes candidates as they are read, and chooses among them as the join does: with the same {@link Slots}. */
export class Candidates {
  readonly #request: ExplainRequest
  readonly #rows: SourceRow[] = []
  readonly #slots: Slots
  readonly #chosen: Lane

  /** `lanes` decide ties, in their order. */
  constructor(request: ExplainRequest, probes: Probes, lanes: readonly Lane[]) {
    this.#request = request
    this.#chosen = laneOf({ kind: 'number', isNull: () => false, number: () => this.#rows.length - 1 }, 1)
    this.#slots = new Slots(probes, [...lanes, this.#chosen])
  }

  /** Takes the row that the lanes' cursor stands on. */
  offer(row: SourceRow, time: number, created: number): void {
    this.#rows.push(row)
    if (row.eventTime <= this.#request.eventTime) this.#slots.offerTo(0, time, created)
  }

  /** What was found, at most as many candidates as were asked for. */
  explanation(): Explanation {
    const { limit = candidateLimit } = this.#request
    const place = this.#chosen.read(this.#slots.answers(ttlOf(this.#request.view)))[0]
    const chosen = typeof place === 'number' ? this.#rows[place] : undefined
    const found = explanationOf(this.#request, this.#rows, chosen)
    const future = found.candidates.filter(({ verdict }) => verdict === 'future')
    const past = found.candidates.filter(({ verdict }) => verdict !== 'future')
    return { ...found, candidates: [...future, ...past.slice(0, limit)], more: past.length > limit }
  }
}

/** The value of a lane of one slot, now. */
export const valueNow = (lane: Lane): unknown => {
  lane.take(0)
  return lane.read(Int32Array.of(0))[0] ?? null
}
