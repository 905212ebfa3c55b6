import type { Queryable } from '../postgres/query.ts'
import type { ChangeSet } from './change-set.ts'
import type { ViewVersion } from './history.ts'
import { type Kind, kindList } from './kind.ts'
import type { ObjectId, StoredObject } from './object.ts'
import { wholeSeconds } from './timestamp.ts'

/** The channel on which an apply tells the project it wrote to, once it is committed. */
export const registryChannel = 'charmed_feast_registry'

/** Makes our other writers of a project wait until the transaction ends. Python does not ask for this lock: rows are locked beside it. */
export const lockProject = async (sql: Queryable, project: string): Promise<void> => {
  await sql.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`${registryChannel} project ${project}`])
}

/** Tells who listens, when the transaction commits. */
export const notifyProject = async (sql: Queryable, project: string): Promise<void> => {
  await sql.query('SELECT pg_notify($1, $2)', [registryChannel, project])
}

const columnsOf = (objects: readonly StoredObject[]): readonly unknown[] => [
  objects.map(({ name }) => name),
  objects.map(({ lastUpdated }) => wholeSeconds(lastUpdated)),
  objects.map(({ bytes }) => bytes),
]

const insertRows = async (sql: Queryable, { table, nameColumn, protoColumn }: Kind, project: string, rows: readonly StoredObject[]) => {
  if (rows.length === 0) return
  await sql.query(
    `INSERT INTO ${table} (${nameColumn}, project_id, last_updated_timestamp, ${protoColumn})
     SELECT name, $1, updated, bytes FROM unnest($2::text[], $3::bigint[], $4::bytea[]) AS made (name, updated, bytes)`,
    [project, ...columnsOf(rows)],
  )
}

const updateRows = async (sql: Queryable, { table, nameColumn, protoColumn }: Kind, project: string, rows: readonly StoredObject[]) => {
  if (rows.length === 0) return
  await sql.query(
    `UPDATE ${table} SET last_updated_timestamp = made.updated, ${protoColumn} = made.bytes
     FROM unnest($2::text[], $3::bigint[], $4::bytea[]) AS made (name, updated, bytes)
     WHERE project_id = $1 AND ${nameColumn} = made.name`,
    [project, ...columnsOf(rows)],
  )
}

const deleteRows = async (sql: Queryable, { table, nameColumn }: Kind, project: string, ids: readonly ObjectId[]) => {
  if (ids.length === 0) return
  await sql.query(`DELETE FROM ${table} WHERE project_id = $1 AND ${nameColumn} = ANY ($2::text[])`, [project, ids.map(({ name }) => name)])
}

const insertVersions = async (sql: Queryable, project: string, versions: readonly ViewVersion[]) => {
  if (versions.length === 0) return
  await sql.query(
    `INSERT INTO feature_view_version_history
       (feature_view_name, project_id, version_number, feature_view_type, feature_view_proto, created_timestamp, description, version_id)
     SELECT view, $1, number, type, bytes, created, '', id
     FROM unnest($2::text[], $3::int[], $4::text[], $5::bytea[], $6::bigint[], $7::text[]) AS made (view, number, type, bytes, created, id)`,
    [
      project,
      versions.map(({ view }) => view),
      versions.map(({ number }) => number),
      versions.map(({ type }) => type),
      versions.map(({ bytes }) => bytes),
      versions.map(({ created }) => wholeSeconds(created)),
      versions.map(({ id }) => id),
    ],
  )
}

const ofKind = <Id extends ObjectId>(ids: readonly Id[], { name }: Kind): readonly Id[] => ids.filter(({ kind }) => kind === name)

/** Writes a change set, kind by kind in the order of Feast, deletions last. Run it under {@link lockProject}. */
export const writeChangeSet = async (sql: Queryable, project: string, set: ChangeSet): Promise<void> => {
  for (const kind of kindList) {
    await insertRows(sql, kind, project, ofKind(set.create, kind))
    await updateRows(sql, kind, project, ofKind(set.update, kind))
  }
  await insertVersions(sql, project, set.versions)
  for (const kind of kindList) await deleteRows(sql, kind, project, ofKind(set.remove, kind))
  if (set.forgotten.length > 0) {
    await sql.query('DELETE FROM feature_view_version_history WHERE project_id = $1 AND feature_view_name = ANY ($2::text[])', [
      project,
      set.forgotten,
    ])
  }
}
