import type { Value } from '../api/contract.ts'
import { formatUtc, parseTime } from './time.ts'

const numeric = new Set(['INT32', 'INT64', 'FLOAT', 'DOUBLE', 'INVALID_NUMBER', 'DECIMAL'])

/** Whether values of a type stand right-aligned in columns. */
export function isNumeric(type: string): boolean {
  return numeric.has(type)
}

function isTimestamp(type: string): boolean {
  return type === 'UNIX_TIMESTAMP' || type === 'TIMESTAMP'
}

/** A stored value in one line. 64-bit integers come as text and are never rounded; floats are shown as the shortest exact text. */
export function formatValue(value: Value, type = ''): string {
  if (value === null) return 'null'
  if (typeof value === 'number') return type === 'FLOAT' ? shortFloat(value) : String(value)
  if (typeof value === 'string' && isTimestamp(type)) return formatStamp(value)
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return String(value)
  return JSON.stringify(value)
}

/** A 32-bit float that was widened shows its own digits: 0.7, not 0.699999988079071. */
export function shortFloat(value: number): string {
  if (!Number.isFinite(value)) return String(value)
  for (let digits = 1; digits <= 9; digits += 1) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === Math.fround(value)) return String(short)
  }
  return String(value)
}

export function formatStamp(text: string): string {
  const time = parseTime(text)
  return time === null ? text : formatUtc(time)
}

/** Feast writes types in two ways (`INT64`, `Int64`): one spelling for people. */
export function formatType(type: string | undefined): string {
  if (!type || type === 'INVALID') return 'unknown'
  const names: Record<string, string> = {
    FLOAT: 'float32',
    DOUBLE: 'float64',
    UNIX_TIMESTAMP: 'timestamp',
    BOOL: 'bool',
  }
  const list = type.endsWith('_LIST') ? '[]' : ''
  const root = list ? type.slice(0, -5) : type
  return (names[root] ?? root.toLowerCase().replace(/^array\((.*)\)$/, '$1[]')) + list
}
