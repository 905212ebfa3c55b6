/** Calls back after so many milliseconds, unless it is disposed before. */
export type Timer = (ms: number, run: () => void) => Disposable

/** The machine's own timer; it keeps no process alive. */
export const machineTimer: Timer = (ms, run) => {
  const timeout = setTimeout(run, ms).unref()
  return { [Symbol.dispose]: () => clearTimeout(timeout) }
}

/** What a queue needs. */
export interface QueueOptions {
  readonly workers: number
  readonly timer: Timer
  /** Works on a key; gives after how many milliseconds it shall come again by itself, or null. Throws to have it tried again. */
  readonly work: (key: string) => Promise<number | null>
  readonly onFailure: (key: string, error: unknown) => void
}

/** Milliseconds until a failed key is tried again: doubled each time (real-parts.md §4). */
const firstRetry = 16
const longestRetry = 1_000_000

/** Keys that wait for work: one worker at a time for each, none twice, and failed ones again after a while. */
export class WorkQueue implements AsyncDisposable {
  readonly #options: QueueOptions
  readonly #waiting = new Set<string>()
  readonly #working = new Map<string, Promise<void>>()
  readonly #failures = new Map<string, number>()
  readonly #timers = new Map<string, Disposable>()
  #closed = false

  constructor(options: QueueOptions) {
    this.#options = options
  }

  add(key: string): void {
    if (this.#closed) return
    this.#waiting.add(key)
    this.#start()
  }

  /** Whether nothing is worked on and nothing waits for it; what waits for its time does not count. */
  get idle(): boolean {
    return this.#waiting.size === 0 && this.#working.size === 0
  }

  addAfter(key: string, ms: number): void {
    this.#timers.get(key)?.[Symbol.dispose]()
    this.#timers.delete(key)
    if (this.#closed) return
    const timer = this.#options.timer(ms, () => {
      this.#timers.delete(key)
      this.add(key)
    })
    this.#timers.set(key, timer)
  }

  #start(): void {
    for (const key of this.#waiting) {
      if (this.#working.size >= this.#options.workers) return
      if (this.#working.has(key)) continue
      this.#waiting.delete(key)
      this.#working.set(key, this.#work(key))
    }
  }

  async #work(key: string): Promise<void> {
    // What is started here is in the map before it can take itself out.
    await Promise.resolve()
    try {
      const again = await this.#options.work(key)
      this.#failures.delete(key)
      if (again !== null) this.addAfter(key, again)
    } catch (error) {
      const failures = this.#failures.get(key) ?? 0
      this.#failures.set(key, failures + 1)
      this.#options.onFailure(key, error)
      this.addAfter(key, Math.min(firstRetry * 2 ** failures, longestRetry))
    } finally {
      this.#working.delete(key)
      if (!this.#closed) this.#start()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    this.#waiting.clear()
    for (const timer of this.#timers.values()) timer[Symbol.dispose]()
    await Promise.all(this.#working.values())
  }
}
