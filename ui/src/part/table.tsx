import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { ArrowDown, ArrowUp } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { useDensity } from '../shell/theme.ts'
import { fitColumns } from './fit-columns.ts'
import { Icon } from './icon.tsx'
import type { Screen } from './screen.ts'
import './table.css'

export interface Column<Row> {
  readonly id: string
  readonly head: string
  readonly cell: (row: Row) => ReactNode
  /** Width of the column; `name` takes what is left. */
  readonly width: 'name' | 'wide' | 'xs' | 's' | 'm' | 'l'
  readonly right?: boolean
  /** The head is there for screen readers only. */
  readonly quietHead?: boolean
  /** What the server sorts by. */
  readonly sort?: string
  /** The least screen that shows the column. Default: every one. */
  readonly from?: Screen
}

export interface Sort {
  readonly by: string
  readonly order: 'asc' | 'desc'
}

export interface DataTableProps<Row> {
  readonly label: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly rowKey: (row: Row) => string
  /** All rows there are, loaded or not. */
  readonly total?: number | undefined
  readonly sort?: Sort | undefined
  readonly onSort?: ((by: string) => void) | undefined
  /** Called when the reader comes near the end of what is loaded. */
  readonly onEnd?: (() => void) | undefined
  readonly busy?: boolean
}

/** Moves the focus to the first link of a neighbouring row. */
function walk(event: KeyboardEvent<HTMLTableSectionElement>): void {
  const step = event.key === 'ArrowDown' ? 'nextElementSibling' : event.key === 'ArrowUp' ? 'previousElementSibling' : null
  if (step === null || !(event.target instanceof HTMLElement) || event.target.matches('input, select, textarea')) return
  const link = event.target.closest('tr')?.[step]?.querySelector<HTMLElement>('a, button')
  if (!link) return
  event.preventDefault()
  link.focus()
}

/**
 * The dense table of every list: real table elements, only the rows on the screen in the document, the head sticky, the
 * first column a link. Arrow keys go from row to row.
 */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { label, rows, rowKey, total, sort, onSort, onEnd, busy = false } = props
  const rowHeight = useDensity() === 'comfortable' ? 36 : 32
  const body = useRef<HTMLTableSectionElement>(null)
  const [margin, setMargin] = useState(0)
  const [width, setWidth] = useState(0)
  const columns = fitColumns(props.columns, width)

  useLayoutEffect(() => {
    const table = body.current?.parentElement
    if (!table) return
    const read = () => {
      setMargin((body.current?.getBoundingClientRect().top ?? 0) + window.scrollY)
      setWidth(table.clientWidth)
    }
    read()
    const observer = new ResizeObserver(read)
    observer.observe(table)
    return () => observer.disconnect()
  }, [])

  const virtual = useWindowVirtualizer({ count: rows.length, estimateSize: () => rowHeight, overscan: 10, scrollMargin: margin })
  const items = virtual.getVirtualItems()
  const first = items[0]
  const last = items.at(-1)
  const before = first ? first.start - margin : 0
  const after = last ? virtual.getTotalSize() - (last.end - margin) : 0
  const nearEnd = last !== undefined && last.index >= rows.length - 15

  useEffect(() => {
    if (nearEnd) onEnd?.()
  }, [nearEnd, onEnd])

  return (
    <table className="table" aria-label={label} aria-rowcount={(total ?? rows.length) + 1} aria-busy={busy}>
      <thead>
        <tr>
          {columns.map((column) => (
            <HeadCell key={column.id} column={column} sort={sort} onSort={onSort} />
          ))}
        </tr>
      </thead>
      <tbody ref={body} onKeyDown={walk}>
        {before > 0 ? <Spacer columns={columns.length} height={before} /> : null}
        {items.map(({ index }) => {
          const row = rows[index]
          if (row === undefined) return null
          return (
            <tr key={rowKey(row)} aria-rowindex={index + 2}>
              {columns.map((column) => (
                <td key={column.id} className={column.right ? 'right num' : undefined}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          )
        })}
        {after > 0 ? <Spacer columns={columns.length} height={after} /> : null}
      </tbody>
    </table>
  )
}

function Spacer({ columns, height }: { readonly columns: number; readonly height: number }) {
  return (
    <tr className="spacer">
      <td colSpan={columns} height={height} />
    </tr>
  )
}

interface HeadCellProps<Row> {
  readonly column: Column<Row>
  readonly sort: Sort | undefined
  readonly onSort: ((by: string) => void) | undefined
}

function HeadCell<Row>({ column, sort, onSort }: HeadCellProps<Row>) {
  const sorted = column.sort !== undefined && sort?.by === column.sort ? sort.order : null
  const by = column.sort
  return (
    <th
      scope="col"
      className={`w-${column.width} ${column.right ? 'right' : ''}`}
      aria-sort={sorted === null ? undefined : sorted === 'asc' ? 'ascending' : 'descending'}
    >
      {by !== undefined && onSort ? (
        <button type="button" onClick={() => onSort(by)}>
          {column.head}
          {sorted === null ? null : <Icon of={sorted === 'asc' ? ArrowUp : ArrowDown} size={12} />}
        </button>
      ) : (
        <span className={column.quietHead ? 'hidden' : undefined}>{column.head}</span>
      )}
    </th>
  )
}
