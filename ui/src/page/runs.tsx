import { Play } from 'lucide-react'
import { useState } from 'react'
import type { RunState, RunsAnswer } from '../api/contract.ts'
import { isOn, useHost, usePages } from '../api/query.ts'
import { DurationBars } from '../chart/duration-bars.tsx'
import { formatPlural } from '../format/number.ts'
import { Button } from '../part/button.tsx'
import { Select } from '../part/field.tsx'
import { ObjectPicker } from '../part/object-picker.tsx'
import { PageHead } from '../part/page-head.tsx'
import { Empty, EmptyFiltered, Failure, Skeleton, SwitchedOff } from '../part/state.tsx'
import { useUrlState } from '../query/url.ts'
import type { PageProps } from '../route/routes.tsx'
import { FillDialog } from './runs/fill-dialog.tsx'
import { RunTable } from './runs/run-table.tsx'
import './lineage/lineage.css'

const states: readonly RunState[] = ['running', 'queued', 'succeeded', 'failed', 'cancelled', 'lost']

/** All runs of materialization, whoever started them. */
export function RunsPage({ project }: PageProps) {
  const { switches } = useHost()
  const [view, setView] = useUrlState('view')
  const [state, setState] = useUrlState('state')
  const [filling, setFilling] = useState(false)
  const runs = usePages<RunsAnswer>(
    'runs',
    { project: project === 'all' ? null : project, view, state, limit: 50 },
    { enabled: isOn(switches.freshness) },
  )
  const pages = runs.data?.pages
  const rows = pages?.flatMap((answer) => answer.runs) ?? []
  const head = (
    <PageHead
      name="Runs"
      crumbs={[{ name: 'Runs' }]}
      actions={
        isOn(switches.runs) && project !== 'all' ? (
          <Button look="primary" icon={Play} onClick={() => setFilling(true)}>
            Materialize
          </Button>
        ) : undefined
      }
    />
  )
  if (!isOn(switches.freshness)) {
    return (
      <>
        {head}
        <SwitchedOff what="The record of runs" by={switches.freshness} />
      </>
    )
  }
  return (
    <>
      {head}
      <div className="lineage-tools">
        <ObjectPicker
          label="Feature view"
          project={project}
          of={['featureView', 'streamFeatureView']}
          value={view}
          placeholder="Any view"
          onPick={({ name }) => setView(name)}
        />
        <Select
          label="State"
          value={state}
          onChange={(event) => setState(event.target.value)}
          choices={[{ value: '', name: 'Any state' }, ...states.map((value) => ({ value, name: value }))]}
        />
      </div>
      {runs.isError && !pages ? (
        <Failure error={runs.error} what="the runs" onRetry={() => void runs.refetch()} />
      ) : !pages ? (
        <Skeleton rows={12} label="Loading the runs" />
      ) : rows.length === 0 && (view !== '' || state !== '') ? (
        <EmptyFiltered
          what="runs"
          filter={[view, state].filter(Boolean).join(', ')}
          onClear={() => {
            setView('')
            setState('')
          }}
        />
      ) : rows.length === 0 ? (
        <Empty title="No runs yet" code="feast materialize-incremental $(date -u +%Y-%m-%dT%H:%M:%S)" language="bash">
          A run loads a range of history into the online store. Start one here, from a notebook, or from a shell.
        </Empty>
      ) : (
        <>
          <DurationBars runs={rows} />
          <RunTable project={project} runs={rows} />
          {runs.hasNextPage ? (
            <div>
              <Button busy={runs.isFetchingNextPage} onClick={() => void runs.fetchNextPage()}>
                Show more than {formatPlural(rows.length, 'run')}
              </Button>
            </div>
          ) : null}
        </>
      )}
      {filling ? <FillDialog project={project} views={view === '' ? [] : [view]} range={null} onClose={() => setFilling(false)} /> : null}
    </>
  )
}
