/** A row of an error table, as far as a page shows it. */
export interface ErrorRow {
  readonly code: string
  /** The HTTP status or the exit code; undefined where a table has neither. */
  readonly status: number | undefined
}

/** A row of a page: `| code | status | what it means | what to do |`, the status where the table has one. */
interface PageRow {
  readonly code: string
  readonly cells: readonly string[]
}

interface TableValue {
  readonly status?: unknown
  readonly exit?: unknown
  readonly message?: unknown
}

const isTable = (value: unknown): value is Readonly<Record<string, TableValue>> =>
  typeof value === 'object' &&
  value !== null &&
  Object.entries(value).length > 0 &&
  Object.entries(value).every(([code, row]) => /^[A-Z]+(_[A-Z0-9]+)+$/.test(code) && typeof row?.message === 'function')

/** The rows of the error tables that a module exports. */
export const readErrorTable = (module: Readonly<Record<string, unknown>>): readonly ErrorRow[] =>
  Object.values(module)
    .filter(isTable)
    .flatMap((table) =>
      Object.entries(table).map(([code, { status, exit }]) => {
        const number = status ?? exit
        return { code, status: typeof number === 'number' ? number : undefined }
      }),
    )

const readPage = (page: string): readonly PageRow[] =>
  page.split('\n').flatMap((line) => {
    const cells = line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim())
    const code = /^`([A-Z]+(?:_[A-Z0-9]+)+)`$/.exec(cells[0] ?? '')?.[1]
    return code === undefined ? [] : [{ code, cells: cells.slice(1) }]
  })

const isWritten = (cell: string | undefined): boolean => (cell ?? '').length > 0 && !/^(todo|tbd|…|\?)/i.test(cell ?? '')

const problemOf = ({ code, status }: ErrorRow, rows: readonly PageRow[], name: string): string | undefined => {
  const found = rows.filter((row) => row.code === code)
  const [row] = found
  const wanted =
    status === undefined ? `| \`${code}\` | what it means | what to do |` : `| \`${code}\` | ${status} | what it means | what to do |`
  if (row === undefined) return `${name} lacks ${code}: add ${wanted}`
  if (found.length > 1) return `${name} has ${code} twice`
  const words = status === undefined ? row.cells : row.cells.slice(1)
  if (status !== undefined && row.cells[0] !== String(status)) return `${name} says "${row.cells[0]}" for ${code}: its status is ${status}`
  return words.length === 2 && words.every(isWritten) ? undefined : `${name} does not explain ${code}: ${wanted}`
}

/** Codes that a page lacks, tells wrongly or does not explain, and codes that are gone, as sentences. */
export const errorPageProblems = (name: string, page: string, table: readonly ErrorRow[]): readonly string[] => {
  const rows = readPage(page)
  const codes = new Set(table.map(({ code }) => code))
  const gone = rows.filter(({ code }) => !codes.has(code)).map(({ code }) => `${name} explains ${code}, which no code throws any more`)
  return [...table.map((row) => problemOf(row, rows, name)).filter((problem) => problem !== undefined), ...gone]
}
