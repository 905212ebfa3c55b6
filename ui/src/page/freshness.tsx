import { useState } from 'react'
import type { Freshness, FreshnessAnswer, FreshnessState } from '../api/contract.ts'
import { isOn, useHost, usePages } from '../api/query.ts'
import { StateBar } from '../chart/state-bar.tsx'
import { formatPlural } from '../format/number.ts'
import { formatSpan } from '../format/time.ts'
import { Age } from '../part/age.tsx'
import { Button } from '../part/button.tsx'
import { Select } from '../part/field.tsx'
import { FreshnessBar } from '../part/freshness-bar.tsx'
import { FreshnessWord, RunWord } from '../part/health.tsx'
import { NameCell } from '../part/name-cell.tsx'
import { FilterBox } from '../part/object-list.tsx'
import { PageHead } from '../part/page-head.tsx'
import { Empty, EmptyFiltered, Failure, Skeleton, SwitchedOff } from '../part/state.tsx'
import { type Column, DataTable } from '../part/table.tsx'
import { useUrlState } from '../query/url.ts'
import { objectPath, projectPath, withQuery } from '../route/path.ts'
import type { PageProps } from '../route/routes.tsx'
import { FillDialog } from './runs/fill-dialog.tsx'
import { snippets } from './snippet/teach.ts'

function columnsOf(project: string, onRun: ((view: string) => void) | null): readonly Column<Freshness>[] {
  return [
    {
      id: 'view',
      head: 'Feature view',
      width: 'name',
      cell: ({ kind, view, project: own }) => (
        <NameCell
          kind={kind}
          name={view}
          to={`${objectPath(own || project, 'featureView', view)}/materialization`}
          note={project === 'all' ? own : undefined}
        />
      ),
    },
    { id: 'state', head: 'State', width: 'm', cell: ({ state }) => <FreshnessWord state={state} /> },
    { id: 'age', head: 'Age', width: 'xs', right: true, cell: ({ ageSeconds }) => formatSpan(ageSeconds) },
    { id: 'bar', head: 'of allowed', width: 's', from: 'medium', cell: (row) => <FreshnessBar {...row} /> },
    {
      id: 'allowed',
      head: 'Allowed',
      width: 'xs',
      right: true,
      from: 'medium',
      cell: ({ allowedSeconds, schedule }) => (
        <span title={schedule ? `schedule: ${schedule}` : 'the TTL'}>{formatSpan(allowedSeconds)}</span>
      ),
    },
    {
      id: 'run',
      head: 'Last run',
      width: 'm',
      from: 'wide',
      cell: ({ lastRun }) => (lastRun ? <RunWord state={lastRun.state} /> : <span className="quiet">none known</span>),
    },
    {
      id: 'when',
      head: 'Finished',
      width: 'xs',
      right: true,
      from: 'wide',
      cell: ({ lastRun }) => <Age time={lastRun?.finishedAt ?? lastRun?.startedAt} bare />,
    },
    { id: 'owner', head: 'Owner', width: 'm', from: 'wide', cell: ({ owner }) => owner || <span className="quiet">–</span> },
    ...(onRun
      ? [
          {
            id: 'do',
            head: 'Materialize',
            quietHead: true,
            width: 's' as const,
            right: true,
            from: 'medium' as const,
            cell: ({ view }: Freshness) => (
              <Button look="quiet" onClick={() => onRun(view)} aria-label={`Materialize ${view}`}>
                Materialize
              </Button>
            ),
          },
        ]
      : []),
  ]
}

const states: readonly FreshnessState[] = ['late', 'ageing', 'fresh', 'never', 'unknown']

function groupName(row: Freshness, by: string): string {
  return by === 'owner' ? row.owner || 'no owner' : (row.tags[by.slice(4)] ?? `no ${by.slice(4)}`)
}

/** All views, the late ones first: one look tells what needs a hand. */
export function FreshnessPage({ project }: PageProps) {
  const { switches } = useHost()
  const [query, setQuery] = useUrlState('q')
  const [state, setState] = useUrlState('state')
  const [group, setGroup] = useUrlState('group')
  const [filled, setFilled] = useState<string | null>(null)
  const asked = { project: project === 'all' ? null : project, q: query, state, limit: 100 }
  const board = usePages<FreshnessAnswer>('freshness', asked, { enabled: isOn(switches.freshness) })
  const pages = board.data?.pages
  const rows = pages?.flatMap(({ freshness }) => freshness) ?? []
  const counts = pages?.[0]?.counts
  const columns = columnsOf(project, isOn(switches.runs) && project !== 'all' ? setFilled : null)
  const tagNames = [...new Set(rows.flatMap(({ tags }) => Object.keys(tags)))].toSorted().slice(0, 12)
  const groups = group === '' ? null : [...Map.groupBy(rows, (row) => groupName(row, group))].toSorted(([a], [b]) => a.localeCompare(b))

  if (!isOn(switches.freshness)) {
    return (
      <>
        <PageHead name="Freshness" crumbs={[{ name: 'Freshness' }]} />
        <SwitchedOff what="Freshness" by={switches.freshness} />
      </>
    )
  }
  return (
    <>
      <PageHead
        name="Freshness"
        crumbs={[{ name: 'Freshness' }]}
        description="The age of each view's newest value against its TTL, or against its schedule."
      />
      {counts ? <StateBar counts={counts} to={(each) => withQuery(projectPath(project, 'freshness'), { state: each })} /> : null}
      <div className="list-tools">
        <FilterBox query={query} onQuery={setQuery} what="views" />
        <Select
          label="State"
          bare
          value={state}
          onChange={(event) => setState(event.target.value)}
          choices={[{ value: '', name: 'Any state' }, ...states.map((value) => ({ value, name: value }))]}
        />
        <Select
          label="Group by"
          bare
          value={group}
          onChange={(event) => setGroup(event.target.value)}
          choices={[
            { value: '', name: 'No groups' },
            { value: 'owner', name: 'By owner' },
            ...tagNames.map((name) => ({ value: `tag:${name}`, name: `By ${name}` })),
          ]}
        />
        <output className="list-count num">{pages ? formatPlural(pages[0]?.pagination.totalCount ?? rows.length, 'view') : ''}</output>
      </div>
      {board.isError && !pages ? (
        <Failure error={board.error} what="freshness" onRetry={() => void board.refetch()} />
      ) : !pages ? (
        <Skeleton rows={14} label="Loading freshness" />
      ) : rows.length === 0 && (query !== '' || state !== '') ? (
        <EmptyFiltered
          what="views"
          filter={[query, state && `state:${state}`].filter(Boolean).join(' ')}
          onClear={() => navigateClear(setQuery, setState)}
        />
      ) : rows.length === 0 ? (
        <Empty title="No feature views yet" code={snippets.featureView}>
          Freshness is told for each feature view as soon as there is one.
        </Empty>
      ) : groups ? (
        groups.map(([name, members]) => (
          <section key={name} className="stack tight">
            <h2>{name}</h2>
            <DataTable
              label={`Freshness of ${name}`}
              columns={columns}
              rows={members}
              rowKey={({ project: own, view }) => `${own} ${view}`}
            />
          </section>
        ))
      ) : (
        <DataTable
          label="Freshness"
          columns={columns}
          rows={rows}
          rowKey={({ project: own, view }) => `${own} ${view}`}
          total={pages[0]?.pagination.totalCount}
          onEnd={() => {
            if (board.hasNextPage && !board.isFetchingNextPage) void board.fetchNextPage()
          }}
        />
      )}
      {filled ? <FillDialog project={project} views={[filled]} range={null} onClose={() => setFilled(null)} /> : null}
    </>
  )
}

function navigateClear(setQuery: (value: string) => void, setState: (value: string) => void): void {
  setQuery('')
  setState('')
}
