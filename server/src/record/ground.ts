/** A row as a database gives it. */
export type Row = Readonly<Record<string, unknown>>

/**
 * Where our own records lie: a schema of ours in the registry's PostgreSQL, or a SQLite file beside a registry that is a file. Statements are
 * one text for both; what differs stands here.
 */
export interface Ground extends AsyncDisposable {
  /** Parameters are `$1`, `$2`, …: texts, numbers, `null`. Whole numbers come back as numbers or texts of digits. */
  query(text: string, values?: readonly (string | number | null)[]): Promise<readonly Row[]>
  /** The name of one of our tables. */
  table(name: string): string
  /** Milliseconds since 1970 by the database's clock, which all servers share. */
  readonly now: string
  /** What makes a chosen row this statement's alone. */
  readonly skipTaken: string
  /** Whether our tables are there. */
  isMade(): Promise<boolean>
  /** Makes them. */
  make(): Promise<void>
  /** Why they could not be made; `null` where they are there or could be. */
  problem(): Promise<string | null>
  /** Tells all servers that a run moved. */
  tell(id: string): Promise<void>
  /** Calls back with the ids of runs that moved, whichever server moved them; `''` when some may have been missed. */
  hear(heard: (id: string) => void): void
}

/** The tables: `doc` is the whole record as JSON; the rest is what statements choose by. Times are milliseconds since 1970. */
export const tableSql = (table: (name: string) => string): readonly string[] => [
  `CREATE TABLE IF NOT EXISTS ${table('run')} (id text PRIMARY KEY, project text NOT NULL, asked_by text NOT NULL, state text NOT NULL,
created_at bigint NOT NULL, changed_at bigint NOT NULL, owner text, lease_until bigint, cancelled integer NOT NULL DEFAULT 0,
tries integer NOT NULL DEFAULT 0, doc text NOT NULL)`,
  `CREATE INDEX IF NOT EXISTS run_by_project ON ${table('run')} (project, created_at)`,
  `CREATE TABLE IF NOT EXISTS ${table('change')} (id text PRIMARY KEY, project text NOT NULL, at bigint NOT NULL, doc text NOT NULL)`,
  `CREATE INDEX IF NOT EXISTS change_by_project ON ${table('change')} (project, at)`,
]
