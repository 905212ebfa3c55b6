import { loadavg } from 'node:os'

/** One measured thing: ours beside Feast's and beside what the machine allows, in the same unit, in the same run. */
export interface Figure {
  readonly section: string
  readonly case: string
  readonly ours: number
  /** Undefined where Feast cannot do it, or was stopped. */
  readonly feast: number | undefined
  /** What PostgreSQL does by itself with the same rows. */
  readonly limit: number | undefined
  readonly unit: 'calls/s' | 's' | 'rows/s' | 'MB' | 'ms'
}

/** Whether more is better in a unit. */
const moreIsBetter = (unit: Figure['unit']): boolean => unit === 'calls/s' || unit === 'rows/s'

const better = (ours: number, theirs: number, unit: Figure['unit']): number => (moreIsBetter(unit) ? ours / theirs : theirs / ours)

const shown = (value: number | undefined): string => (value === undefined ? '-' : value >= 100 ? value.toFixed(0) : value.toPrecision(3))

/** The middle of several runs. */
export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

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
  const { ours, feast, limit, unit } = figure
  const cells = [
    `${figure.section} ${figure.case}`.padEnd(40),
    `ours ${shown(ours)} ${unit}`.padEnd(22),
    `feast ${shown(feast)}`.padEnd(16),
    feast === undefined ? '' : `${better(ours, feast, unit).toFixed(1)} x`.padEnd(9),
    limit === undefined ? '' : `limit ${shown(limit)} (${(better(ours, limit, unit) * 100).toFixed(0)} %)`,
  ]
  return cells.join(' ').trimEnd()
}
