/** One connection's statements, within a transaction or without. `bytea` comes as Uint8Array, `int8` as bigint. */
export interface Sql {
  query(
    text: string,
    values?: readonly unknown[],
  ): Promise<{ readonly rows: readonly Record<string, unknown>[]; readonly rowCount: number }>
}

/** A database: statements of their own, and transactions, which are rolled back when the callback throws. */
export interface Database extends Sql {
  transaction<Result>(run: (sql: Sql) => Promise<Result>): Promise<Result>
}

/**
 * The SQLSTATE of a failed statement, however deep the driver's error was wrapped.
 * The codes: https://www.postgresql.org/docs/18/errcodes-appendix.html
 */
export const sqlStateOf = (error: unknown): string | undefined => {
  if (!(error instanceof Error)) return undefined
  const code = 'code' in error && typeof error.code === 'string' && /^[0-9A-Z]{5}$/.test(error.code) ? error.code : undefined
  return code ?? sqlStateOf(error.cause)
}
