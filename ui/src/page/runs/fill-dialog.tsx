import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { post } from '../../api/client.ts'
import type { Run, RunEstimate, RunRequest } from '../../api/contract.ts'
import { invalidate, queryClient } from '../../api/query.ts'
import { formatCount } from '../../format/number.ts'
import { formatSpan } from '../../format/time.ts'
import { Button } from '../../part/button.tsx'
import { Dialog } from '../../part/dialog.tsx'
import { Input, Segmented } from '../../part/field.tsx'
import { ObjectPicker } from '../../part/object-picker.tsx'
import { Problem } from '../../part/problem.tsx'
import { Properties } from '../../part/properties.tsx'
import { readInputTime, writeInputTime } from '../view/input-time.ts'
import { RunProgressView } from './run-progress.tsx'
import './fill-dialog.css'

export interface FillRange {
  readonly start: string
  readonly end: string
}

interface FillDialogProps {
  readonly project: string
  /** Empty: chosen in the dialog. */
  readonly views: readonly string[]
  /** The gap to fill; `null`: what is new since the last run. */
  readonly range: FillRange | null
  readonly onClose: () => void
}

/** What the field says; as long as nobody typed, the exact time it stands for. */
function timeOf(text: string, meant: string | undefined): string | null {
  return meant !== undefined && writeInputTime(meant) === text ? meant : readInputTime(text)
}

function titleOf(views: readonly string[], range: FillRange | null): string {
  if (range) return 'Fill this gap'
  return views.length === 1 ? `Materialize ${views[0]}` : 'Materialize'
}

/** Says first what a run would do, then runs it and shows it running. */
export function FillDialog({ project, views: given, range, onClose }: FillDialogProps) {
  const [views, setViews] = useState(given)
  const [mode, setMode] = useState<'range' | 'incremental'>(range ? 'range' : 'incremental')
  const [start, setStart] = useState(writeInputTime(range?.start ?? new Date(Date.now() - 86_400_000)))
  const [end, setEnd] = useState(range ? writeInputTime(range.end) : '')
  const ranged = mode === 'range'
  const request: RunRequest = {
    project,
    views,
    mode,
    start: ranged ? timeOf(start, range?.start) : null,
    end: timeOf(end, range?.end),
    dry_run: true,
  }
  const backwards = ranged && request.start !== null && request.end !== null && request.start >= request.end
  const complete = views.length > 0 && (!ranged || (request.start !== null && request.end !== null)) && !backwards
  const estimate = useQuery({
    queryKey: ['runs', 'estimate', request],
    queryFn: ({ signal }) => post<RunEstimate>('runs', request, { signal }),
    enabled: complete,
    placeholderData: keepPreviousData,
    retry: false,
  })
  const run = useMutation({
    mutationFn: () => post<Run>('runs', { ...request, dry_run: false }),
    onSuccess: (started) => {
      queryClient.setQueryData([`runs/${started.id}`, {}], started)
      invalidate('runs')
    },
  })
  if (run.data) {
    return (
      <Dialog
        title={`Materialize ${views.length === 1 ? views[0] : `${views.length} views`}`}
        onClose={onClose}
        foot={<Button onClick={onClose}>Leave it running</Button>}
      >
        <RunProgressView project={project} id={run.data.id} />
      </Dialog>
    )
  }
  return (
    <Dialog
      title={titleOf(views, range)}
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" disabled={!complete || estimate.isError} busy={run.isPending} onClick={() => run.mutate()}>
            {estimate.data?.rows ? `Load ${formatCount(estimate.data.rows)} rows` : 'Load'}
          </Button>
        </>
      }
    >
      {given.length > 0 ? null : (
        <ObjectPicker
          label="Feature view"
          project={project}
          of={['featureView', 'streamFeatureView']}
          value={views[0] ?? ''}
          placeholder="Find a view"
          onPick={({ name }) => setViews([name])}
        />
      )}
      <Segmented
        label="What to load"
        value={mode}
        onChange={(value) => setMode(value === 'range' ? 'range' : 'incremental')}
        choices={[
          { value: 'incremental', name: 'What is new' },
          { value: 'range', name: 'A range' },
        ]}
      />
      <div className="fill-range">
        {ranged ? (
          <Input label="From (UTC)" type="datetime-local" value={start} onChange={(event) => setStart(event.target.value)} />
        ) : null}
        <Input
          label={ranged ? 'Up to (UTC)' : 'Up to (UTC), empty for now'}
          type="datetime-local"
          value={end}
          error={backwards ? 'The end must be after the start.' : null}
          onChange={(event) => setEnd(event.target.value)}
        />
      </div>
      {complete ? <Estimate estimate={estimate.data} error={estimate.error} /> : null}
      {run.isError ? <Problem error={run.error} /> : null}
    </Dialog>
  )
}

function Estimate({ estimate, error }: { readonly estimate: RunEstimate | undefined; readonly error: Error | null }) {
  if (error) return <Problem error={error} />
  if (!estimate) return <p className="label">Counting what there is to load</p>
  return (
    <>
      <Properties
        rows={[
          {
            name: 'Rows',
            value: estimate.rows === null ? 'unknown: the offline store could not count in time' : formatCount(estimate.rows),
          },
          {
            name: 'Expected time',
            value: estimate.secondsExpected === null ? null : `about ${formatSpan(Math.max(1, estimate.secondsExpected))}`,
          },
          ...estimate.views.map(({ view, start, end, coveredSeconds }) => ({
            name: view,
            value: `${formatSpan((Date.parse(end) - Date.parse(start)) / 1000, 2)}${coveredSeconds > 0 ? `, of which ${formatSpan(coveredSeconds, 2)} is there already` : ''}`,
          })),
        ]}
      />
      {estimate.warnings.map((warning) => (
        <p key={warning} className="warning">
          {warning}
        </p>
      ))}
    </>
  )
}
