import type { Socket } from 'node:net'
import { type StoreError, storeError } from '../../errors.ts'
import { type CancelKey, cancelPatienceMs, requestCancel } from '../cancel.ts'
import { isLost, isStale, statementFailure } from '../failure.ts'
import type { Route } from '../socket.ts'
import { type Settings, transactionStatement } from '../startup.ts'
import { describeTarget, type PostgresTarget } from '../target.ts'
import { Cells } from './cells.ts'
import { lostFailure, readFault, WireFault } from './fault.ts'
import { HeadLimit } from './head-limit.ts'
import { Queue } from './queue.ts'
import type { MessageReader } from './reader.ts'
import type { Request } from './request.ts'
import { Statements } from './statements.ts'
import { MessageWriter, terminate } from './writer.ts'

// The states: open (takes requests) → retiring (answers those it has) → closed. Cancelling retires, because a cancel request may hit the
// request behind the one that was meant; closing retires too; a lost socket closes at once and fails what was not answered.

const maxStatements = 256
/** How much later than the server's own limit we step in: then the server or the network is not answering. */
const graceMs = 1_000
/** Reads take a millisecond or two: cancelling one that nobody waits for, which costs the connection, is for the slow. */
const dropPatienceMs = 100

let opened = 0

/** What the pool wants to know of a connection. */
export interface ConnectionOptions {
  readonly settings?: Settings
  readonly onClose?: (connection: WireConnection) => void
}

/**
 * A connection that takes reads one behind the other, without waiting for answers, and hands rows over as the bytes they came in.
 *
 * @example
 * connection.send(first)
 * connection.send(second)
 * await Promise.all([first.done.promise, second.done.promise])
 */
export class WireConnection {
  readonly target: PostgresTarget
  /** Greater than that of every connection opened before. */
  readonly serial = ++opened
  readonly #socket: Socket
  readonly #route: Route
  readonly #key: CancelKey
  readonly #reader: MessageReader
  readonly #prelude: string | undefined
  readonly #options: ConnectionOptions
  readonly #writer = new MessageWriter()
  readonly #cells = new Cells()
  readonly #pending = new Queue<Request>()
  readonly #statements = new Statements(maxStatements)
  readonly #closed = Promise.withResolvers<void>()
  readonly #onMessage = this.#handle.bind(this)
  readonly #limit: HeadLimit
  readonly #flushSoon = this.#flush.bind(this)
  #load = 0
  #scheduled = false
  #blocked = false
  #state: 'open' | 'retiring' | 'closed' = 'open'
  #lost: unknown
  #cancelling = false

  constructor(target: PostgresTarget, socket: Socket, reader: MessageReader, route: Route, key: CancelKey, options: ConnectionOptions) {
    this.target = target
    this.#socket = socket
    this.#reader = reader
    this.#prelude = transactionStatement(target, options.settings)
    this.#route = route
    this.#key = key
    this.#options = options
    const { statementTimeoutMs, pooled } = target
    const limitMs = statementTimeoutMs === 0 ? 0 : statementTimeoutMs + (pooled ? 0 : graceMs)
    this.#limit = new HeadLimit(limitMs, () => this.#stopLate())
    socket.on('data', (chunk: Buffer) => this.#receive(chunk))
    socket.on('error', (error) => {
      this.#lost ??= error
    })
    socket.on('close', () => this.#end())
  }

  /** What waits for its answer: a request counts one, a long one {@link longWeight}. */
  get load(): number {
    return this.#load
  }

  /** Takes requests. */
  get open(): boolean {
    return this.#state === 'open'
  }

  /**
   * Sends a request; `request.done` settles when its answer is complete. `prepare: false` parses anew and leaves nothing in the session.
   * One that is not {@link open} fails it as lost.
   */
  send(request: Request, prepare = true): void {
    if (this.#state !== 'open') {
      request.done.reject(this.#closingError())
      return
    }
    const mark = this.#writer.length
    try {
      this.#write(request, prepare && !this.target.pooled)
    } catch (error) {
      // Too large for a message: what is behind it must not be read as its rest.
      this.#writer.length = mark
      if (request.prepares !== undefined) this.#statements.forget(request.text)
      request.done.reject(error)
      return
    }
    this.#pending.push(request)
    this.#load += request.weight
    if (this.#pending.length === 1) this.#startHead(request)
    if (this.#scheduled || this.#blocked) return
    this.#scheduled = true
    queueMicrotask(this.#flushSoon)
  }

  /** Ends a request for its caller at once, and inside PostgreSQL if it runs on there. */
  cancel(request: Request, error: unknown): void {
    request.drop(error)
    if (this.#pending.first === request) this.#stopSoon(request)
  }

  /** Takes no more requests, and ends when those it has are answered. */
  async close(): Promise<void> {
    this.#retire()
    await this.#closed.promise
  }

  /** Closes the socket without a word: what is pending fails as lost. */
  cut(why: unknown): void {
    this.#lost ??= why
    this.#socket.destroy()
  }

  #write(request: Request, prepare: boolean): void {
    const { text, parameters } = request
    if (this.#prelude !== undefined) {
      this.#writer.runBefore(this.#prelude)
      request.preluding = true
    }
    const known = prepare ? this.#statements.find(text) : undefined
    if (known?.ready) {
      this.#writer.run(known.name, parameters)
      return
    }
    // While a statement is on its way nobody builds on it: if its parsing fails, only the request that brought it fails.
    if (prepare && known === undefined) request.prepares = this.#statements.add(text, this.#writer)
    const name = request.prepares?.name ?? ''
    this.#writer.parse(name, text)
    this.#writer.run(name, parameters)
  }

  #flush(): void {
    this.#scheduled = false
    if (this.#blocked || this.#writer.length === 0 || this.#state === 'closed') return
    const bytes = this.#writer.take()
    const more = this.#socket.write(bytes, () => this.#writer.giveBack(bytes))
    if (more) return
    // What is sent meanwhile gathers in the writer and goes in one piece.
    this.#blocked = true
    this.#socket.once('drain', () => {
      this.#blocked = false
      this.#flush()
    })
  }

  #receive(chunk: Buffer): void {
    try {
      this.#reader.read(chunk, this.#onMessage)
    } catch (error) {
      this.cut(error)
    }
  }

  #handle(type: number, buffer: Buffer, start: number, end: number): void {
    const head = this.#pending.first
    switch (type) {
      case 0x44: // D
        if (head !== undefined) this.#row(head, buffer, start)
        return
      case 0x31: // 1
        if (head?.prepares !== undefined) head.prepares.ready = true
        return
      case 0x43: // C
        if (head !== undefined) head.preluding = false
        return
      case 0x5a: // Z
        this.#settle()
        return
      case 0x45: // E
        this.#fail(head, readFault(buffer, start, end))
    }
  }

  #row(request: Request, buffer: Buffer, start: number): void {
    if (request.preluding) return
    request.answered = true
    if (request.dropped || request.failure !== undefined) return
    const cells = this.#cells
    cells.find(buffer, start)
    try {
      request.sink.row(buffer, cells.offsets, cells.lengths)
    } catch (error) {
      // The caller's own error: the rest of the answer is read and dropped, and the neighbours go on.
      request.failure = error
    }
  }

  #fail(head: Request | undefined, fault: WireFault): void {
    if (isLost(fault)) this.#lost ??= fault
    if (head === undefined) return
    head.failure ??= fault
    if (head.prepares?.ready === false || isStale(fault)) this.#statements.forget(head.text)
  }

  /** ReadyForQuery: the answer of the first request is complete. */
  #settle(): void {
    const request = this.#pending.shift()
    if (request === undefined) return
    this.#load -= request.weight
    const next = this.#pending.first
    if (next === undefined) this.#limit.stop()
    else this.#startHead(next)
    if (request.failure === undefined) request.done.resolve()
    else request.done.reject(this.#failureOf(request))
    if (this.#state === 'retiring' && next === undefined) this.#sayGoodbye()
  }

  #failureOf({ failure, text }: Request): unknown {
    if (!(failure instanceof WireFault)) return failure
    // A cancel request that came too late for the one that was meant.
    const astray = failure.code === '57014' && this.#cancelling
    return astray ? this.#closingError(failure) : statementFailure(failure, this.target, text)
  }

  #closingError(cause?: unknown): StoreError {
    return storeError('STORE_POSTGRES_CONNECTION_LOST', [describeTarget(this.target), 'it is being closed'], { cause })
  }

  #startHead(head: Request): void {
    if (head.dropped) this.#stopSoon(head)
    this.#limit.start()
  }

  #stopLate(): void {
    const { target } = this
    this.#pending.first?.drop(storeError('STORE_POSTGRES_TIMEOUT', [describeTarget(target), String(target.statementTimeoutMs)]))
    this.#interrupt()
  }

  #stopSoon(request: Request): void {
    setTimeout(() => {
      if (this.#pending.first === request) this.#interrupt()
    }, dropPatienceMs).unref()
  }

  #interrupt(): void {
    this.#cancelling = true
    this.#retire()
    this.#cutLater('a cancelled statement did not end')
    requestCancel(this.target, this.#route, this.#key).catch((error: unknown) => this.cut(error))
  }

  #cutLater(why: string): void {
    const patience = setTimeout(() => this.cut(new Error(why)), cancelPatienceMs)
    this.#closed.promise.then(() => clearTimeout(patience))
  }

  #retire(): void {
    if (this.#state !== 'open') return
    this.#state = 'retiring'
    if (this.#pending.length === 0) this.#sayGoodbye()
  }

  #sayGoodbye(): void {
    this.#cutLater('the server did not close the connection')
    this.#socket.end(terminate)
  }

  #end(): void {
    this.#state = 'closed'
    this.#limit.stop()
    const lost = this.#lost ?? new Error('Connection terminated by the server')
    for (let request = this.#pending.shift(); request !== undefined; request = this.#pending.shift()) {
      const { failure = lost } = request
      request.done.reject(failure === lost || failure instanceof WireFault ? lostFailure(failure, this.target) : failure)
    }
    this.#closed.resolve()
    this.#options.onClose?.(this)
  }
}
