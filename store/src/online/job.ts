import type { Queryable } from '../postgres/query.ts'
import { ensureOwnTable, hasOwnTable } from './own-table.ts'

/** What a job did, or is doing. */
export type JobState = 'running' | 'succeeded' | 'failed' | 'cancelled'

/** One materialization of one view: kept in the online database, beside the values that it wrote. Times are microseconds since 1970 (UTC). */
export interface Job {
  readonly id: string
  readonly project: string
  readonly view: string
  readonly start: bigint
  readonly end: bigint
  readonly state: JobState
  readonly requestedBy: string
  readonly startedAt: bigint
  readonly finishedAt: bigint | null
  /** Rows of the source that were taken: one a key. */
  readonly rows: bigint
  /** Rows left out because a join key was NULL. */
  readonly skippedRows: bigint
  /** Values written: rows × features, less those that an online value was newer than. */
  readonly values: bigint
  readonly error: string
  /** Whether the registry knows of the interval. */
  readonly recorded: boolean
}

/** The statements that make our table; run at the first write, never at opening. */
const createJobTableSql: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS charmed_feast.job (
  id uuid PRIMARY KEY,
  project text NOT NULL,
  view text NOT NULL,
  start_time timestamptz NOT NULL,
  end_time timestamptz NOT NULL,
  state text NOT NULL,
  requested_by text NOT NULL DEFAULT '',
  started_at timestamptz NOT NULL,
  finished_at timestamptz,
  rows bigint NOT NULL DEFAULT 0,
  skipped_rows bigint NOT NULL DEFAULT 0,
  "values" bigint NOT NULL DEFAULT 0,
  error text NOT NULL DEFAULT '',
  recorded boolean NOT NULL DEFAULT false,
  lease_until timestamptz
)`,
  'CREATE INDEX IF NOT EXISTS job_by_view ON charmed_feast.job (project, view, started_at DESC)',
]

const micros = (expression: string): string => `(extract(epoch FROM ${expression}) * 1000000)::bigint`
const moment = (parameter: string): string => `(timestamptz 'epoch' + ${parameter}::bigint * interval '1 microsecond')`

/** Whether our table is there. */
export const hasJobTable = (sql: Queryable): Promise<boolean> => hasOwnTable(sql, 'job')

/** Makes our table when it is not there. Run it in a transaction. */
export const ensureJobTable = (sql: Queryable): Promise<void> => ensureOwnTable(sql, 'job', createJobTableSql)

/** What is said of a job whose process ended without a word. */
const silent = 'its process is gone'

/** Seconds that a running job counts as alive after its last sign of life. */
const leaseSeconds = 60

/** Enters a job that starts now. */
export const startJob = async (
  sql: Queryable,
  job: Pick<Job, 'id' | 'project' | 'view' | 'start' | 'end' | 'requestedBy'>,
): Promise<void> => {
  await sql.query(
    `INSERT INTO charmed_feast.job (id, project, view, start_time, end_time, state, requested_by, started_at, lease_until)
VALUES ($1, $2, $3, ${moment('$4')}, ${moment('$5')}, 'running', $6, clock_timestamp(), clock_timestamp() + ${leaseSeconds} * interval '1 second')`,
    [job.id, job.project, job.view, job.start, job.end, job.requestedBy],
  )
}

/** Ends the jobs of a project whose processes went silent, as they read already: from then on it stands in the table too. */
export const failSilentJobs = async (sql: Queryable, project: string): Promise<void> => {
  await sql.query(
    `UPDATE charmed_feast.job SET state = 'failed', error = '${silent}', finished_at = lease_until, lease_until = NULL
WHERE project = $1 AND state = 'running' AND lease_until < clock_timestamp()`,
    [project],
  )
}

/** Says that a job is still alive. */
export const renewLease = async (sql: Queryable, id: string): Promise<void> => {
  await sql.query(`UPDATE charmed_feast.job SET lease_until = clock_timestamp() + ${leaseSeconds} * interval '1 second' WHERE id = $1`, [
    id,
  ])
}

/** Ends a job well: in the transaction that writes its values, so that neither stands without the other. */
export const finishJob = async (sql: Queryable, id: string, counts: Pick<Job, 'rows' | 'skippedRows' | 'values'>): Promise<void> => {
  await sql.query(
    `UPDATE charmed_feast.job SET state = 'succeeded', finished_at = clock_timestamp(), rows = $2, skipped_rows = $3, "values" = $4, lease_until = NULL WHERE id = $1`,
    [id, counts.rows, counts.skippedRows, counts.values],
  )
}

/** Ends a job badly, with the words of the error: they hold no secret. */
export const failJob = async (sql: Queryable, id: string, state: 'failed' | 'cancelled', error: string): Promise<void> => {
  await sql.query(
    `UPDATE charmed_feast.job SET state = $2, finished_at = clock_timestamp(), error = $3, lease_until = NULL WHERE id = $1 AND state = 'running'`,
    [id, state, error],
  )
}

/** Notes that the registry has the interval of a job. */
export const markRecorded = async (sql: Queryable, ids: readonly string[]): Promise<void> => {
  await sql.query('UPDATE charmed_feast.job SET recorded = true WHERE id = ANY($1::uuid[])', [ids])
}

/** Lets go of the jobs of views whose tables are dropped: their intervals are never to stand in the registry. */
export const dismissJobs = async (sql: Queryable, project: string, views: readonly string[]): Promise<void> => {
  if (await hasJobTable(sql))
    await sql.query('UPDATE charmed_feast.job SET recorded = true WHERE project = $1 AND view = ANY($2::text[]) AND NOT recorded', [
      project,
      views,
    ])
}

const columns = `id::text, project, view, ${micros('start_time')} AS start, ${micros('end_time')} AS "end",
  CASE WHEN state = 'running' AND lease_until < clock_timestamp() THEN 'failed' ELSE state END AS state,
  requested_by, ${micros('started_at')} AS started, ${micros('finished_at')} AS finished, rows, skipped_rows, "values",
  CASE WHEN state = 'running' AND lease_until < clock_timestamp() THEN '${silent}' ELSE error END AS error, recorded`

const jobState = (text: unknown): JobState => (text === 'running' || text === 'succeeded' || text === 'cancelled' ? text : 'failed')
const whole = (value: unknown): bigint => (typeof value === 'bigint' ? value : BigInt(String(value)))

const jobOf = (row: Readonly<Record<string, unknown>>): Job =>
  Object.freeze({
    id: String(row.id),
    project: String(row.project),
    view: String(row.view),
    start: whole(row.start),
    end: whole(row.end),
    state: jobState(row.state),
    requestedBy: String(row.requested_by),
    startedAt: whole(row.started),
    finishedAt: row.finished === null ? null : whole(row.finished),
    rows: whole(row.rows),
    skippedRows: whole(row.skipped_rows),
    values: whole(row.values),
    error: String(row.error),
    recorded: row.recorded === true,
  })

/** Jobs that wrote their values and that the registry may not know of: what a crash between the two databases leaves. */
export const unrecordedJobs = async (sql: Queryable, project: string): Promise<readonly Job[]> => {
  const { rows } = await sql.query(
    `SELECT ${columns} FROM charmed_feast.job WHERE project = $1 AND state = 'succeeded' AND NOT recorded ORDER BY finished_at`,
    [project],
  )
  return rows.map(jobOf)
}

/** The jobs of a project, of one view or of all, newest first. A running job whose process went silent reads as failed. */
export const listJobs = async (
  sql: Queryable,
  project: string,
  options: { readonly view?: string; readonly limit: number; readonly offset?: number },
): Promise<readonly Job[]> => {
  const { rows } = await sql.query(
    `SELECT ${columns} FROM charmed_feast.job WHERE project = $1 AND ($2::text IS NULL OR view = $2) ORDER BY started_at DESC, id LIMIT $3 OFFSET $4`,
    [project, options.view ?? null, options.limit, options.offset ?? 0],
  )
  return rows.map(jobOf)
}
