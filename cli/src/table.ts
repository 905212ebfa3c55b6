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

/**
 * Rows under headers, columns two blanks apart and no rules between them: as Feast prints its lists.
 *
 * @example
 * tableText(['NAME', 'TYPE'], [['driver', 'INT64']]) // 'NAME    TYPE\ndriver  INT64\n'
 */
export const tableText = (headers: readonly string[], rows: readonly (readonly string[])[]): string => {
  const widths = headers.map((header, column) => Math.max(header.length, ...rows.map((row) => (row[column] ?? '').length)))
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => (column === cells.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd()
  return `${[headers, ...rows].map(line).join('\n')}\n`
}

/** Rows in the format that was asked for; programs get objects with the headers as lower-case keys. */
export const rowsText = (format: OutputFormat, headers: readonly string[], rows: readonly (readonly string[])[]): string => {
  if (format === 'table') return tableText(headers, rows)
  const objects = rows.map((row) => Object.fromEntries(headers.map((header, at) => [header.toLowerCase(), row[at] ?? ''])))
  return format === 'json' ? `${jsonText(objects)}\n` : stringify(objects)
}
