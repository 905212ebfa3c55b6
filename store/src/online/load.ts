import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ClientBase } from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { quoteIdentifier } from '../postgres/identifier.ts'
import { copyStageSql, copyTableSql, createStageSql, mergeSql } from './merge.ts'
import { type OnlineTable, tableSql } from './table.ts'

/** How rows came into an online table: straight, into a table seen empty, or through a staging table and the guarded merge. */
export type LoadPath = 'direct' | 'merge'

/** Milliseconds to wait for a table to oneself. Whoever reads it now will be done by then; who reads all the time is not to be held up. */
const lockTimeout = 200

const copy = async (client: ClientBase, sql: string, rows: AsyncIterable<Buffer>, signal: AbortSignal | undefined): Promise<void> => {
  await pipeline(
    Readable.from(rows, { objectMode: false, highWaterMark: 1 << 20 }),
    client.query(copyFrom(sql)),
    signal === undefined ? {} : { signal },
  )
}

/**
 * Takes a table for oneself if it is empty: then rows need no merge, and its key can be built after them. Says no when it is not empty, when
 * others hold it, or when it is not ours to change.
 */
const takeEmpty = async (client: ClientBase, table: OnlineTable): Promise<boolean> => {
  await client.query('SAVEPOINT charmed_feast_take')
  try {
    await client.query(`SET LOCAL lock_timeout = ${lockTimeout}`)
    await client.query(`LOCK TABLE ${tableSql(table)} IN ACCESS EXCLUSIVE MODE`)
    const { rows } = await client.query(
      `SELECT EXISTS (SELECT FROM ${tableSql(table)}) AS filled, pg_has_role(c.relowner, 'USAGE') AS ours, k.conname AS key
FROM pg_class c LEFT JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype = 'p' WHERE c.oid = $1::regclass`,
      [tableSql(table)],
    )
    const { filled, ours, key } = rows[0] ?? {}
    if (filled === true || ours !== true || typeof key !== 'string') {
      await client.query('ROLLBACK TO SAVEPOINT charmed_feast_take')
      return false
    }
    await client.query(`ALTER TABLE ${tableSql(table)} DROP CONSTRAINT ${quoteIdentifier(key)}`)
    await client.query(`DROP INDEX IF EXISTS ${quoteIdentifier(table.schema)}.${quoteIdentifier(`${table.name}_ek`)}`)
    await client.query('RELEASE SAVEPOINT charmed_feast_take')
    return true
  } catch (error) {
    await client.query('ROLLBACK TO SAVEPOINT charmed_feast_take')
    // lock_not_available, insufficient_privilege: the merge will do. Anything else is an error.
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === '55P03' || code === '42501') return false
    throw error
  }
}

const rebuildKey = async (client: ClientBase, table: OnlineTable): Promise<void> => {
  await client.query(`ALTER TABLE ${tableSql(table)} ADD PRIMARY KEY (entity_key, feature_name)`)
  await client.query(`CREATE INDEX IF NOT EXISTS ${quoteIdentifier(`${table.name}_ek`)} ON ${tableSql(table)} (entity_key)`)
}

/**
 * Writes the binary rows of `onlineRows` into a view's table, inside the caller's transaction: all of them or none. `distinct` says that
 * each key comes once, which the direct path needs. Gives the path taken and how many values were written (older ones are not).
 *
 * @example
 * await pool.transaction(async (sql, client) => loadOnline(client, table, onlineRows(writer, batches, counts), { distinct: true }))
 */
export const loadOnline = async (
  client: ClientBase,
  table: OnlineTable,
  rows: AsyncIterable<Buffer>,
  options: { readonly distinct: boolean; readonly direct?: boolean; readonly signal?: AbortSignal },
): Promise<{ readonly path: LoadPath; readonly written: number | undefined }> => {
  if (options.distinct && options.direct !== false && (await takeEmpty(client, table))) {
    await copy(client, copyTableSql(table), rows, options.signal)
    await rebuildKey(client, table)
    return { path: 'direct', written: undefined }
  }
  await client.query(createStageSql)
  await copy(client, copyStageSql, rows, options.signal)
  const { rowCount } = await client.query(mergeSql(table))
  return { path: 'merge', written: rowCount ?? 0 }
}
