import type pg from 'pg'
import { storeError } from '../errors.ts'
import { isLost, statementFailure, workFailure } from './failure.ts'
import { type Queryable, type QueryOptions, type QueryResult, runQuery } from './query.ts'
import type { Session } from './session.ts'
import { describeTarget } from './target.ts'

/** Options of a transaction; without any it is PostgreSQL's default, read committed and read-write. */
export interface TransactionOptions {
  readonly isolation?: 'read committed' | 'repeatable read' | 'serializable'
  readonly readOnly?: boolean
  /** Stops the running statement inside PostgreSQL and rolls back. */
  readonly signal?: AbortSignal | undefined
}

/** What the function given to `transaction` works with. */
export interface Transaction extends Queryable {
  /** The client itself, for COPY streams. Statements sent through it are not interrupted by `signal`. */
  readonly client: pg.Client
}

const beginText = (session: Session, { isolation, readOnly }: TransactionOptions): string => {
  const modes = [...(isolation ? [`ISOLATION LEVEL ${isolation}`] : []), ...(readOnly ? ['READ ONLY'] : [])]
  return `BEGIN ${modes.join(' ')}${session.prelude === undefined ? '' : `; ${session.prelude}`}`
}

const rollBack = async (session: Session): Promise<void> => {
  if (session.broken) return
  try {
    await session.client.query('ROLLBACK')
  } catch {
    // The error that led here is the one to tell; a session that cannot roll back is closed, which rolls back too.
    session.cut()
  }
}

const commit = async (session: Session): Promise<void> => {
  const where = describeTarget(session.target)
  try {
    const { command } = await session.client.query('COMMIT')
    if (command === 'COMMIT') return
  } catch (cause) {
    if (!isLost(cause)) throw statementFailure(cause, session.target, 'COMMIT')
    session.cut()
    const why = 'it was lost during COMMIT, which may or may not have happened'
    throw storeError('STORE_POSTGRES_CONNECTION_LOST', [where, why], { cause })
  }
  // PostgreSQL answers COMMIT with ROLLBACK when a statement failed and somebody caught its error.
  throw storeError('STORE_POSTGRES_STATEMENT_FAILED', [where, 'COMMIT was answered with ROLLBACK, since a statement before it had failed'])
}

/**
 * Runs `act` between BEGIN and COMMIT on a session; rolls back and throws again what `act` throws.
 *
 * @example
 * await runTransaction(session, async (tx) => await tx.query('DELETE FROM t'), { isolation: 'serializable' })
 */
export const runTransaction = async <Value>(
  session: Session,
  act: (transaction: Transaction) => Promise<Value>,
  options: TransactionOptions,
): Promise<Value> => {
  const { signal } = options
  await runQuery(session, beginText(session, options), [], { signal })
  const query = <Row extends object>(text: string, values: readonly unknown[] = [], own: QueryOptions = {}): Promise<QueryResult<Row>> => {
    const both = signal && own.signal ? AbortSignal.any([signal, own.signal]) : (own.signal ?? signal)
    return runQuery<Row>(session, text, values, { ...own, signal: both })
  }
  try {
    const value = await act({ query, client: session.client })
    if (signal?.aborted) throw storeError('STORE_POSTGRES_CANCELLED', [describeTarget(session.target), 'the caller cancelled it'])
    await commit(session)
    return value
  } catch (error) {
    if (isLost(error)) session.cut()
    await rollBack(session)
    throw workFailure(error, session.target)
  }
}

/**
 * Runs one statement by itself, or, where a PgBouncer makes its settings a matter of the transaction, in a transaction of its own.
 *
 * @example
 * await runWithSettings(session, () => runQuery(session, 'SELECT 1', [], {}), signal)
 */
export const runWithSettings = async <Value>(
  session: Session,
  act: () => Promise<Value>,
  signal: AbortSignal | undefined,
): Promise<Value> => (session.prelude === undefined ? await act() : await runTransaction(session, act, { signal }))
