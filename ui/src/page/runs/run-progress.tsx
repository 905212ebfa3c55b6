import { useMutation, useQuery } from '@tanstack/react-query'
import { Square } from 'lucide-react'
import { get, post, segment } from '../../api/client.ts'
import type { Run } from '../../api/contract.ts'
import { formatCount } from '../../format/number.ts'
import { formatSpan, formatTook, formatUtc } from '../../format/time.ts'
import { Button } from '../../part/button.tsx'
import { RunWord } from '../../part/health.tsx'
import { Problem } from '../../part/problem.tsx'
import { Properties } from '../../part/properties.tsx'
import { Failure, Skeleton } from '../../part/state.tsx'
import { liveState } from '../../shell/live.ts'
import { runSeconds } from './run-table.tsx'

function isUnderWay({ state }: Run): boolean {
  return state === 'queued' || state === 'running' || state === 'cancelling'
}

/** A run that is asked for every second while it is under way and no events come; else once. */
export function useRun(id: string) {
  return useQuery<Run>({
    queryKey: [`runs/${id}`, {}],
    queryFn: ({ signal }) => get<Run>(`runs/${segment(id)}`, {}, signal),
    refetchInterval: ({ state }) => (state.data && isUnderWay(state.data) && liveState() !== 'live' ? 1000 : false),
  })
}

function Bar({ share }: { readonly share: number }) {
  return (
    <svg
      width="100%"
      height={6}
      role="progressbar"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(share * 100)}
      aria-label="Rows loaded"
    >
      <rect width="100%" height={6} rx={3} />
      <rect className="done" width={`${Math.min(100, share * 100)}%`} height={6} rx={3} />
    </svg>
  )
}

/** A run as it goes: how far, how fast, and the way to stop it. */
export function RunProgressView({ id }: { readonly project: string; readonly id: string }) {
  const { data: run, error } = useRun(id)
  const cancel = useMutation({ mutationFn: () => post<Run>(`runs/${segment(id)}`, undefined, { method: 'DELETE' }) })
  if (error && !run) return <Failure error={error} what="this run" />
  if (!run) return <Skeleton rows={3} label="Loading the run" />
  const { progress } = run
  const total = progress?.totalRows ?? run.rows
  const share = progress && total ? Number(progress.rows) / Math.max(1, Number(total)) : run.state === 'succeeded' ? 1 : 0
  return (
    <div className="stack">
      <div className="progress">
        <div className="row">
          <RunWord state={run.state} />
          <span className="num push label">
            {progress
              ? `${formatCount(progress.rows)}${progress.totalRows === null ? '' : ` of ${formatCount(progress.totalRows)}`} rows`
              : run.rows === null
                ? ''
                : `${formatCount(run.rows)} rows`}
          </span>
        </div>
        <Bar share={share} />
        <span className="label num" aria-live="polite">
          {progress?.secondsLeft !== null && progress?.secondsLeft !== undefined && isUnderWay(run)
            ? `about ${formatSpan(Math.max(1, progress.secondsLeft))} left`
            : formatTook(runSeconds(run))}
        </span>
      </div>
      <Properties
        rows={[
          { name: 'Range (UTC)', value: `${formatUtc(new Date(run.start))} to ${formatUtc(new Date(run.end))}` },
          { name: 'Speed', value: progress?.rowsPerSecond ? `${formatCount(Math.round(progress.rowsPerSecond))} rows a second` : null },
          { name: 'Started by', value: run.user },
        ]}
      />
      {run.error ? <Problem error={new Error(run.error.message)} /> : null}
      {cancel.isError ? <Problem error={cancel.error} /> : null}
      {isUnderWay(run) ? (
        <div>
          <Button look="danger" icon={Square} busy={cancel.isPending || run.state === 'cancelling'} onClick={() => cancel.mutate()}>
            Stop this run
          </Button>
        </div>
      ) : null}
    </div>
  )
}
