/** One row of a source that has the keys of the question. */
export interface Candidate {
  /** Microseconds since 1970 (UTC). */
  readonly eventTime: bigint
  readonly createdTime: bigint | null
  /** The feature's value. */
  readonly value: unknown
  /** `chosen`; `older` than the chosen one; `tied`: of the same times, with lesser values; `expired`: older than the ttl allows; `future`: newer than the row's event time. */
  readonly verdict: 'chosen' | 'older' | 'tied' | 'expired' | 'future'
}

/** Why a value is what it is. */
export interface Explanation {
  readonly view: string
  readonly feature: string
  readonly value: unknown
  /** The times that count, both inclusive; `from` is undefined without a ttl. */
  readonly window: { readonly from: bigint | undefined; readonly to: bigint }
  /** Newest first; of rows after the event time only the nearest few. */
  readonly candidates: readonly Candidate[]
  /** Whether there are more candidates than are shown. */
  readonly more: boolean
  /** In words. */
  readonly reason: string
}
