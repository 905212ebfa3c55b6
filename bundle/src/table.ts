const text = (value: unknown): string =>
  value === null ? 'null' : typeof value === 'number' ? String(Number(value.toPrecision(8))) : String(value).replace('.000Z', 'Z')

/**
 * Rows as a table, with two blanks before each line.
 *
 * @example
 * formatRows([{ driver_id: '1001', conv_rate: 0.5 }])   // '  driver_id  conv_rate\n  1001       0.5'
 */
export const formatRows = (rows: readonly Readonly<Record<string, unknown>>[]): string => {
  const headers = Object.keys(rows[0] ?? {})
  const cells = rows.map((row) => headers.map((name) => text(row[name])))
  const widths = headers.map((name, at) => Math.max(name.length, ...cells.map((line) => line[at]?.length ?? 0)))
  return [headers, ...cells].map((line) => `  ${line.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ')}`.trimEnd()).join('\n')
}
