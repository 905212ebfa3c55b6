import type { JsonObject } from '../json.ts'
import { isoOf } from '../time.ts'
import type { Run, RunState } from './run.ts'

/** What a run is asked to do. Times are microseconds since 1970 (UTC). */
export interface RunOrder {
  readonly project: string
  readonly views: readonly string[]
  readonly mode: 'range' | 'incremental'
  readonly start: bigint
  readonly end: bigint
  readonly user: string | null
}

/** One view of a run. Times are ISO texts. */
export interface Part {
  readonly view: string
  readonly state: RunState
  readonly rows: number | null
  readonly startedAt: string | null
  readonly finishedAt: string | null
  readonly error: string | null
  /** The store's job that loaded it. */
  readonly job: string | null
}

/*
 * queued → running → succeeded | failed | cancelled; queued → cancelled; running → cancelling → cancelled.
 * running → queued when its server stops, or went away: whoever takes it next goes on with the parts that are not done.
 * Parts go one after another; a part that fails ends the run, and what was queued behind it is cancelled.
 */

/** A run as it is kept: what any server needs to show it, or to go on with it. */
export interface StoredRun {
  readonly id: string
  readonly order: RunOrder
  readonly state: RunState
  readonly createdAt: string
  readonly startedAt: string | null
  readonly finishedAt: string | null
  readonly error: string | null
  readonly parts: readonly Part[]
}

/** A run that nobody has begun. */
export const queuedRun = (id: string, order: RunOrder, createdAt: string): StoredRun => ({
  ...{ id, order, state: 'queued', createdAt, startedAt: null, finishedAt: null, error: null },
  parts: order.views.map((view) => ({
    ...{ view, state: 'queued', rows: null, startedAt: null, finishedAt: null, error: null, job: null },
  })),
})

/** Whether something may still become of it. */
export const isActive = ({ state }: Pick<StoredRun, 'state'>): boolean =>
  state === 'queued' || state === 'running' || state === 'cancelling'

/** A run with another part in the place of one. */
export const withPart = (run: StoredRun, place: number, part: Partial<Part>): StoredRun => ({
  ...run,
  parts: run.parts.map((each, at) => (at === place ? { ...each, ...part } : each)),
})

/** A run that is over: what was queued in it never runs. */
export const endedRun = (run: StoredRun, state: RunState, finishedAt: string, error: string | null): StoredRun => ({
  ...{ ...run, state, finishedAt, error },
  parts: run.parts.map((part) => (part.state === 'queued' || part.state === 'running' ? { ...part, state: 'cancelled' } : part)),
})

/** A run to be gone on with by somebody: what was being loaded is loaded anew. */
export const resumedRun = (run: StoredRun): StoredRun => ({
  ...run,
  state: 'queued',
  parts: run.parts.map((part) => (part.state === 'running' ? { ...part, state: 'queued', rows: null, startedAt: null } : part)),
})

/** A run as the text of its record. */
export const writeRun = ({ order, ...run }: StoredRun): string =>
  JSON.stringify({ ...run, order: { ...order, start: String(order.start), end: String(order.end) } })

/**
 * {@link writeRun} read back. The state is the record's own: a cancel, or a server that went away, changes that alone, at the moment told.
 */
export const readRun = (doc: unknown, state: unknown, changedAt: string): StoredRun => {
  // Only writeRun wrote it, and only RunRecords the state.
  const { order, ...kept } = JSON.parse(String(doc)) as Omit<StoredRun, 'order'> & {
    readonly order: Omit<RunOrder, 'start' | 'end'> & { readonly start: string; readonly end: string }
  }
  const run: StoredRun = { ...kept, order: { ...order, start: BigInt(order.start), end: BigInt(order.end) } }
  const now = state as RunState
  if (isActive({ state: now }) || !isActive(run)) return { ...run, state: now }
  return endedRun(run, now, changedAt, now === 'lost' ? 'the servers that worked on it went away' : null)
}

const rowsOf = ({ parts }: StoredRun): number | null =>
  parts.every(({ rows }) => rows === null) ? null : parts.reduce((sum, { rows }) => sum + (rows ?? 0), 0)

const text = (rows: number | null): string | null => (rows === null ? null : String(rows))
const microseconds = (iso: string): bigint => BigInt(Date.parse(iso)) * 1000n

const progressOf = (run: StoredRun, now: bigint): JsonObject | null => {
  if (run.state !== 'running' || run.startedAt === null) return null
  const [rows, seconds] = [rowsOf(run) ?? 0, Number(now - microseconds(run.startedAt)) / 1e6]
  return { rows: String(rows), totalRows: null, rowsPerSecond: seconds > 0 ? Math.round(rows / seconds) : null, secondsLeft: null }
}

/** A stored run as the pages show it. */
export const shownRun = (run: StoredRun, now: bigint): Run => {
  const { id, order, state, parts, error, createdAt, startedAt, finishedAt } = run
  const views = parts.map(({ view }) => view)
  return {
    ...{ id, state, views, start: order.start, end: order.end, order: microseconds(createdAt) },
    json: {
      ...{ id, project: order.project, kind: order.mode === 'incremental' ? 'incremental' : 'backfill', state, recordedBy: 'server' },
      ...{ user: order.user, views, start: isoOf(order.start), end: isoOf(order.end), createdAt },
      ...{ startedAt, finishedAt, rows: text(rowsOf(run)), bytes: null },
      progress: progressOf(run, now),
      error: error === null ? null : { code: null, message: error },
      parts: parts.map(({ job: _, rows, ...part }) => ({ ...part, rows: text(rows), totalRows: null })),
    },
  }
}
