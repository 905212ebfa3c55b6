import './detail/related.css'
import type { RunPart } from '../api/contract.ts'
import { formatCount } from '../format/number.ts'
import { formatTook } from '../format/time.ts'
import { Age } from '../part/age.tsx'
import { RunWord } from '../part/health.tsx'
import { NameCell } from '../part/name-cell.tsx'
import { PageHead } from '../part/page-head.tsx'
import { Properties, Section } from '../part/properties.tsx'
import { type Column, DataTable } from '../part/table.tsx'
import { objectPath, projectPath } from '../route/path.ts'
import type { PageProps } from '../route/routes.tsx'
import { RunProgressView, useRun } from './runs/run-progress.tsx'
import { runName } from './runs/run-table.tsx'

function columnsOf(project: string): readonly Column<RunPart>[] {
  return [
    {
      id: 'view',
      head: 'Feature view',
      width: 'name',
      cell: ({ view }) => <NameCell kind="featureView" name={view} to={`${objectPath(project, 'featureView', view)}/materialization`} />,
    },
    { id: 'state', head: 'State', width: 'm', cell: ({ state }) => <RunWord state={state} /> },
    { id: 'rows', head: 'Rows', width: 's', right: true, cell: ({ rows, totalRows }) => formatCount(rows ?? totalRows) },
    {
      id: 'took',
      head: 'Took',
      width: 's',
      right: true,
      from: 'medium',
      cell: ({ startedAt, finishedAt }) =>
        startedAt && finishedAt ? formatTook((Date.parse(finishedAt) - Date.parse(startedAt)) / 1000) : '–',
    },
    {
      id: 'error',
      head: 'Error',
      width: 'wide',
      from: 'medium',
      cell: ({ error }) => (error ? <span title={error}>{error}</span> : <span className="quiet">–</span>),
    },
  ]
}

/** One run: how it goes, what it did in each view, why it failed. */
export function RunPage({ project, params }: PageProps) {
  const id = params.id ?? ''
  const { data: run } = useRun(id)
  const name = run ? runName(run) : 'Run'
  return (
    <>
      <PageHead
        name={name}
        crumbs={[{ name: 'Runs', to: projectPath(project, 'runs') }, { name }]}
        health={run ? <RunWord state={run.state} /> : undefined}
        description={run?.recordedBy === 'feast' ? 'Recorded by Feast: another program did this and left only its interval.' : undefined}
      />
      <div className="with-aside">
        <RunProgressView project={project} id={id} />
        {run ? (
          <aside aria-label="About this run">
            <Properties
              rows={[
                { name: 'Run', value: <code>{run.id}</code> },
                { name: 'Asked for', value: run.createdAt ? <Age time={run.createdAt} /> : null },
                { name: 'Started', value: run.startedAt ? <Age time={run.startedAt} /> : null },
                { name: 'Finished', value: run.finishedAt ? <Age time={run.finishedAt} /> : null },
                {
                  name: 'Recorded by',
                  value: run.recordedBy === 'server' ? 'this server' : run.recordedBy === 'store' ? 'a program with our store' : 'Feast',
                },
              ]}
            />
          </aside>
        ) : null}
      </div>
      {run && run.parts.length > 0 ? (
        <Section title="Views">
          <DataTable label="Views of this run" columns={columnsOf(project)} rows={run.parts} rowKey={({ view }) => view} />
        </Section>
      ) : null}
    </>
  )
}
