/** A span of event time, microseconds since 1970 (UTC). */
export interface Span {
  readonly start: bigint
  readonly end: bigint
  readonly run: string | null
}

/** What a part of a range is. `before`: earlier than the first data known, so nothing is missing. */
export type SegmentState = 'covered' | 'gap' | 'failed' | 'running' | 'before'

/** A part of a range. */
export interface Segment extends Span {
  readonly state: SegmentState
}

const covers = ({ start, end }: Span, from: bigint, to: bigint): boolean => start <= from && end >= to

/**
 * Cuts a range into parts that touch and fill it: what was loaded, what runs, what failed, what is missing. Loaded wins over the others,
 * running over failed.
 *
 * @example
 * coverageOf({ start: 0n, end: 10n }, { done: [{ start: 2n, end: 4n, run: null }], running: [], failed: [] }).map(({ state }) => state)
 * // ['before', 'covered', 'gap']
 */
export const coverageOf = (
  range: Omit<Span, 'run'>,
  spans: { readonly done: readonly Span[]; readonly running: readonly Span[]; readonly failed: readonly Span[] },
): readonly Segment[] => {
  const all = [...spans.done, ...spans.running, ...spans.failed]
  const inside = (moment: bigint): boolean => moment > range.start && moment < range.end
  const cuts = [range.start, ...new Set(all.flatMap(({ start, end }) => [start, end]).filter(inside)), range.end].toSorted((a, b) =>
    a < b ? -1 : 1,
  )
  const first = all.map(({ start }) => start).toSorted((a, b) => (a < b ? -1 : 1))[0]
  const stateAt = (from: bigint, to: bigint): Pick<Segment, 'state' | 'run'> => {
    const found = (list: readonly Span[]): Span | undefined => list.find((span) => covers(span, from, to))
    const [done, running, failed] = [found(spans.done), found(spans.running), found(spans.failed)]
    if (done !== undefined) return { state: 'covered', run: done.run }
    if (running !== undefined) return { state: 'running', run: running.run }
    if (failed !== undefined) return { state: 'failed', run: failed.run }
    return { state: first === undefined || to <= first ? 'before' : 'gap', run: null }
  }
  const segments: Segment[] = []
  for (const [at, start] of cuts.slice(0, -1).entries()) {
    const end = cuts[at + 1] ?? range.end
    const part = stateAt(start, end)
    const last = segments.at(-1)
    if (last !== undefined && last.state === part.state && last.run === part.run) segments[segments.length - 1] = { ...last, end }
    else segments.push({ start, end, ...part })
  }
  return segments
}
