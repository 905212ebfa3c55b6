const whole = new Intl.NumberFormat('en')
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })
const significant = new Intl.NumberFormat('en', { maximumSignificantDigits: 4 })
const percent = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 })

/** A count with separators; what is unknown is `–`, never 0. 64-bit counts come as strings and stay exact. */
export function formatCount(count: number | string | null | undefined): string {
  if (count === null || count === undefined) return '–'
  if (typeof count === 'string') return /^-?\d+$/.test(count) ? whole.format(BigInt(count)) : count
  return whole.format(count)
}

/** `12.4K`, for axes and small places. */
export function formatCompact(count: number): string {
  return compact.format(count)
}

/** A measured number, at four significant digits; very large and small ones in powers of ten. */
export function formatMeasure(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–'
  if (!Number.isFinite(value)) return String(value)
  const size = Math.abs(value)
  if (size !== 0 && (size >= 1e9 || size < 1e-4)) return value.toExponential(2)
  return significant.format(value)
}

export function formatPercent(share: number | null | undefined): string {
  return share === null || share === undefined ? '–' : percent.format(share)
}

export function formatMilliseconds(milliseconds: number | null | undefined): string {
  if (milliseconds === null || milliseconds === undefined) return '–'
  if (milliseconds < 10) return `${milliseconds.toFixed(milliseconds < 1 ? 2 : 1)} ms`
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`
}

/** `1 view`, `3 views`; the number formatted. */
export function formatPlural(count: number | null | undefined, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`
}
