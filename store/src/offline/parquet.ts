import { randomUUID } from 'node:crypto'
import { rename, rm } from 'node:fs/promises'
import type { DuckDBConnection } from '@duckdb/node-api'
import type { Batch } from '../definition/batch.ts'
import { DuckdbRuntime, duckdbLiteral } from './duckdb-instance.ts'
import { appendRows, createRows } from './duckdb-load.ts'

const rowsTable = 'charmed_feast_rows'

/**
 * Runs a COPY into a file beside its place and moves it there when it is whole: who reads the path sees the old file or the new one.
 * `select` is what is copied.
 */
export const copyInto = async (connection: DuckDBConnection, path: string, select: string): Promise<void> => {
  const partial = `${path}.${randomUUID()}.partial`
  try {
    await connection.run(`COPY (${select}) TO ${duckdbLiteral(partial)} (FORMAT parquet)`)
    await rename(partial, path)
  } finally {
    await rm(partial, { force: true })
  }
}

/** Collects batches in a table of a connection, which spills to disk; gives its name and the number of rows. */
export const collectRows = async (
  connection: DuckDBConnection,
  batches: AsyncIterable<Batch> | Iterable<Batch>,
): Promise<{ readonly table: string; readonly rows: number; readonly names: readonly string[] }> => {
  let rows = 0
  let names: readonly string[] | undefined
  for await (const batch of batches) {
    if (names === undefined) await createRows(connection, rowsTable, batch.columns)
    names ??= batch.columns.map(({ name }) => name)
    await appendRows(connection, rowsTable, batch)
    rows += batch.rows
  }
  return { table: rowsTable, rows, names: names ?? [] }
}

/**
 * Writes batches to a Parquet file: all of them, or no file.
 *
 * @throws STORE_PEER_MISSING where `@duckdb/node-api` is not installed
 */
export const writeParquet = async (path: string, batches: AsyncIterable<Batch>): Promise<void> => {
  await using runtime = new DuckdbRuntime({})
  await runtime.connection(async (connection) => {
    const { table, names } = await collectRows(connection, batches)
    await copyInto(connection, path, names.length === 0 ? 'SELECT 1 AS nothing WHERE false' : `FROM ${table}`)
  })
}
