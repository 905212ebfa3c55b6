/**
 * A moment as ISO 8601 in UTC, with microseconds where there are any.
 *
 * @example
 * isoOf(1_700_000_000_000_000n) // '2023-11-14T22:13:20Z'
 */
export const isoOf = (microseconds: bigint): string => {
  const seconds = microseconds >= 0n ? microseconds / 1_000_000n : (microseconds - 999_999n) / 1_000_000n
  const rest = Number(microseconds - seconds * 1_000_000n)
  const text = new Date(Number(seconds) * 1000).toISOString().slice(0, 19)
  if (rest === 0) return `${text}Z`
  return `${text}.${String(rest).padStart(6, '0').replace(/000$/, '')}Z`
}
