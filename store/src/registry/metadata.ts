import { randomUUID } from 'node:crypto'
import type { Queryable } from '../postgres/query.ts'
import { wholeSeconds } from './timestamp.ts'

const upsert = async (sql: Queryable, project: string, key: string, value: string, now: bigint): Promise<void> => {
  await sql.query(
    `INSERT INTO feast_metadata (project_id, metadata_key, metadata_value, last_updated_timestamp) VALUES ($1, $2, $3, $4)
     ON CONFLICT (project_id, metadata_key) DO UPDATE SET metadata_value = excluded.metadata_value,
       last_updated_timestamp = excluded.last_updated_timestamp`,
    [project, key, value, wholeSeconds(now)],
  )
}

/** Says in `feast_metadata` that a project was written to, and gives the project its UUID when it has none. */
export const touchMetadata = async (sql: Queryable, project: string, now: bigint): Promise<void> => {
  await sql.query(
    `INSERT INTO feast_metadata (project_id, metadata_key, metadata_value, last_updated_timestamp) VALUES ($1, 'project_uuid', $2, $3)
     ON CONFLICT (project_id, metadata_key) DO NOTHING`,
    [project, randomUUID(), wholeSeconds(now)],
  )
  await upsert(sql, project, 'last_updated_timestamp', String(wholeSeconds(now)), now)
}

/**
 * Writes a value beside a project: what `recently_visited_<user>` and its like are kept by.
 *
 * @example
 * await writeMetadata(sql, 'demo', { key: 'recently_visited_ada', value: '[]', now })
 */
export const writeMetadata = async (
  sql: Queryable,
  project: string,
  { key, value, now }: { readonly key: string; readonly value: string; readonly now: bigint },
): Promise<void> => upsert(sql, project, key, value, now)
