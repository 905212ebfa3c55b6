import type pg from 'pg'
import { StoreError, storeError } from '../errors.ts'
import { isLost, isStale, workFailure } from './failure.ts'
import { runInterruptible } from './interrupt.ts'
import { type Queryable, type QueryOptions, type QueryResult, runQuery } from './query.ts'
import { type Reload, Rotation } from './rotation.ts'
import { openSession, type Session } from './session.ts'
import { Slots } from './slots.ts'
import type { Settings } from './startup.ts'
import { describeTarget, type PostgresTarget } from './target.ts'
import { runTransaction, runWithSettings, type Transaction, type TransactionOptions } from './transaction.ts'

/** Options of {@link openPool}. */
export interface PoolOptions {
  /** Most connections at a time. */
  readonly max: number
  /** As many stay open when idle; the others close after `idleMs`. 0 unless told. */
  readonly min?: number
  /** 60,000 unless told. */
  readonly idleMs?: number
  /** More settings of each session, as `SET` takes them; behind a PgBouncer, of each transaction. */
  readonly settings?: Settings
  /** Asked when the login was refused: the password may have been rotated. Its answer is used from then on, and tried once. */
  readonly reload?: Reload
}

/** Connections to one target for general work, over `pg`. Opens none before the first statement. */
export class Pool implements Queryable, AsyncDisposable {
  readonly #slots: Slots<Session>
  readonly #rotation: Rotation

  constructor(target: PostgresTarget, { max, min = 0, idleMs = 60_000, settings, reload }: PoolOptions) {
    this.#rotation = new Rotation(target, reload)
    this.#slots = new Slots<Session>({
      max,
      min,
      idleMs,
      open: (signal) => this.#rotation.connect((target) => openSession(target, settings, signal)),
      close: (session) => session.close(),
      closedError: () => storeError('STORE_POSTGRES_POOL_CLOSED', [describeTarget(this.target)]),
    })
  }

  /** Where new connections go: what was given, or what `reload` last answered. */
  get target(): PostgresTarget {
    return this.#rotation.target
  }

  /** Whether work that is begun now waits for no connection. */
  get spare(): boolean {
    return this.#slots.spare
  }

  /** Runs one statement; see {@link Queryable}. Throws `STORE_POSTGRES_…` errors, the server's own in `cause`. */
  readonly query = async <Row extends object = Readonly<Record<string, unknown>>>(
    text: string,
    values: readonly unknown[] = [],
    options: QueryOptions = {},
  ): Promise<QueryResult<Row>> => {
    const { signal } = options
    const run = (session: Session) => runWithSettings(session, () => runQuery<Row>(session, text, values, options), signal)
    return await this.lend(run, options)
  }

  /**
   * Runs `act` between BEGIN and COMMIT on one connection, and gives its value. Rolls back when it throws, or when `signal` aborts.
   *
   * @example
   * await pool.transaction(async (tx) => {
   *   await tx.query('UPDATE projects SET name = $1', ['a'])
   * })
   */
  async transaction<Value>(act: (transaction: Transaction) => Promise<Value>, options: TransactionOptions = {}): Promise<Value> {
    return await this.#lend(options.signal, false, (session) => runTransaction(session, act, options))
  }

  /**
   * Lends the `pg` client itself, for COPY streams. It goes back when `act` ends, and is closed if `act` throws; leave no transaction open.
   *
   * @example
   * await pool.client((client) => pipeline(rows, client.query(from('COPY t FROM STDIN'))))
   */
  async client<Value>(act: (client: pg.Client) => Promise<Value>, options: { readonly signal?: AbortSignal } = {}): Promise<Value> {
    return await this.#lend(options.signal, false, async (session) => {
      const translate = (error: unknown) => workFailure(error, session.target)
      try {
        return await runInterruptible(session, () => act(session.client), translate, { signal: options.signal, timed: false })
      } catch (error) {
        session.cut()
        throw error
      } finally {
        if (session.client.getTransactionStatus() !== 'I') session.cut()
      }
    })
  }

  /**
   * Lends a session, to the rooms of this folder: `act` throws mapped errors, and marks the session broken if it is. It runs once
   * more on a fresh connection when its prepared statement was stale or, with `idempotent`, when the connection was lost.
   */
  async lend<Value>(
    act: (session: Session) => Promise<Value>,
    { signal, idempotent = false }: Pick<QueryOptions, 'signal' | 'idempotent'>,
  ): Promise<Value> {
    try {
      return await this.#lend(signal, false, act)
    } catch (error) {
      if (!isStale(error) && !(idempotent && isLost(error))) throw error
      return await this.#lend(signal, true, act)
    }
  }

  /** Takes no more work, lets running work end, and closes every connection. */
  async close(): Promise<void> {
    await this.#slots.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #lend<Value>(signal: AbortSignal | undefined, fresh: boolean, act: (session: Session) => Promise<Value>): Promise<Value> {
    const session = await this.#acquire(signal, fresh)
    try {
      return await act(session)
    } finally {
      this.#slots.release(session)
    }
  }

  async #acquire(signal: AbortSignal | undefined, fresh: boolean): Promise<Session> {
    try {
      return await this.#slots.acquire({ fresh, signal })
    } catch (cause) {
      if (!signal?.aborted || cause instanceof StoreError) throw cause
      const why = 'the caller gave up while waiting for a connection'
      throw storeError('STORE_POSTGRES_CANCELLED', [describeTarget(this.target), why], { cause })
    }
  }
}

/**
 * Makes a pool of connections to a target; nothing is opened yet. Close it, or say `await using`.
 *
 * @example
 * await using pool = openPool(parsePostgresUrl('postgresql://feast:secret@db/feast'), { max: 4 })
 * const { rows } = await pool.query<{ n: bigint }>('SELECT count(*) AS n FROM entities WHERE project_id = $1', ['driver_stats'])
 */
export const openPool = (target: PostgresTarget, options: PoolOptions): Pool => new Pool(target, options)
