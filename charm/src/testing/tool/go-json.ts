import { byBytes } from './go-text.ts'

/** What a hook tool can print. A `Map` keeps its order (Go's structs), a plain object is sorted (Go's maps). */
export type Printable =
  | null
  | boolean
  | number
  | string
  | Date
  | Float64
  | readonly Printable[]
  | ReadonlyMap<string, Printable>
  | { readonly [key: string]: Printable }

const escaped: ReadonlyMap<string, string> = new Map([
  ['<', '\\u003c'],
  ['>', '\\u003e'],
  ['&', '\\u0026'],
  ['\u2028', '\\u2028'],
  ['\u2029', '\\u2029'],
])

/** The keys and values of something printable: of a struct as they are, of a map in an order. */
export function entriesOf(
  value: ReadonlyMap<string, Printable> | { readonly [key: string]: Printable },
  order: (left: string, right: string) => number,
): [string, Printable][] {
  if (value instanceof Map) return [...value]
  return Object.entries(value).sort(([left], [right]) => order(left, right))
}

/** Whether a printable value is a map or a struct. */
export function isMapping(value: Printable): value is ReadonlyMap<string, Printable> | { readonly [key: string]: Printable } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date) && !(value instanceof Float64)
}

/** Whether a printable value is a list. */
export function isList(value: Printable): value is readonly Printable[] {
  return Array.isArray(value)
}

/**
 * JSON as Go's `encoding/json` writes it: compact, sorted, `<>&` escaped (juju-tools.md §6).
 *
 * @example
 * formatGoJson({ b: '<', a: 1 })   // '{"a":1,"b":"\\u003c"}'
 */
export function formatGoJson(value: Printable): string {
  if (typeof value === 'string') return quote(value)
  if (value instanceof Date) return quote(formatTime(value))
  if (value instanceof Float64) return formatFloat(value.value)
  if (isList(value)) return `[${value.map(formatGoJson).join(',')}]`
  if (isMapping(value))
    return `{${entriesOf(value, byBytes)
      .map(([key, item]) => `${quote(key)}:${formatGoJson(item)}`)
      .join(',')}}`
  return JSON.stringify(value)
}

/** A number that Go holds as a `float64`, whole or not: everything that came through JSON, as parameters of actions do. */
export class Float64 {
  readonly value: number
  constructor(value: number) {
    this.value = value
  }
}

function formatFloat(value: number): string {
  return JSON.stringify(value).replace(/e([-+])(\d)$/, 'e$10$2')
}

/** A time in RFC 3339 without useless zeros, as Go prints it. */
export function formatTime(time: Date): string {
  return time.toISOString().replace(/\.?0*Z$/, 'Z')
}

/** Half of a surrogate pair is no UTF-8: Go prints it as an escape of the replacement character. Text that spells an escape stays text. */
function quote(text: string): string {
  const parts = text.split(/\p{Surrogate}/u).map((part) => JSON.stringify(part).slice(1, -1))
  return `"${parts.join('\\ufffd').replace(/[<>&\u2028\u2029]/g, (character) => escaped.get(character) ?? character)}"`
}
