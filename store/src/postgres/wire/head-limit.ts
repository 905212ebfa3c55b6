/**
 * Watches how long the first request of a queue has been the first. One timer runs while there is any, however many requests pass: starting
 * anew only notes the time.
 *
 * @example
 * const limit = new HeadLimit(5_000, () => interrupt())
 * limit.start() // a request became the first
 * limit.stop() // there is none
 */
export class HeadLimit {
  readonly #milliseconds: number
  readonly #onLate: () => void
  #since = 0
  #timer: NodeJS.Timeout | undefined

  /** 0 milliseconds is no limit. */
  constructor(milliseconds: number, onLate: () => void) {
    this.#milliseconds = milliseconds
    this.#onLate = onLate
  }

  start(): void {
    if (this.#milliseconds === 0) return
    this.#since = performance.now()
    this.#timer ??= setTimeout(() => this.#check(), this.#milliseconds)
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #check(): void {
    const left = this.#since + this.#milliseconds - performance.now()
    this.#timer = left > 0 ? setTimeout(() => this.#check(), left) : undefined
    if (left <= 0) this.#onLate()
  }
}
