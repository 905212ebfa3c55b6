import type { OnlineInputs, Value } from '../../api/contract.ts'
import { readCsv } from '../../format/csv.ts'

export type Input = OnlineInputs['inputs'][number]
export type TypedRow = Readonly<Record<string, string>>

export type Parsed = { readonly value: Value } | { readonly error: string }

const bounds: Readonly<Record<string, readonly [bigint, bigint]>> = {
  INT32: [-(2n ** 31n), 2n ** 31n - 1n],
  INT64: [-(2n ** 63n), 2n ** 63n - 1n],
}

/**
 * Reads what was typed for an input by its type. Strings stay strings, `0012` too; 64-bit integers travel as text and keep
 * every digit; nothing is ever replaced by something else (Feast's generator puts 1001 for what is no number).
 */
export function readInput(text: string, type: string): Parsed {
  const trimmed = text.trim()
  const bound = bounds[type]
  if (bound) {
    if (!/^-?\d+$/.test(trimmed)) return { error: 'a whole number is needed' }
    const number = BigInt(trimmed)
    if (number < bound[0] || number > bound[1]) return { error: `does not fit ${type.toLowerCase()}` }
    return { value: type === 'INT64' ? number.toString() : Number(number) }
  }
  if (type === 'FLOAT' || type === 'DOUBLE') {
    const number = Number(trimmed)
    return trimmed === '' || Number.isNaN(number) ? { error: 'a number is needed' } : { value: number }
  }
  if (type === 'BOOL') {
    if (/^(true|false)$/i.test(trimmed)) return { value: trimmed.toLowerCase() === 'true' }
    return { error: 'true or false is needed' }
  }
  if (type.endsWith('_LIST')) {
    try {
      const list: unknown = JSON.parse(trimmed)
      return Array.isArray(list) ? { value: list as Value } : { error: 'a JSON list is needed' }
    } catch {
      return { error: 'a JSON list is needed' }
    }
  }
  return text === '' ? { error: 'a value is needed' } : { value: text }
}

export interface ReadRows {
  readonly rows: readonly Readonly<Record<string, Value>>[]
  /** By `row name`. */
  readonly errors: ReadonlyMap<string, string>
}

/** Reads all rows; rows without any text are left out. */
export function readRows(typed: readonly TypedRow[], inputs: readonly Input[]): ReadRows {
  const errors = new Map<string, string>()
  const rows: Record<string, Value>[] = []
  for (const [position, row] of typed.entries()) {
    if (inputs.every(({ name }) => (row[name] ?? '') === '')) continue
    const values: Record<string, Value> = {}
    for (const { name, type } of inputs) {
      const parsed = readInput(row[name] ?? '', type)
      if ('error' in parsed) errors.set(`${position} ${name}`, parsed.error)
      else values[name] = parsed.value
    }
    rows.push(values)
  }
  return { rows, errors }
}

/**
 * Rows pasted from a sheet: with a first line of names they go by name, else by position from the column that was pasted into.
 * `null` when it is a single value, which the browser may paste as ever.
 */
export function readPasted(text: string, inputs: readonly Input[], column: number): TypedRow[] | null {
  const cells = readCsv(text.trim())
  const names = inputs.map(({ name }) => name)
  if (cells.length === 0 || (cells.length === 1 && cells[0]?.length === 1)) return null
  const head = cells[0] ?? []
  const named = head.every((name) => names.includes(name))
  const order = named ? head : names.slice(column)
  return (named ? cells.slice(1) : cells).map((row) => Object.fromEntries(order.map((name, at) => [name, row[at] ?? ''])))
}
