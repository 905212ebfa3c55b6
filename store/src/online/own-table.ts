import type { Queryable } from '../postgres/query.ts'

/**
 * Makes one of our own tables, in schema `charmed_feast`, when it is not there: needs CREATE on the database where the schema is missing, CREATE
 * on the schema where the table is, and nothing after. Run it in a transaction: two who begin at the same time wait for each other, since IF NOT EXISTS alone would have one of them fail.
 *
 * @example
 * await pool.transaction((transaction) => ensureOwnTable(transaction, 'run', ['CREATE TABLE IF NOT EXISTS charmed_feast.run (id text)']))
 */
export const ensureOwnTable = async (sql: Queryable, table: string, statements: readonly string[]): Promise<void> => {
  if (await hasOwnTable(sql, table)) return
  await sql.query(`SELECT pg_advisory_xact_lock(hashtextextended('charmed_feast schema', 0))`)
  if (await hasOwnTable(sql, table)) return
  // IF NOT EXISTS would ask for the right to make it also where it is there.
  const { rows } = await sql.query(`SELECT FROM pg_catalog.pg_namespace WHERE nspname = 'charmed_feast'`)
  for (const statement of [...(rows.length === 0 ? ['CREATE SCHEMA charmed_feast'] : []), ...statements]) await sql.query(statement)
}

/**
 * Whether one of our own tables is there. Reads the catalog's rows: a backend that asked `to_regclass` for a schema that is not there remembers
 * so, and neither a lock that it waits for nor IF NOT EXISTS makes it look again.
 *
 * @example
 * await hasOwnTable(pool, 'run')   // false: nobody has run anything yet
 */
export const hasOwnTable = async (sql: Queryable, table: string): Promise<boolean> => {
  const { rows } = await sql.query(
    `SELECT EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
       WHERE n.nspname = 'charmed_feast' AND c.relname = $1) AS present`,
    [table],
  )
  return rows[0]?.present === true
}
