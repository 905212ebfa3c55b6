/** What {@link Slots} holds: it may die while nobody looks. */
export interface SlotItem {
  readonly broken: boolean
}

interface SlotsOptions<Item> {
  readonly max: number
  /** As many stay open when nobody needs them. */
  readonly min: number
  readonly idleMs: number
  readonly open: (signal: AbortSignal | undefined) => Promise<Item>
  readonly close: (item: Item) => Promise<void>
  readonly closedError: () => Error
}

interface Idle<Item> {
  readonly item: Item
  readonly timer: NodeJS.Timeout
}

/**
 * A bounded number of things that are slow to make, lent one at a time: the last one used goes out first, waiters come in order.
 *
 * @example
 * const session = await slots.acquire()
 * try {
 *   await session.client.query('SELECT 1')
 * } finally {
 *   slots.release(session)
 * }
 */
export class Slots<Item extends SlotItem> {
  readonly #options: SlotsOptions<Item>
  readonly #idle: Idle<Item>[] = []
  readonly #waiters: PromiseWithResolvers<Item | undefined>[] = []
  readonly #allReturned = Promise.withResolvers<void>()
  #open = 0
  #closing = 0
  #closed = false

  constructor(options: SlotsOptions<Item>) {
    this.#options = options
  }

  /** Whether the next one is lent without waiting. */
  get spare(): boolean {
    return !this.#closed && this.#waiters.length === 0 && (this.#idle.length > 0 || this.#open < this.#options.max)
  }

  /** Lends one, waiting for it when all are out. `fresh`: a new one, whatever lies idle. */
  async acquire({ fresh = false, signal }: { readonly fresh?: boolean; readonly signal?: AbortSignal | undefined } = {}): Promise<Item> {
    for (;;) {
      signal?.throwIfAborted()
      if (this.#closed) throw this.#options.closedError()
      const idle = this.#takeIdle()
      if (idle !== undefined && !fresh) return idle
      if (idle !== undefined) this.#discard(idle)
      if (this.#open < this.#options.max) return await this.#openOne(signal)
      const given = await this.#wait(signal)
      if (given !== undefined && !fresh && !given.broken) return given
      if (given !== undefined) this.#discard(given)
    }
  }

  /** Takes one back; a broken one is closed, and its place is free. */
  release(item: Item): void {
    if (item.broken || this.#closed) {
      this.#discard(item)
      this.#waiters.shift()?.resolve(undefined)
      return
    }
    const waiter = this.#waiters.shift()
    if (waiter !== undefined) {
      waiter.resolve(item)
      return
    }
    const timer = setTimeout(() => this.#expire(item), this.#options.idleMs)
    timer.unref()
    this.#idle.push({ item, timer })
  }

  /** Lends no more, closes what is idle, and ends when everything lent has come back. */
  async close(): Promise<void> {
    this.#closed = true
    for (const waiter of this.#waiters.splice(0)) waiter.resolve(undefined)
    for (let idle = this.#takeIdle(); idle !== undefined; idle = this.#takeIdle()) this.#discard(idle)
    this.#settle()
    await this.#allReturned.promise
  }

  #takeIdle(): Item | undefined {
    for (;;) {
      const idle = this.#idle.pop()
      if (idle === undefined) return undefined
      clearTimeout(idle.timer)
      if (!idle.item.broken) return idle.item
      this.#discard(idle.item)
    }
  }

  #expire(item: Item): void {
    if (this.#idle.length <= this.#options.min && !item.broken) return
    const at = this.#idle.findIndex((idle) => idle.item === item)
    if (at < 0) return
    this.#idle.splice(at, 1)
    this.#discard(item)
  }

  async #openOne(signal: AbortSignal | undefined): Promise<Item> {
    this.#open++
    try {
      return await this.#options.open(signal)
    } catch (error) {
      this.#open--
      this.#settle()
      this.#waiters.shift()?.resolve(undefined)
      throw error
    }
  }

  async #wait(signal: AbortSignal | undefined): Promise<Item | undefined> {
    const waiter = Promise.withResolvers<Item | undefined>()
    const giveUp = () => {
      const at = this.#waiters.indexOf(waiter)
      if (at >= 0) this.#waiters.splice(at, 1)
      waiter.reject(signal?.reason)
    }
    this.#waiters.push(waiter)
    signal?.addEventListener('abort', giveUp, { once: true })
    try {
      return await waiter.promise
    } finally {
      signal?.removeEventListener('abort', giveUp)
    }
  }

  /** The place is free at once; closing goes on by itself, and a goodbye that fails leaves a socket that is gone anyway. */
  #discard(item: Item): void {
    this.#open--
    this.#closing++
    const done = () => {
      this.#closing--
      this.#settle()
    }
    this.#options.close(item).then(done, done)
  }

  #settle(): void {
    if (this.#closed && this.#open + this.#closing === 0) this.#allReturned.resolve()
  }
}
