import { loadavg } from 'node:os'

/** One measured thing: ours beside Feast's and beside what the machine allows, in the same unit, in the same run. */
export interface Figure {
  readonly section: string
  readonly case: string
  readonly ours: number
  /** Undefined where Feast cannot do it, or was not asked. */
  readonly feast?: number | undefined
  /** Whether Feast was stopped: `feast` is then how long it was given. */
  readonly stopped?: boolean
  /** What PostgreSQL or DuckDB does by itself with the same rows. */
  readonly limit?: number | undefined
  readonly unit: 'calls/s' | 's' | 'rows/s' | 'MB' | 'ms'
}

/** Whether more is better in a unit. */
const moreIsBetter = (unit: Figure['unit']): boolean => unit === 'calls/s' || unit === 'rows/s'

const better = (ours: number, theirs: number, unit: Figure['unit']): number => (moreIsBetter(unit) ? ours / theirs : theirs / ours)

const shown = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toPrecision(3))

/** The middle of several runs; undefined of none. */
export const median = (values: readonly number[]): number | undefined => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]
}

/** {@link median} of runs of which there is one at least. */
export const middle = (values: readonly number[]): number => median(values) ?? Number.NaN

/** A figure as one JSON line for programs; `ratio` is how many times better than Feast, `ofLimit` which part of the limit. */
export const figureJson = (figure: Figure): string =>
  JSON.stringify({
    ...figure,
    ratio: figure.feast === undefined ? undefined : Number(better(figure.ours, figure.feast, figure.unit).toFixed(2)),
    ofLimit: figure.limit === undefined ? undefined : Number(better(figure.ours, figure.limit, figure.unit).toFixed(2)),
    load: loadavg().map((value) => Number(value.toFixed(2))),
  })

/** A figure as a line for people. */
export const figureText = (figure: Figure): string => {
  const { ours, feast, limit, unit, stopped = false } = figure
  const atLeast = stopped ? '>' : ''
  const cells = [
    `${figure.section} ${figure.case}`.padEnd(58),
    `ours ${shown(ours)} ${unit}`.padEnd(20),
    (feast === undefined ? '' : `feast ${atLeast}${shown(feast)}`).padEnd(14),
    (feast === undefined ? '' : `${atLeast}${better(ours, feast, unit).toFixed(1)} x`).padEnd(9),
    limit === undefined ? '' : `limit ${shown(limit)} (${better(ours, limit, unit).toFixed(2)} of it)`,
  ]
  return cells.join(' ').trimEnd()
}
