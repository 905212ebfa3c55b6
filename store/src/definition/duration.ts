/** A length of time. Made by {@link days} and its siblings, so that no number has to be guessed to be seconds or milliseconds. */
export interface Duration {
  readonly microseconds: bigint
}

const duration =
  (unit: bigint) =>
  (count: number): Duration =>
    Object.freeze({ microseconds: Number.isInteger(count) ? BigInt(count) * unit : BigInt(Math.round(count * Number(unit))) })

/** `seconds(90)` is a minute and a half. */
export const seconds = duration(1_000_000n)
/** `minutes(5)`. */
export const minutes = duration(60_000_000n)
/** `hours(6)`. */
export const hours = duration(3_600_000_000n)
/** `days(1)` is 24 hours. */
export const days = duration(86_400_000_000n)
