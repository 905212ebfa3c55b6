import { type StoreError, storeError } from '../../errors.ts'
import { isLost, isStale } from '../failure.ts'
import type { ReadOptions, RowReader } from '../read.ts'
import { type Reload, Rotation } from '../rotation.ts'
import type { Settings } from '../startup.ts'
import { describeTarget, type PostgresTarget } from '../target.ts'
import type { WireConnection } from './connection.ts'
import { openWireConnection } from './open.ts'
import { longWeight, Request, type RowSink, type Statement } from './request.ts'
import type { Parameter } from './writer.ts'

/** After a connection could not be added to those that work, this long none is tried. */
const growPauseMs = 1_000

/** Options of {@link openWirePool}. */
export interface WirePoolOptions {
  /** Most connections; each takes many reads at a time. 4 unless told. */
  readonly size?: number
  /** More settings of each session; behind a PgBouncer, of each read. */
  readonly settings?: Settings
  /** Asked when the login was refused: the password may have been rotated. */
  readonly reload?: Reload
}

/** Reads over a few pipelining connections, which are opened as load asks for them. */
export class WirePool implements RowReader {
  readonly #rotation: Rotation
  readonly #size: number
  readonly #settings: Settings
  readonly #connections: WireConnection[] = []
  #opening: Promise<WireConnection> | undefined
  #mayGrow = true
  #closed = false

  constructor(target: PostgresTarget, { size = 4, settings = {}, reload }: WirePoolOptions) {
    this.#rotation = new Rotation(target, reload)
    this.#size = size
    this.#settings = settings
  }

  /** Where new connections go: what was given, or what `reload` last answered. */
  get target(): PostgresTarget {
    return this.#rotation.target
  }

  /** See {@link RowReader}. A read of which nothing came is sent once more, on a fresh connection, when the first was lost. */
  async read(statement: Statement, parameters: readonly Parameter[], sink: RowSink, { signal }: ReadOptions = {}): Promise<void> {
    const connection = this.#leastLoaded() ?? (await this.#opened(signal))
    const request = new Request(statement, parameters, sink)
    try {
      await this.#send(connection, request, true, signal)
    } catch (error) {
      if (request.answered || signal?.aborted || !(isLost(error) || isStale(error))) throw error
      // One that was opened later has not seen what the first was lost to.
      const other = this.#leastLoaded(isLost(error) ? connection.serial : 0) ?? (await this.#opened(signal))
      await this.#send(other, new Request(statement, parameters, sink), !isStale(error), signal)
    }
  }

  /** Takes no more reads, lets those on their way end, and closes every connection. */
  async close(): Promise<void> {
    this.#closed = true
    // One that is just being opened closes itself.
    await this.#opening?.catch(() => undefined)
    await Promise.all(this.#connections.map((connection) => connection.close()))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #send(connection: WireConnection, request: Request, prepare: boolean, signal: AbortSignal | undefined): Promise<void> {
    if (signal === undefined) {
      connection.send(request, prepare)
      return await request.done.promise
    }
    if (signal.aborted) throw this.#cancelled(signal)
    const giveUp = () => connection.cancel(request, this.#cancelled(signal))
    signal.addEventListener('abort', giveUp, { once: true })
    try {
      connection.send(request, prepare)
      await request.done.promise
    } finally {
      signal.removeEventListener('abort', giveUp)
    }
  }

  #cancelled(signal: AbortSignal): StoreError {
    return storeError('STORE_POSTGRES_CANCELLED', [describeTarget(this.target), 'the caller cancelled it'], { cause: signal.reason })
  }

  /**
   * The least loaded of as many connections as the load asks for, one for every eight reads and one more: another is opened when there are
   * fewer. Few are faster than many: the next read is there when a server process ends the one before, so neither side goes to sleep and is
   * woken, and several go in one piece. Eight reads of 1 entity × 50 features in flight took 106 µs of our processor and 152 µs of the
   * server's a read over two connections, 172 and 235 over ten; of 10 entities 493 and 753 against 568 and 907. The one more lets a read
   * pass by a connection that is held up.
   */
  #leastLoaded(after = 0): WireConnection | undefined {
    if (this.#closed) throw storeError('STORE_POSTGRES_POOL_CLOSED', [describeTarget(this.target)])
    const total = this.#connections.reduce((sum, { load }) => sum + load, 0)
    const wanted = Math.min(1 + Math.ceil(total / longWeight), this.#size)
    let least: WireConnection | undefined
    let seen = 0
    for (const connection of this.#connections) {
      if (!connection.open || connection.serial <= after) continue
      if (least === undefined || connection.load < least.load) least = connection
      if (++seen === wanted) return least
    }
    if (least !== undefined && this.#mayGrow && this.#connections.length < this.#size) this.#grow()
    return least
  }

  #grow(): void {
    this.#mayGrow = false
    this.#open().then(
      () => {
        this.#mayGrow = true
      },
      () => {
        // Those that work go on; whoever finds none working is told why.
        setTimeout(() => {
          this.#mayGrow = true
        }, growPauseMs).unref()
      },
    )
  }

  /** Waits for the connection that is being opened; all who wait share it, so giving up is each one's own. */
  async #opened(signal: AbortSignal | undefined): Promise<WireConnection> {
    if (signal === undefined) return await this.#open()
    const given = Promise.withResolvers<never>()
    const giveUp = () => given.reject(this.#cancelled(signal))
    if (signal.aborted) giveUp()
    signal.addEventListener('abort', giveUp, { once: true })
    try {
      return await Promise.race([this.#open(), given.promise])
    } finally {
      signal.removeEventListener('abort', giveUp)
    }
  }

  #open(): Promise<WireConnection> {
    this.#opening ??= this.#openOne().finally(() => {
      this.#opening = undefined
    })
    return this.#opening
  }

  async #openOne(): Promise<WireConnection> {
    const onClose = (closed: WireConnection) => {
      const at = this.#connections.indexOf(closed)
      if (at >= 0) this.#connections.splice(at, 1)
    }
    const connection = await this.#rotation.connect((target) => openWireConnection(target, { settings: this.#settings, onClose }))
    if (connection.open) this.#connections.push(connection)
    return connection
  }
}

/**
 * Makes a pool of pipelining connections to a target; nothing is opened yet. Close it, or say `await using`.
 *
 * @example
 * await using reader = openWirePool(target, { settings: { max_parallel_workers_per_gather: '0' } })
 * await reader.read({ text: 'SELECT n FROM t WHERE key = ANY($1::bytea[])' }, [encodeByteaArray(keys)], sink)
 */
export const openWirePool = (target: PostgresTarget, options: WirePoolOptions = {}): WirePool => new WirePool(target, options)
