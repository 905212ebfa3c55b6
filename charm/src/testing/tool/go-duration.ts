const units: Readonly<Record<string, number>> = { ns: 1, us: 1e3, µs: 1e3, μs: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 }

/**
 * Nanoseconds of a Go duration, or undefined when it is none.
 *
 * @example
 * parseGoDuration('1h30m')   // 5_400_000_000_000
 */
export function parseGoDuration(text: string): number | undefined {
  const [, sign, body = ''] = /^([-+]?)(.*)$/s.exec(text) ?? []
  if (body === '0') return 0
  if (!/^(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(body)) return undefined
  const parts = [...body.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g)]
  const total = parts.reduce((sum, [, number, unit = '']) => sum + Number(number) * (units[unit] ?? 0), 0)
  return sign === '-' ? -total : total
}

/**
 * A duration as Go prints it.
 *
 * @example
 * formatGoDuration(90_000_000_000)   // '1m30s'
 */
export function formatGoDuration(nanoseconds: number): string {
  if (nanoseconds === 0) return '0s'
  const size = Math.abs(nanoseconds)
  const sign = nanoseconds < 0 ? '-' : ''
  if (size < 1e9) {
    const [unit, factor] = size < 1e3 ? ['ns', 1] : size < 1e6 ? ['µs', 1e3] : ['ms', 1e6]
    return `${sign}${size / Number(factor)}${unit}`
  }
  const hours = Math.floor(size / 3600e9)
  const minutes = Math.floor((size % 3600e9) / 60e9)
  const seconds = `${(size % 60e9) / 1e9}s`
  const above = hours > 0 ? `${hours}h${minutes}m` : minutes > 0 ? `${minutes}m` : ''
  return `${sign}${above}${seconds}`
}
