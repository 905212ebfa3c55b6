import { Columns3, Download, ListFilter, Search } from 'lucide-react'
import { type ReactNode, useCallback, useEffect, useRef, useState } from 'react'
import type { Kind, Pagination } from '../api/contract.ts'
import { usePages } from '../api/query.ts'
import { downloadText } from '../format/csv.ts'
import { formatCount } from '../format/number.ts'
import { kinds } from '../kind/kind.ts'
import { tokenKeys } from '../query/tokens.ts'
import { useUrlState } from '../query/url.ts'
import { useSearchParams } from '../route/router.ts'
import { useHiddenColumns } from './hidden-columns.ts'
import { Icon } from './icon.tsx'
import { exportList, type ListColumn } from './list-export.ts'
import { Menu } from './menu.tsx'
import { PageHead } from './page-head.tsx'
import { EmptyFiltered, Failure, Skeleton } from './state.tsx'
import { DataTable, type Sort } from './table.tsx'
import './object-list.css'

export interface ObjectListProps<Row> {
  readonly project: string
  readonly kind: Kind
  readonly columns: readonly ListColumn<Row>[]
  readonly rowKey: (row: Row) => string
  /** What the server may leave out. */
  readonly fields: string
  /** More parameters of the request, e.g. a kind of view. */
  readonly params?: Readonly<Record<string, string>>
  /** Shown where there is nothing yet. */
  readonly empty: ReactNode
  readonly actions?: ReactNode
}

type ListAnswer<Row> = { readonly pagination?: Pagination } & { readonly [key: string]: readonly Row[] | Pagination | undefined }

function rowsOf<Row>(answer: ListAnswer<Row>, key: string): readonly Row[] {
  const rows = answer[key]
  return Array.isArray(rows) ? rows : []
}

/** The path of a list, across projects for `all`. */
function listRequest(project: string, kind: Kind): { readonly path: string; readonly project: string | null } {
  const { path } = kinds[kind]
  return project === 'all' ? { path: `${path}/all`, project: null } : { path, project }
}

function useSort(): [Sort | undefined, (by: string) => void] {
  const [params, setParams] = useSearchParams()
  const by = params.get('sort')
  const order = params.get('order') === 'desc' ? 'desc' : 'asc'
  const toggle = useCallback(
    (next: string) =>
      setParams(
        (before) => {
          const same = before.get('sort') === next
          const down = before.get('order') === 'desc'
          before.set('sort', next)
          before.delete('order')
          if (same && !down) before.set('order', 'desc')
          if (same && down) before.delete('sort')
          return before
        },
        { replace: true },
      ),
    [setParams],
  )
  return [by === null ? undefined : { by, order }, toggle]
}

/** The list of a kind: a token query, sorting and paging by the server, everything in the address. */
export function ObjectList<Row>(props: ObjectListProps<Row>) {
  const { project, kind, rowKey, fields, params, empty, actions } = props
  const info = kinds[kind]
  const [query, setQuery] = useUrlState('q')
  const [sort, toggleSort] = useSort()
  const [hidden, toggleColumn] = useHiddenColumns(kind)
  const request = listRequest(project, kind)
  const asked = { project: request.project, q: query, fields, sort_by: sort?.by, sort_order: sort?.order, ...params, limit: 50 }
  const list = usePages<ListAnswer<Row>>(request.path, asked)
  const pages = list.data?.pages
  const rows = pages?.flatMap((answer) => rowsOf<Row>(answer, info.listKey)) ?? []
  const total = pages?.at(-1)?.pagination?.totalCount ?? (pages ? rows.length : undefined)
  const columns = props.columns.filter(({ id }) => !hidden.has(id))
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = list
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [hasNextPage, isFetchingNextPage, fetchNextPage])

  const name = info.many[0]?.toUpperCase() + info.many.slice(1)
  return (
    <>
      <PageHead name={name} crumbs={[{ name }]} actions={actions} />
      <div className="list-tools">
        <FilterBox query={query} onQuery={setQuery} what={info.many} />
        <output className="list-count num" aria-live="polite">
          {total === undefined ? '' : `${formatCount(total)} ${total === 1 ? info.one : info.many}`}
        </output>
        <Menu
          label="Columns"
          className="button icon-only"
          align="right"
          button={<Icon of={Columns3} />}
          items={props.columns.slice(1).map(({ id, head }) => ({ name: head, checked: !hidden.has(id), onChoose: () => toggleColumn(id) }))}
        />
        <Menu
          label="Export"
          className="button icon-only"
          align="right"
          button={<Icon of={Download} />}
          items={(['csv', 'json'] as const).map((format) => ({
            name: `Export as ${format.toUpperCase()}`,
            onChoose: async () => {
              const text = await exportList(request.path, { ...asked, limit: 100 }, info.listKey, props.columns, format)
              downloadText(`${info.many.replaceAll(' ', '-')}.${format}`, text, format === 'csv' ? 'text/csv' : 'application/json')
            },
          }))}
        />
      </div>
      {list.isError && !pages ? (
        <Failure error={list.error} what={info.many} onRetry={() => void list.refetch()} />
      ) : !pages ? (
        <Skeleton rows={16} label={`Loading ${info.many}`} />
      ) : rows.length === 0 && query !== '' ? (
        <EmptyFiltered what={info.many} filter={query} onClear={() => setQuery('')} />
      ) : rows.length === 0 ? (
        empty
      ) : (
        <DataTable
          label={name}
          columns={columns}
          rows={rows}
          rowKey={rowKey}
          total={total}
          sort={sort}
          onSort={toggleSort}
          onEnd={onEnd}
          busy={list.isPlaceholderData || isFetchingNextPage}
        />
      )}
    </>
  )
}

interface FilterBoxProps {
  readonly query: string
  readonly onQuery: (query: string) => void
  readonly what: string
}

/** The filter line. It answers while one types: a change goes into the address 60 ms after the last key. */
export function FilterBox({ query, onQuery, what }: FilterBoxProps) {
  const [text, setText] = useState(query)
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => setText(query), [query])
  useEffect(() => {
    if (text === query) return
    const timer = setTimeout(() => onQuery(text), 60)
    return () => clearTimeout(timer)
  }, [text, query, onQuery])
  return (
    <search className="filter-box">
      <Icon of={Search} />
      <input
        ref={input}
        type="search"
        value={text}
        aria-label={`Filter ${what}`}
        placeholder={`Filter ${what}: words, tag:team=risk, owner:ana`}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && text !== '') setText('')
        }}
      />
      <Menu
        label="Add a condition"
        className="button icon-only"
        align="right"
        button={<Icon of={ListFilter} />}
        items={Object.entries(tokenKeys).map(([key, example]) => ({
          name: `${key}:`,
          note: example,
          onChoose: () => {
            setText((before) => `${before.trim()}${before.trim() === '' ? '' : ' '}${key}:`)
            requestAnimationFrame(() => input.current?.focus())
          },
        }))}
      />
    </search>
  )
}
