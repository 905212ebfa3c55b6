import { intervalsOf, type Job } from '@charmed-feast/store'
import type { JsonObject } from '../json.ts'
import type { ProjectIndex } from '../registry/registry-index.ts'
import type { RestObject } from '../registry/rest-object.ts'
import { isoOf } from '../time.ts'

/** How a run is: `lost` is one whose process went away. */
export type RunState = 'queued' | 'running' | 'cancelling' | 'succeeded' | 'failed' | 'cancelled' | 'lost'

/** A run as the pages show it (`Run`), with what it is sorted by. */
export interface Run {
  readonly id: string
  readonly state: RunState
  readonly views: readonly string[]
  readonly start: bigint
  readonly end: bigint
  /** When it began, else the end of its interval: the newest comes first. */
  readonly order: bigint
  readonly json: JsonObject
}

/** Text that may have come through a driver: no more of it than a page shows. */
const longestError = 2000

/** A job of the store as a run of one view. */
export const runOfJob = (job: Job): Run => {
  const finishedAt = job.finishedAt === null ? null : isoOf(job.finishedAt)
  const rows = String(job.rows)
  const error = job.error === '' ? null : job.error.slice(0, longestError)
  return {
    ...{ id: job.id, state: job.state, views: [job.view], start: job.start, end: job.end, order: job.startedAt },
    json: {
      id: job.id,
      project: job.project,
      kind: 'materialize',
      state: job.state,
      recordedBy: 'store',
      user: job.requestedBy === '' ? null : job.requestedBy,
      views: [job.view],
      start: isoOf(job.start),
      end: isoOf(job.end),
      createdAt: isoOf(job.startedAt),
      startedAt: isoOf(job.startedAt),
      finishedAt,
      rows,
      bytes: null,
      progress: null,
      error: error === null ? null : { code: null, message: error },
      parts: [{ view: job.view, state: job.state, rows, totalRows: null, startedAt: isoOf(job.startedAt), finishedAt, error }],
    },
  }
}

/** An interval that another program left: that it was done is all that is known. */
const runOfInterval = (view: RestObject, interval: { readonly start: bigint; readonly end: bigint }): Run => {
  const id = `feast-${view.project}-${view.name}-${interval.start}-${interval.end}`
  return {
    ...{ id, state: 'succeeded', views: [view.name], start: interval.start, end: interval.end, order: interval.end },
    json: {
      ...{ id, project: view.project, kind: 'materialize', state: 'succeeded', recordedBy: 'feast', user: null, views: [view.name] },
      ...{ start: isoOf(interval.start), end: isoOf(interval.end), createdAt: null, startedAt: null, finishedAt: null },
      ...{ rows: null, bytes: null, progress: null, error: null, parts: [] },
    },
  }
}

/** The intervals of a project's views that none of the jobs left. */
export const intervalRuns = (project: ProjectIndex, jobs: readonly Job[]): readonly Run[] => {
  const ours = new Set(jobs.map(({ view, start, end }) => `${view}\0${start}\0${end}`))
  const views: readonly RestObject[] = [...project.list('feature-view'), ...project.list('stream-feature-view')]
  return views.flatMap((view) =>
    intervalsOf(view.stored.message)
      .filter(({ start, end }) => !ours.has(`${view.name}\0${start}\0${end}`))
      .map((interval) => runOfInterval(view, interval)),
  )
}

/** Newest first. */
export const newestFirst = (a: Run, b: Run): number => (a.order === b.order ? (a.id < b.id ? -1 : 1) : a.order < b.order ? 1 : -1)
