import { get, type Params } from '../api/client.ts'
import type { Pagination } from '../api/contract.ts'
import { writeCsv } from '../format/csv.ts'
import type { Column } from './table.tsx'

/** A column that can also be written to a file. */
export interface ListColumn<Row> extends Column<Row> {
  readonly text: (row: Row) => string
}

const mostPages = 200

/** Reads all pages of a list as it is filtered and sorted now, and writes them as CSV (RFC 4180) or JSON. */
export async function exportList<Row>(
  path: string,
  params: Params,
  listKey: string,
  columns: readonly ListColumn<Row>[],
  format: 'csv' | 'json',
): Promise<string> {
  const rows: Row[] = []
  for (let page = 1; page <= mostPages; page += 1) {
    const answer = await get<{ readonly pagination?: Pagination } & Record<string, readonly Row[]>>(path, { ...params, page })
    rows.push(...(answer[listKey] ?? []))
    if (!answer.pagination?.hasNext) break
  }
  if (format === 'json') return JSON.stringify(rows, null, 2)
  return writeCsv(
    columns.map(({ head }) => head),
    rows.map((row) => columns.map(({ text }) => text(row))),
  )
}
