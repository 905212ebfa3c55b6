import type { DatabaseSync } from 'node:sqlite'

// Our own table in Feast's SQLite file; see pending-drop.ts.

const has = (database: DatabaseSync): boolean =>
  database.prepare(`SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'charmed_feast_pending_drop'`).get() !== undefined

/** Notes that the tables of these views are to go. */
export const noteSqliteDrops = (database: DatabaseSync, project: string, views: readonly string[]): void => {
  if (views.length === 0) return
  database.exec(
    'CREATE TABLE IF NOT EXISTS charmed_feast_pending_drop (project TEXT NOT NULL, view TEXT NOT NULL, PRIMARY KEY (project, view))',
  )
  const statement = database.prepare('INSERT INTO charmed_feast_pending_drop (project, view) VALUES (?, ?) ON CONFLICT DO NOTHING')
  for (const view of views) statement.run(project, view)
}

/** The views of a project whose tables are to go. */
export const notedSqliteDrops = (database: DatabaseSync, project: string): readonly string[] =>
  has(database)
    ? database
        .prepare('SELECT view FROM charmed_feast_pending_drop WHERE project = ? ORDER BY view')
        .all(project)
        .map(({ view }) => String(view))
    : []

/** Forgets notes. */
export const forgetSqliteDrops = (database: DatabaseSync, project: string, views: readonly string[]): void => {
  if (!has(database)) return
  const statement = database.prepare('DELETE FROM charmed_feast_pending_drop WHERE project = ? AND view = ?')
  for (const view of views) statement.run(project, view)
}
