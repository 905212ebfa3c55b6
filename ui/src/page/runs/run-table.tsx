import type { Run } from '../../api/contract.ts'
import { formatCount } from '../../format/number.ts'
import { formatExact, formatRange, formatTook } from '../../format/time.ts'
import { Age } from '../../part/age.tsx'
import { RunWord } from '../../part/health.tsx'
import { type Column, DataTable } from '../../part/table.tsx'
import { Link } from '../../route/link.tsx'
import { projectPath } from '../../route/path.ts'

/** How long a run took, or has been going on; `null` when another program did it and did not say. */
export function runSeconds({ startedAt, finishedAt }: Run, now = new Date()): number | null {
  if (startedAt === null) return null
  return ((finishedAt === null ? now.getTime() : Date.parse(finishedAt)) - Date.parse(startedAt)) / 1000
}

const names = { materialize: 'Materialize', incremental: 'Incremental', backfill: 'Back-fill' } as const

export function runName({ kind, views }: Pick<Run, 'kind' | 'views'>): string {
  return `${names[kind]} of ${views.length === 1 ? views[0] : `${views.length} views`}`
}

function columnsOf(project: string): readonly Column<Run>[] {
  return [
    {
      id: 'name',
      head: 'Run',
      width: 'name',
      cell: (run) => (
        <Link to={`${projectPath(project, 'runs')}/${encodeURIComponent(run.id)}`} title={run.views.join(', ')}>
          {runName(run)}
        </Link>
      ),
    },
    { id: 'state', head: 'State', width: 'm', cell: ({ state }) => <RunWord state={state} /> },
    {
      id: 'range',
      head: 'Range of event time (UTC)',
      width: 'wide',
      from: 'wide',
      cell: ({ start, end }) => (
        <span className="num" title={`${formatExact(start)} to ${formatExact(end)}`}>
          {formatRange(new Date(start), new Date(end))}
        </span>
      ),
    },
    {
      id: 'rows',
      head: 'Rows',
      width: 's',
      right: true,
      from: 'medium',
      cell: ({ rows, progress }) => formatCount(rows ?? progress?.rows),
    },
    { id: 'took', head: 'Took', width: 's', right: true, from: 'medium', cell: (run) => formatTook(runSeconds(run)) },
    {
      id: 'who',
      head: 'Who',
      width: 'm',
      from: 'wide',
      cell: ({ user, recordedBy }) => user ?? <span className="quiet">{recordedBy === 'feast' ? 'recorded by Feast' : '–'}</span>,
    },
    {
      id: 'when',
      head: 'Started',
      width: 's',
      right: true,
      cell: ({ startedAt, createdAt }) => <Age time={startedAt ?? createdAt} bare never="unknown" />,
    },
  ]
}

/** Runs of materialization, newest first. */
export function RunTable({ project, runs }: { readonly project: string; readonly runs: readonly Run[] }) {
  if (runs.length === 0) return <p className="quiet">No runs yet.</p>
  return <DataTable label="Runs" columns={columnsOf(project)} rows={runs} rowKey={({ id }) => id} />
}
