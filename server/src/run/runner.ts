import { randomUUID } from 'node:crypto'
import type { Store } from '@charmed-feast/store'
import { serverError } from '../errors.ts'
import type { Records } from '../record/records.ts'
import { isoOf } from '../time.ts'
import type { Run } from './run.ts'
import { type RunRecords, runRecords } from './run-records.ts'
import { endedRun, isActive, type Part, queuedRun, type RunOrder, resumedRun, type StoredRun, shownRun, withPart } from './stored-run.ts'

/** What is told of runs. */
export type RunListener = (run: Run, project: string) => void

/** Runs that servers share: kept in our records, worked on by one server each, one at a time, so that stores are not overrun. */
export interface Runner extends AsyncDisposable {
  /** @throws SERVER_BUSY when the user has too many under way, SERVER_NOT_SUPPORTED for another project, or where nothing can be kept */
  start(order: RunOrder): Promise<Run>
  /** Asks a run to end, whichever server works on it. @throws SERVER_RECORD_NOT_FOUND, SERVER_CONFLICT when it has ended */
  cancel(id: string): Promise<Run>
  /** Newest first. */
  list(project: string): Promise<readonly StoredRun[]>
  /** Calls back with each run that moves, whichever server moves it. */
  onChange(listener: RunListener): () => void
}

/** What a runner is opened with. */
export interface RunnerOptions {
  readonly store: Store
  readonly records: Records
  /** Microseconds since 1970 (UTC). */
  readonly now: () => bigint
  /** Whether this server takes runs, or only shows them. */
  readonly works: boolean
  /** How long a run stays this server's without a sign of life. */
  readonly leaseSeconds: number
  /** Reads the registry anew: what a run loaded is in it before anybody is told that the run has ended. */
  readonly refresh: () => Promise<unknown>
  readonly report: (error: unknown) => void
}

/** How many runs are shown. */
const shown = 200
const words = (error: unknown): string => (error instanceof Error ? error.message : String(error))

class StoreRunner implements Runner {
  readonly #options: RunnerOptions
  readonly #runs: RunRecords
  readonly #owner = randomUUID()
  readonly #listeners = new Set<RunListener>()
  readonly #stop = new AbortController()
  readonly #working: Promise<void>
  /** The run that this server works on. */
  #current: { readonly abort: AbortController; run: StoredRun; moved: boolean } | undefined
  #wake: () => void = () => undefined
  #hearing: Promise<void> = Promise.resolve()

  constructor(options: RunnerOptions) {
    this.#options = options
    const { records, store, leaseSeconds } = options
    this.#runs = runRecords(records, { project: store.project, leaseSeconds })
    records.hear((id) => {
      this.#hearing = this.#hearing.then(() => this.#heard(id)).catch(options.report)
    })
    this.#working = options.works ? this.#workOn() : Promise.resolve()
  }

  async start(order: RunOrder): Promise<Run> {
    const { store, now } = this.#options
    if (order.project !== store.project)
      throw serverError('SERVER_NOT_SUPPORTED', [`materialize project "${order.project}"`, `this server materializes "${store.project}"`])
    const run = queuedRun(randomUUID(), order, isoOf(now()))
    await this.#runs.add(run)
    this.#wake()
    return shownRun(run, now())
  }

  async cancel(id: string): Promise<Run> {
    return shownRun(await this.#runs.cancel(id), this.#options.now())
  }

  async list(project: string): Promise<readonly StoredRun[]> {
    return await this.#runs.list(project, shown)
  }

  onChange(listener: RunListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    this.#wake()
    this.#current?.abort.abort(new Error('the server stops'))
    await this.#working
    await this.#hearing
  }

  /** A run moved somewhere; `''`: any may have. */
  async #heard(id: string): Promise<void> {
    if (this.#stop.signal.aborted) return
    this.#wake()
    const runs = id === '' ? (await this.list(this.#options.store.project)).filter(isActive) : [await this.#runs.get(id)]
    for (const run of runs) {
      if (run === undefined) continue
      if (run.state === 'cancelling' && run.id === this.#current?.run.id) this.#current.abort.abort(new Error('cancelled'))
      if (run.state === 'succeeded') await this.#options.refresh()
      for (const listener of this.#listeners) listener(shownRun(run, this.#options.now()), run.order.project)
    }
  }

  async #workOn(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const woken = new Promise<void>((resolve) => {
        // Who went away tells nobody: leases are looked at this often.
        const timer = setTimeout(resolve, this.#options.leaseSeconds * 500).unref()
        this.#wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
      try {
        const taken = await this.#runs.take(this.#owner)
        if (taken === undefined) await woken
        else await this.#work(resumedRun(taken))
      } catch (error) {
        this.#options.report(error)
        await woken
      }
    }
  }

  async #work(taken: StoredRun): Promise<void> {
    const started = isoOf(this.#options.now())
    const abort = new AbortController()
    const current = { abort, run: { ...taken, state: 'running', startedAt: taken.startedAt ?? started } as StoredRun, moved: true }
    this.#current = current
    const beat = setInterval(() => void this.#keep().catch(this.#options.report), Math.min(500, this.#options.leaseSeconds * 250))
    try {
      await this.#keep()
      const run = await this.#loadParts()
      if (run.state === 'succeeded') await this.#options.refresh()
      await this.#runs.release(run, this.#owner)
    } finally {
      clearInterval(beat)
      this.#current = undefined
    }
  }

  #lastKept = 0

  /** Tells the records how far the run is, and that its server is alive; asks them whether it is to end. */
  async #keep(): Promise<void> {
    const current = this.#current
    const isDue = performance.now() - this.#lastKept > this.#options.leaseSeconds * 250
    if (current === undefined || (!current.moved && !isDue)) return
    current.moved = false
    this.#lastKept = performance.now()
    const kept = await this.#runs.keep(current.run, this.#owner)
    if (kept === undefined) current.abort.abort(new Error('another server took the run'))
    else if (kept.cancelled) current.abort.abort(new Error('cancelled'))
  }

  #move(place: number, part: Partial<Part>): void {
    if (this.#current === undefined) return
    this.#current.run = withPart(this.#current.run, place, part)
    this.#current.moved = true
  }

  /** Loads what is not loaded yet; gives the run as it is to be kept. */
  async #loadParts(): Promise<StoredRun> {
    const { now } = this.#options
    const current = this.#current
    if (current === undefined) throw new Error('no run is worked on')
    for (const [place, part] of current.run.parts.entries()) {
      if (part.state !== 'queued') continue
      const error = await this.#load(current.run.order, place, current.abort.signal)
      if (error === undefined) await this.#keep()
      else if (this.#stop.signal.aborted) return resumedRun(withPart(current.run, place, { state: 'running' }))
      else if (current.abort.signal.aborted) return endedRun(current.run, 'cancelled', isoOf(now()), null)
      else return endedRun(current.run, 'failed', isoOf(now()), error)
    }
    return endedRun(current.run, 'succeeded', isoOf(now()), null)
  }

  /** Loads one view; gives what went wrong. */
  async #load(order: RunOrder, place: number, signal: AbortSignal): Promise<string | undefined> {
    const { store, now } = this.#options
    const view = order.views[place] ?? ''
    const work = {
      ...{ views: [view], signal, requestedBy: order.user ?? '' },
      onProgress: ({ rows }: { readonly rows: number }) => this.#move(place, { rows }),
    }
    this.#move(place, { state: 'running', startedAt: isoOf(now()) })
    try {
      signal.throwIfAborted()
      await this.#keep()
      const results =
        order.mode === 'incremental'
          ? await store.materializeIncremental({ ...work, end: order.end })
          : await store.materialize({ ...work, start: order.start, end: order.end })
      const loaded = results.map(({ jobId, rows }) => ({ job: jobId, rows }))
      this.#move(place, { state: 'succeeded', finishedAt: isoOf(now()), ...loaded.at(-1) })
      return undefined
    } catch (error) {
      const state = signal.aborted ? 'cancelled' : 'failed'
      this.#move(place, { state, finishedAt: isoOf(now()), error: state === 'failed' ? words(error) : null })
      return words(error)
    }
  }
}

/**
 * Starts and watches materializations.
 *
 * @example
 * await using runner = openRunner({ store, records, now, works: true, leaseSeconds: 20, refresh, report })
 * const { state } = await runner.start({ project: 'demo', views: ['driver_stats'], mode: 'range', start, end, user: null }) // 'queued'
 */
export const openRunner = (options: RunnerOptions): Runner => new StoreRunner(options)
