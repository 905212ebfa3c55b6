import { parseTimestamp } from '../postgres/timestamp.ts'

const iso = /^(\d{4,6}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d(?:\.\d{1,9})?)?\s?(Z|[+-]\d\d(?::?\d\d)?)?)?$/

/** Whether a date and a time of day exist: the 30th of February does not. */
const exists = (date: string, time: string): boolean => {
  const moment = new Date(`${date.slice(-10)}T${time}Z`)
  return !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(date.slice(-10))
}

/**
 * Reads a time as people give it into microseconds since 1970 (UTC), exactly: a Date, microseconds, or ISO text, whose missing zone is
 * UTC and whose digits below a microsecond are cut off. Undefined for anything else.
 *
 * @example
 * momentOf('2024-02-29T12:00:00.000001+02:00') // 1709200800000001n
 * momentOf(new Date(0)) // 0n
 */
export const momentOf = (value: unknown): bigint | undefined => {
  if (typeof value === 'bigint') return BigInt.asIntN(64, value) === value ? value : undefined
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : BigInt(value.getTime()) * 1000n
  if (typeof value !== 'string') return undefined
  const [, date, minutes = '00:00', seconds = ':00', zone = 'Z'] = iso.exec(value) ?? []
  if (date === undefined || !exists(date, minutes + seconds.slice(0, 3))) return undefined
  const offset = zone === 'Z' ? '+00' : zone.replace(/(\d\d)(\d\d)$/, '$1:$2')
  return parseTimestamp(`${date} ${minutes}${seconds.slice(0, 10)}${offset}`)
}

/**
 * Microseconds since 1970 as ISO text in UTC, as errors and exports show them: a fraction only where there is one, and no year beyond
 * those of a Date.
 *
 * @example
 * isoOf(1709200800000001n) // '2024-02-29T10:00:00.000001Z'
 */
export const isoOf = (moment: bigint): string => {
  const within = ((moment % 1000n) + 1000n) % 1000n
  const date = new Date(Number((moment - within) / 1000n))
  if (Number.isNaN(date.getTime())) return moment > 0n ? 'infinity' : '-infinity'
  const text = date.toISOString()
  return within === 0n ? text.replace(/\.000Z$/, 'Z') : `${text.slice(0, -1)}${String(within).padStart(3, '0')}Z`
}
