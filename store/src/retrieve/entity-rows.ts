import { storeError } from '../errors.ts'
import type { RowColumns } from '../online/key-rows.ts'
import type { ResolvedRequest } from './asked.ts'

/** Rows of keys and request fields, as people write them or as columns of equal length. */
export type EntityRowsInput =
  | readonly Readonly<Record<string, unknown>>[]
  | { readonly columns: Readonly<Record<string, ArrayLike<unknown>>> }

const isColumns = (input: EntityRowsInput): input is { readonly columns: Readonly<Record<string, ArrayLike<unknown>>> } =>
  'columns' in input

/** How many rows were given. */
export const rowCount = (input: EntityRowsInput): number =>
  isColumns(input) ? (Object.values(input.columns)[0]?.length ?? 0) : input.length

const fromRows = (rows: readonly Readonly<Record<string, unknown>>[], names: readonly string[]): RowColumns => {
  const columns = new Map<string, readonly unknown[]>()
  for (const name of names) {
    const values = rows.map((row) => row[name])
    // Absent everywhere: the column is missing, which has words of its own; absent somewhere is one row's fault.
    if (!values.every((value) => value === undefined)) columns.set(name, values)
  }
  return { rows: rows.length, column: (name) => columns.get(name) }
}

const fromColumns = (columns: Readonly<Record<string, ArrayLike<unknown>>>): RowColumns => {
  const lengths = Object.entries(columns).map(([name, values]) => [name, values.length] as const)
  const rows = lengths[0]?.[1] ?? 0
  const odd = lengths.find(([, length]) => length !== rows)
  if (odd !== undefined)
    throw storeError('STORE_ENTITY_ROW_INVALID', [String(Math.min(rows, odd[1])), odd[0], `it has ${odd[1]} values and others ${rows}`])
  return { rows, column: (name) => columns[name] }
}

/**
 * The columns of a request that its plan needs, checked: every join key and every request field, in every row.
 *
 * @throws STORE_ENTITY_ROW_INVALID naming the row and the column
 */
export const entityRowColumns = (input: EntityRowsInput, request: ResolvedRequest): RowColumns => {
  const needed = [...request.joinKeys, ...request.requestFields].map(({ name }) => name)
  const rows = isColumns(input) ? fromColumns(input.columns) : fromRows(input, needed)
  if (rows.rows === 0) return rows
  for (const name of needed) {
    const column = rows.column(name)
    if (column === undefined) throw storeError('STORE_ENTITY_ROW_INVALID', ['0', name, 'it is missing'])
    for (let row = 0; row < rows.rows; row++)
      if (column[row] === undefined || column[row] === null)
        throw storeError('STORE_ENTITY_ROW_INVALID', [String(row), name, column[row] === null ? 'it is null' : 'it is missing'])
  }
  return rows
}
