import { randomUUID } from 'node:crypto'
import { rename, rm } from 'node:fs/promises'
import type { DuckDBConnection } from '@duckdb/node-api'
import type { Batch } from '../definition/batch.ts'
import { DuckdbRuntime, duckdbLiteral } from './duckdb-instance.ts'
import { RowTable } from './duckdb-load.ts'

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

/** Collects batches; undefined when none came. */
export const collectRows = async (
  connection: DuckDBConnection,
  batches: AsyncIterable<Batch> | Iterable<Batch>,
): Promise<RowTable | undefined> => {
  let rows: RowTable | undefined
  for await (const batch of batches) {
    rows ??= await RowTable.create(
      connection,
      batch.columns.map(({ name, type }) => ({ name, type })),
    )
    await rows.append(batch)
  }
  return rows
}

/**
 * Writes batches to a Parquet file: all of them, or no file. No batch, and so no column, makes no file.
 *
 * @throws STORE_PEER_MISSING where `@duckdb/node-api` is not installed
 */
export const writeParquet = async (path: string, batches: AsyncIterable<Batch>): Promise<void> => {
  await using runtime = new DuckdbRuntime({})
  await runtime.connection(async (connection) => {
    const rows = await collectRows(connection, batches)
    if (rows !== undefined) await copyInto(connection, path, `FROM ${RowTable.table}`)
  })
}
