import type { ValueType } from '@charmed-feast/store'
import type { Json, JsonObject } from '../json.ts'
import { encodeValue } from './encode.ts'

/** One value, and the day that it is of: `2025-11-24`. */
export interface Sampled {
  readonly day: string
  readonly value: unknown
}

const probabilities = [0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1]
const mostBins = 30
const mostDays = 30
const mostValues = 10

const isNumeric = ({ name }: ValueType): boolean => ['INT32', 'INT64', 'FLOAT', 'DOUBLE'].includes(name)

const rounded = (value: number): number => Number(value.toPrecision(12))
const meanOf = (values: readonly number[]): number | null =>
  values.length === 0 ? null : rounded(values.reduce((sum, value) => sum + value / values.length, 0))

/** Between the two nearest values, as PostgreSQL's percentile_cont. */
const quantile = (sorted: readonly number[], part: number): number => {
  const at = part * (sorted.length - 1)
  const [low, high] = [sorted[Math.floor(at)] ?? 0, sorted[Math.ceil(at)] ?? 0]
  return rounded(low + (high - low) * (at - Math.floor(at)))
}

const numericHistogram = (sorted: readonly number[]): JsonObject | null => {
  const [least, most] = [sorted[0], sorted.at(-1)]
  if (least === undefined || most === undefined) return null
  if (least === most) return { kind: 'numeric', edges: [least, most], counts: [sorted.length] }
  const bins = Math.min(mostBins, Math.max(1, Math.ceil(Math.sqrt(sorted.length))))
  const width = (most - least) / bins
  const counts = new Array<number>(bins).fill(0)
  for (const value of sorted) {
    const bin = Math.min(bins - 1, Math.floor((value - least) / width))
    counts[bin] = (counts[bin] ?? 0) + 1
  }
  return { kind: 'numeric', edges: Array.from({ length: bins + 1 }, (_, bin) => rounded(least + bin * width)), counts }
}

const valueHistogram = (counted: ReadonlyMap<string, number>): JsonObject => {
  const common = [...counted].toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
  const other = common.slice(mostValues).reduce((sum, [, count]) => sum + count, 0)
  return { kind: 'values', values: common.slice(0, mostValues).map(([value, count]) => ({ value, count })), other }
}

const daysOf = (samples: readonly Sampled[], numeric: boolean): readonly Json[] =>
  [...Map.groupBy(samples, ({ day }) => day)]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .slice(-mostDays)
    .map(([day, list]) => ({
      day,
      rows: list.length,
      nullRate: rounded(list.filter(({ value }) => value === null || value === undefined).length / list.length),
      mean: numeric ? meanOf(numbersOf(list)) : null,
    }))

const numbersOf = (samples: readonly Sampled[]): readonly number[] =>
  samples.flatMap(({ value }) => {
    const number = typeof value === 'bigint' || typeof value === 'number' ? Number(value) : Number.NaN
    return Number.isFinite(number) ? [number] : []
  })

const deviation = (values: readonly number[], mean: number | null): number | null =>
  mean === null || values.length < 2
    ? null
    : rounded(Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1)))

/**
 * What a sample of a feature's values looks like (`FeatureStatistics` of the pages' contract).
 *
 * @example
 * statisticsOf('trips', int64, [{ day: '2025-11-24', value: 5n }]).mean // 5
 */
export const statisticsOf = (feature: string, type: ValueType, samples: readonly Sampled[]): JsonObject => {
  const present = samples.filter(({ value }) => value !== null && value !== undefined)
  const numeric = isNumeric(type)
  const texts = present.map(({ value }) => {
    const encoded = encodeValue(value, type)
    return typeof encoded === 'string' ? encoded : JSON.stringify(encoded)
  })
  const counted = new Map([...Map.groupBy(texts, (text) => text)].map(([text, list]) => [text, list.length]))
  const sorted = numeric ? numbersOf(present).toSorted((a, b) => a - b) : []
  const mean = numeric ? meanOf(sorted) : null
  return {
    feature,
    type: type.name,
    rows: String(samples.length),
    nulls: String(samples.length - present.length),
    distinct: String(counted.size),
    mean,
    stddev: numeric ? deviation(sorted, mean) : null,
    quantiles:
      numeric && sorted.length > 0 ? Object.fromEntries(probabilities.map((part) => [String(part), quantile(sorted, part)])) : null,
    histogram: present.length === 0 ? null : numeric ? numericHistogram(sorted) : valueHistogram(counted),
    days: daysOf(samples, numeric),
  }
}
