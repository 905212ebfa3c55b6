import type { ReactNode } from 'react'
import type { Value, ValueColumn } from '../api/contract.ts'
import { formatType, formatValue, isNumeric } from '../format/value.ts'
import './value-table.css'

interface ValueTableProps<Cell> {
  readonly label: string
  readonly columns: readonly ValueColumn[]
  readonly rows: readonly (readonly Cell[])[]
  readonly cell: (cell: Cell, column: ValueColumn, row: number) => ReactNode
}

/** Stored values in columns of any number: scrolls in its own box, the head stays. */
export function ValueTable<Cell>({ label, columns, rows, cell }: ValueTableProps<Cell>) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
    <section className="value-box" tabIndex={0} aria-label={label}>
      <table className="value-table">
        <thead>
          <tr>
            {columns.map((column) => (
              <th
                key={column.name}
                scope="col"
                className={isNumeric(column.type) ? 'right' : undefined}
                title={`${column.ref ?? column.name}: ${column.type}`}
              >
                {column.name}
                <span className="mono">{formatType(column.type)}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, position) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows of values have no name
            <tr key={position}>
              {columns.map((column, at) => (
                <td key={column.name} className={`${isNumeric(column.type) ? 'right' : ''} ${column.role}`}>
                  {row[at] === undefined ? null : cell(row[at], column, position)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

/** One value; what is masked or null says so. */
export function ValueText({ value, column }: { readonly value: Value; readonly column: ValueColumn }) {
  if (column.masked) return <span className="quiet">masked</span>
  if (value === null) return <span className="null">null</span>
  const text = formatValue(value, column.type)
  return <span title={text.length > 24 ? text : undefined}>{text}</span>
}
