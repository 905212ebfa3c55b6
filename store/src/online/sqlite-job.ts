import type { DatabaseSync } from 'node:sqlite'
import type { Job, JobState } from './job.ts'
import type { JobRequest } from './online.ts'

// Our own table in Feast's SQLite file: Feast asks for tables by name and never looks at it.

const create = `CREATE TABLE IF NOT EXISTS charmed_feast_job (id TEXT PRIMARY KEY, project TEXT NOT NULL, view TEXT NOT NULL, start_time INTEGER NOT NULL,
  end_time INTEGER NOT NULL, state TEXT NOT NULL, requested_by TEXT NOT NULL, started_at INTEGER NOT NULL, finished_at INTEGER,
  "rows" INTEGER NOT NULL DEFAULT 0, skipped_rows INTEGER NOT NULL DEFAULT 0, "values" INTEGER NOT NULL DEFAULT 0,
  error TEXT NOT NULL DEFAULT '', recorded INTEGER NOT NULL DEFAULT 0)`

const has = (database: DatabaseSync): boolean =>
  database.prepare(`SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'charmed_feast_job'`).get() !== undefined

/** Enters a job that starts now. Times are microseconds since 1970 (UTC). */
export const startSqliteJob = (database: DatabaseSync, job: JobRequest, now: bigint): void => {
  database.exec(create)
  // One file has one host, and a view is loaded once at a time: what still runs here died, or says so itself when it ends.
  database
    .prepare(
      `UPDATE charmed_feast_job SET state = 'failed', finished_at = ?, error = 'its process is gone' WHERE project = ? AND view = ? AND state = 'running'`,
    )
    .run(now, job.project, job.view)
  database
    .prepare(
      `INSERT INTO charmed_feast_job (id, project, view, start_time, end_time, state, requested_by, started_at) VALUES (?, ?, ?, ?, ?, 'running', ?, ?)`,
    )
    .run(job.id, job.project, job.view, job.start, job.end, job.requestedBy, now)
}

/** Ends a job. */
export const endSqliteJob = (
  database: DatabaseSync,
  id: string,
  end: {
    readonly state: JobState
    readonly now: bigint
    readonly error?: string
    readonly rows?: number
    readonly skippedRows?: number
    readonly values?: number
  },
): void => {
  database
    .prepare(`UPDATE charmed_feast_job SET state = ?, finished_at = ?, error = ?, "rows" = ?, skipped_rows = ?, "values" = ? WHERE id = ?`)
    .run(end.state, end.now, end.error ?? '', end.rows ?? 0, end.skippedRows ?? 0, end.values ?? 0, id)
}

const states: ReadonlySet<unknown> = new Set<JobState>(['running', 'succeeded', 'failed', 'cancelled'])
const isState = (value: unknown): value is JobState => states.has(value)
const whole = (value: unknown): bigint => (typeof value === 'bigint' ? value : BigInt(Number(value)))

const jobOf = (row: Readonly<Record<string, unknown>>): Job =>
  Object.freeze({
    id: String(row.id),
    project: String(row.project),
    view: String(row.view),
    start: whole(row.start_time),
    end: whole(row.end_time),
    state: isState(row.state) ? row.state : 'failed',
    requestedBy: String(row.requested_by),
    startedAt: whole(row.started_at),
    finishedAt: row.finished_at === null ? null : whole(row.finished_at),
    rows: whole(row.rows),
    skippedRows: whole(row.skipped_rows),
    values: whole(row.values),
    error: String(row.error),
    recorded: row.recorded === 1n,
  })

/** Jobs of a project, newest first. */
export const sqliteJobs = (
  database: DatabaseSync,
  project: string,
  options: { readonly view?: string; readonly limit: number; readonly offset?: number },
): readonly Job[] => {
  if (!has(database)) return []
  const statement = database.prepare(
    `SELECT * FROM charmed_feast_job WHERE project = ?1 AND (?2 IS NULL OR view = ?2) ORDER BY started_at DESC, id LIMIT ?3 OFFSET ?4`,
  )
  statement.setReadBigInts(true)
  return statement.all(project, options.view ?? null, options.limit, options.offset ?? 0).map(jobOf)
}

/** Jobs whose interval the registry may lack, oldest first. */
export const unrecordedSqliteJobs = (database: DatabaseSync, project: string): readonly Job[] => {
  if (!has(database)) return []
  const statement = database.prepare(
    `SELECT * FROM charmed_feast_job WHERE project = ? AND state = 'succeeded' AND recorded = 0 ORDER BY finished_at`,
  )
  statement.setReadBigInts(true)
  return statement.all(project).map(jobOf)
}

/** Lets go of the jobs of a view whose table is dropped: their intervals are never to stand in the registry. */
export const dismissSqliteJobs = (database: DatabaseSync, project: string, view: string): void => {
  if (has(database)) database.prepare('UPDATE charmed_feast_job SET recorded = 1 WHERE project = ? AND view = ?').run(project, view)
}

/** Notes that the registry has the intervals of jobs. */
export const markSqliteRecorded = (database: DatabaseSync, ids: readonly string[]): void => {
  const statement = database.prepare('UPDATE charmed_feast_job SET recorded = 1 WHERE id = ?')
  for (const id of ids) statement.run(id)
}
