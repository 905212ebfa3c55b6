import { stringify } from 'yaml'

/** How rows are printed: for people, or for programs. */
export type OutputFormat = 'table' | 'json' | 'yaml'

/** The options that choose an {@link OutputFormat}, for every command that prints rows. */
export const formatOptions = [
  { flags: '--json', description: 'print JSON' },
  { flags: '--yaml', description: 'print YAML' },
] as const

/** The format that the options choose. */
export const formatOf = (options: Readonly<Record<string, unknown>>): OutputFormat =>
  options.json === true ? 'json' : options.yaml === true ? 'yaml' : 'table'

/** What the library types of this TypeScript do not know yet: https://github.com/tc39/proposal-json-parse-with-source */
interface RawJson {
  rawJSON(text: string): unknown
}
const hasRawJson = (json: object): json is RawJson => 'rawJSON' in json
const digits = (value: bigint): unknown => (hasRawJson(JSON) ? JSON.rawJSON(String(value)) : String(value))

/** JSON of values that JSON has no word for: 64-bit integers as their digits, bytes as base64, sets and maps as lists. */
export const jsonText = (value: unknown, indent = 2): string =>
  JSON.stringify(
    value,
    (_, each: unknown) => {
      if (typeof each === 'bigint') return digits(each)
      if (each instanceof Uint8Array) return Buffer.from(each).toString('base64')
      if (each instanceof Set) return [...each]
      if (each instanceof Map) return [...each]
      return each
    },
    indent,
  )

/** Terminals count characters, not the halves that JavaScript keeps some of them in. */
const width = (text: string): number => [...text].length
const padded = (text: string, to: number): string => text + ' '.repeat(Math.max(0, to - width(text)))

/**
 * Rows under headers without rules, letter for letter as Feast prints its lists (tabulate's "plain"): a column is at least two wider than
 * its header, and two blanks stand between columns. A cell may have several lines.
 *
 * @example
 * tableText(['NAME', 'TYPE'], [['driver', 'INT64']]) // 'NAME    TYPE\ndriver  INT64\n'
 */
export const tableText = (headers: readonly string[], rows: readonly (readonly string[])[]): string => {
  const lines = (cells: readonly string[]): readonly (readonly string[])[] => {
    const parts = cells.map((cell) => cell.split('\n'))
    const height = Math.max(1, ...parts.map((part) => part.length))
    return Array.from({ length: height }, (_, at) => parts.map((part) => part[at] ?? ''))
  }
  const all = rows.flatMap(lines)
  const widths = headers.map((header, column) => Math.max(width(header) + 2, ...all.map((row) => width(row[column] ?? ''))))
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => padded(cell, widths[column] ?? 0))
      .join('  ')
      .trimEnd()
  return `${[headers, ...all].map(line).join('\n')}\n`
}

/** Rows in the format that was asked for; programs get objects with the headers as lower-case keys. */
export const rowsText = (format: OutputFormat, headers: readonly string[], rows: readonly (readonly string[])[]): string => {
  if (format === 'table') return tableText(headers, rows)
  const objects = rows.map((row) => Object.fromEntries(headers.map((header, at) => [header.toLowerCase(), row[at] ?? ''])))
  return format === 'json' ? `${jsonText(objects)}\n` : stringify(objects)
}
