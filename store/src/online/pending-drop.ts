import type { Queryable } from '../postgres/query.ts'
import { ensureOwnTable, hasOwnTable } from './own-table.ts'

// Tables that are to go are noted before the registry ceases to speak of their views, and dropped after: whoever comes after a crash in
// between finds the note. docs/decisions/consistency.md.

const table = 'pending_drop'
const createSql = `CREATE TABLE IF NOT EXISTS charmed_feast.pending_drop (
  project text NOT NULL, view text NOT NULL, noted_at timestamptz NOT NULL DEFAULT clock_timestamp(), PRIMARY KEY (project, view))`

/** Notes that the tables of these views are to go. Run it in a transaction. */
export const noteDrops = async (sql: Queryable, project: string, views: readonly string[]): Promise<void> => {
  await ensureOwnTable(sql, table, [createSql])
  await sql.query(`INSERT INTO charmed_feast.pending_drop (project, view) SELECT $1, unnest($2::text[]) ON CONFLICT DO NOTHING`, [
    project,
    views,
  ])
}

/** The views of a project whose tables are to go. */
export const notedDrops = async (sql: Queryable, project: string): Promise<readonly string[]> => {
  if (!(await hasOwnTable(sql, table))) return []
  const { rows } = await sql.query<{ view: string }>('SELECT view FROM charmed_feast.pending_drop WHERE project = $1 ORDER BY view', [
    project,
  ])
  return rows.map(({ view }) => view)
}

/** Forgets notes: in the transaction that drops the tables, or because they are to stay. */
export const forgetDrops = async (sql: Queryable, project: string, views: readonly string[]): Promise<void> => {
  if (await hasOwnTable(sql, table))
    await sql.query('DELETE FROM charmed_feast.pending_drop WHERE project = $1 AND view = ANY($2::text[])', [project, views])
}
