import type { AnyStoredView } from '../definition/definition.ts'
import { storeError } from '../errors.ts'
import type { Interval } from '../registry/interval.ts'

/** Where Feast begins when a view was never materialized and its values count for ever: a year back. */
const year = 52n * 7n * 86_400_000_000n

const iso = (microseconds: bigint): string => new Date(Number(microseconds / 1000n)).toISOString()

/**
 * The window of a materialization by range.
 *
 * @throws STORE_MATERIALIZE_WINDOW_INVALID when it ends before it begins
 */
export const rangeWindow = (view: string, window: Interval): Interval => {
  if (window.end < window.start)
    throw storeError('STORE_MATERIALIZE_WINDOW_INVALID', [
      view,
      `it would end at ${iso(window.end)}, before it begins at ${iso(window.start)}`,
    ])
  return window
}

/**
 * The window of an incremental materialization: from the end of the last one; of a view that never had one from its ttl back, or a year.
 * Undefined when the last one already ended there: there is nothing to do.
 *
 * @throws STORE_MATERIALIZE_WINDOW_INVALID for an end before the last one: Feast would write an interval that runs backwards
 *
 * @example
 * incrementalWindow(stats, [{ start: 0n, end: 10n }], 20n) // { start: 10n, end: 20n }
 */
export const incrementalWindow = (view: AnyStoredView, done: readonly Interval[], end: bigint): Interval | undefined => {
  const last = done.reduce<bigint | undefined>((latest, each) => (latest === undefined || each.end > latest ? each.end : latest), undefined)
  if (last === undefined) {
    const ttl = view.ttl?.microseconds ?? 0n
    return { start: end - (ttl > 0n ? ttl : year), end }
  }
  if (end === last) return undefined
  if (end < last)
    throw storeError('STORE_MATERIALIZE_WINDOW_INVALID', [
      view.name,
      `it would end at ${iso(end)}, and was already done up to ${iso(last)}`,
    ])
  return { start: last, end }
}
