import type pg from 'pg'
import { statementFailure } from './failure.ts'
import { runInterruptible } from './interrupt.ts'
import type { Session } from './session.ts'

/** Options of one statement. */
export interface QueryOptions {
  /** Stops the statement inside PostgreSQL. */
  readonly signal?: AbortSignal | undefined
  /** Prepares it once a connection under this name. The same name must always have the same text. */
  readonly name?: string | undefined
  /** It may run twice: when the connection is lost it is sent once more on a fresh one. */
  readonly idempotent?: boolean | undefined
}

/** Rows with columns by name, as `columnTypes` reads them. `rowCount`: rows read or written. */
export interface QueryResult<Row extends object> {
  readonly rows: readonly Row[]
  readonly rowCount: number
}

/** Whoever runs statements: a pool, or a transaction. */
export interface Queryable {
  /**
   * Runs one statement with bound parameters: bigint, number, text, boolean, Uint8Array, null, and arrays of these.
   * A time is bound as text of `formatTimestamp`, never as a Date.
   */
  readonly query: <Row extends object = Readonly<Record<string, unknown>>>(
    text: string,
    values?: readonly unknown[],
    options?: QueryOptions,
  ) => Promise<QueryResult<Row>>
}

/**
 * Runs one statement on a session. The row type is the caller's word for what the statement selects.
 *
 * @example
 * const { rows } = await runQuery<{ n: bigint }>(session, 'SELECT count(*) AS n FROM t', [], {})
 */
export const runQuery = async <Row extends object>(
  session: Session,
  text: string,
  values: readonly unknown[],
  { name, signal }: QueryOptions,
): Promise<QueryResult<Row>> => {
  // Behind PgBouncer the next statement may meet another server, which has not prepared this one.
  const prepared = name === undefined || session.target.pooled ? {} : { name }
  const config = { text, values: [...values], ...prepared }
  const translate = (error: unknown) => statementFailure(error, session.target, text)
  const result: pg.QueryResult<Row> | readonly pg.QueryResult<Row>[] = await runInterruptible(
    session,
    () => session.client.query<Row>(config),
    translate,
    { signal },
  )
  // Several statements in one text, without values, give several results: the last one counts.
  const last = Array.isArray(result) ? result.at(-1) : result
  return { rows: last?.rows ?? [], rowCount: last?.rowCount ?? 0 }
}
