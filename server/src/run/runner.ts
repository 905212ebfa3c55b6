import { randomUUID } from 'node:crypto'
import type { Job, Store } from '@charmed-feast/store'
import { serverError } from '../errors.ts'
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

interface Part {
  readonly view: string
  state: RunState
  rows: number | null
  startedAt: bigint | null
  finishedAt: bigint | null
  error: string | null
}

/*
 * queued → running → succeeded | failed | cancelled; queued → cancelled; running → cancelling → cancelled.
 * Parts go one after another; a part that fails ends the run, and what was queued behind it is cancelled.
 */
interface Started {
  readonly id: string
  readonly order: RunOrder
  readonly createdAt: bigint
  readonly parts: readonly Part[]
  readonly jobs: Set<string>
  readonly abort: AbortController
  state: RunState
  startedAt: bigint | null
  finishedAt: bigint | null
  error: string | null
}

/** What is told of runs. */
export type RunListener = (run: Run, project: string) => void

/** Runs that this server started: one at a time, so that stores are not overrun. What they loaded is recorded by the store. */
export interface Runner extends AsyncDisposable {
  /** @throws SERVER_BUSY when the user has too many under way, SERVER_NOT_SUPPORTED for another project than the store's */
  start(order: RunOrder): Run
  /** Asks a run to end. @throws SERVER_RECORD_NOT_FOUND, SERVER_CONFLICT when it has ended */
  cancel(id: string): Run
  list(project: string): readonly Run[]
  /** Whether a job of the store is a part of a run that is listed here. */
  owns(job: Job): boolean
  onChange(listener: RunListener): () => void
}

/** How many runs of one user are queued or running. */
const runsPerUser = 8
/** How many ended runs are kept at hand; the store keeps all. */
const endedRuns = 200

const isActive = ({ state }: Started): boolean => state === 'queued' || state === 'running' || state === 'cancelling'
const iso = (moment: bigint | null): string | null => (moment === null ? null : isoOf(moment))
const text = (rows: number | null): string | null => (rows === null ? null : String(rows))
const words = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const partJson = ({ startedAt, finishedAt, rows, ...part }: Part): JsonObject => ({
  ...part,
  rows: text(rows),
  totalRows: null,
  startedAt: iso(startedAt),
  finishedAt: iso(finishedAt),
})

const rowsOf = ({ parts }: Started): number | null =>
  parts.every(({ rows }) => rows === null) ? null : parts.reduce((sum, { rows }) => sum + (rows ?? 0), 0)

const progressOf = (run: Started, now: bigint): JsonObject | null => {
  if (run.state !== 'running' || run.startedAt === null) return null
  const [rows, seconds] = [rowsOf(run) ?? 0, Number(now - run.startedAt) / 1e6]
  return { rows: String(rows), totalRows: null, rowsPerSecond: seconds > 0 ? Math.round(rows / seconds) : null, secondsLeft: null }
}

const runOf = (run: Started, now: bigint): Run => {
  const { id, order, state, parts, error } = run
  const views = parts.map(({ view }) => view)
  return {
    ...{ id, state, views, start: order.start, end: order.end, order: run.createdAt },
    json: {
      ...{ id, project: order.project, kind: order.mode === 'incremental' ? 'incremental' : 'backfill', state, recordedBy: 'server' },
      ...{ user: order.user, views, start: isoOf(order.start), end: isoOf(order.end), createdAt: isoOf(run.createdAt) },
      ...{ startedAt: iso(run.startedAt), finishedAt: iso(run.finishedAt), rows: text(rowsOf(run)), bytes: null },
      progress: progressOf(run, now),
      error: error === null ? null : { code: null, message: error },
      parts: parts.map(partJson),
    },
  }
}

class StoreRunner implements Runner {
  readonly #store: Store
  readonly #now: () => bigint
  readonly #runs: Started[] = []
  readonly #listeners = new Set<RunListener>()
  #working: Promise<void> = Promise.resolve()

  constructor(store: Store, now: () => bigint) {
    this.#store = store
    this.#now = now
  }

  start(order: RunOrder): Run {
    if (order.project !== this.#store.project)
      throw serverError('SERVER_NOT_SUPPORTED', [
        `materialize project "${order.project}"`,
        `this server materializes "${this.#store.project}"`,
      ])
    const active = this.#runs.filter((run) => isActive(run) && run.order.user === order.user)
    if (active.length >= runsPerUser) throw serverError('SERVER_BUSY', ['a run', String(active.length)])
    const run: Started = {
      ...{ id: randomUUID(), order, createdAt: this.#now(), jobs: new Set<string>(), abort: new AbortController() },
      parts: order.views.map((view) => ({ view, state: 'queued', rows: null, startedAt: null, finishedAt: null, error: null })),
      ...{ state: 'queued', startedAt: null, finishedAt: null, error: null },
    }
    this.#runs.unshift(run)
    this.#forget()
    this.#working = this.#working.then(() => this.#work(run))
    return this.#tell(run)
  }

  cancel(id: string): Run {
    const run = this.#runs.find((each) => each.id === id)
    if (run === undefined) throw serverError('SERVER_RECORD_NOT_FOUND', ['Run', id])
    if (!isActive(run)) throw serverError('SERVER_CONFLICT', ['cancel run', id, `it is ${run.state} already`])
    run.state = run.state === 'queued' ? 'cancelled' : 'cancelling'
    if (run.state === 'cancelled') this.#end(run, 'cancelled', null)
    run.abort.abort(new Error('cancelled'))
    return this.#tell(run)
  }

  list(project: string): readonly Run[] {
    const now = this.#now()
    return this.#runs.filter(({ order }) => order.project === project).map((run) => runOf(run, now))
  }

  owns(job: Job): boolean {
    return this.#runs.some(
      (run) =>
        run.jobs.has(job.id) ||
        (isActive(run) && job.state === 'running' && run.parts.some((part) => part.state === 'running' && part.view === job.view)),
    )
  }

  onChange(listener: RunListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const run of this.#runs) if (isActive(run)) run.abort.abort(new Error('the server stops'))
    await this.#working
  }

  #tell(run: Started): Run {
    const shown = runOf(run, this.#now())
    for (const listener of this.#listeners) listener(shown, run.order.project)
    return shown
  }

  #forget(): void {
    const ended = this.#runs.filter((run) => !isActive(run)).slice(endedRuns)
    for (const run of ended) this.#runs.splice(this.#runs.indexOf(run), 1)
  }

  #end(run: Started, state: RunState, error: string | null): void {
    run.state = state
    run.error = error
    run.finishedAt = this.#now()
    for (const part of run.parts) if (part.state === 'queued') part.state = 'cancelled'
  }

  async #work(run: Started): Promise<void> {
    if (run.state !== 'queued') return
    run.state = 'running'
    run.startedAt = this.#now()
    this.#tell(run)
    for (const part of run.parts) {
      const error = await this.#load(run, part)
      this.#tell(run)
      if (error === undefined) continue
      this.#end(run, run.abort.signal.aborted ? 'cancelled' : 'failed', run.abort.signal.aborted ? null : error)
      this.#tell(run)
      return
    }
    this.#end(run, 'succeeded', null)
    this.#tell(run)
  }

  /** Loads one view; gives what went wrong. */
  async #load(run: Started, part: Part): Promise<string | undefined> {
    const { order, abort } = run
    const work = {
      ...{ views: [part.view], signal: abort.signal, requestedBy: order.user ?? '' },
      onProgress: ({ rows }: { readonly rows: number }) => {
        part.rows = rows
        this.#tell(run)
      },
    }
    part.state = 'running'
    part.startedAt = this.#now()
    try {
      abort.signal.throwIfAborted()
      const results =
        order.mode === 'incremental'
          ? await this.#store.materializeIncremental({ ...work, end: order.end })
          : await this.#store.materialize({ ...work, start: order.start, end: order.end })
      for (const { jobId, rows } of results) {
        run.jobs.add(jobId)
        part.rows = rows
      }
      part.state = 'succeeded'
      return undefined
    } catch (error) {
      part.state = abort.signal.aborted ? 'cancelled' : 'failed'
      part.error = part.state === 'failed' ? words(error) : null
      return words(error)
    } finally {
      part.finishedAt = this.#now()
    }
  }
}

/**
 * Starts and watches materializations.
 *
 * @example
 * await using runner = openRunner(store, now)
 * runner.start({ project: 'demo', views: ['driver_stats'], mode: 'range', start, end, user: null }).state // 'queued'
 */
export const openRunner = (store: Store, now: () => bigint): Runner => new StoreRunner(store, now)
