import type { Queryable } from '../postgres/query.ts'
import type { ViewVersion } from './history.ts'
import { type Kind, type KindName, kindList, kinds } from './kind.ts'
import type { ObjectId, StoredObject } from './object.ts'
import { type RegistrySnapshot, snapshotOf } from './snapshot.ts'

/** Which objects to read: all that is left out is not asked for. */
export interface ObjectFilter {
  readonly kinds?: readonly Kind[]
  readonly project?: string | undefined
  readonly name?: string
}

const metadataKind = 'metadata'

const condition = (filter: ObjectFilter, nameColumn: string): string => {
  const parts = [filter.project === undefined ? '' : 'project_id = $1', filter.name === undefined ? '' : `${nameColumn} = $2`]
  const said = parts.filter((part) => part !== '')
  return said.length === 0 ? '' : ` WHERE ${said.join(' AND ')}`
}

const selectKind = (kind: Kind, filter: ObjectFilter): string =>
  `SELECT '${kind.name}' AS kind, project_id, ${kind.nameColumn} AS name, last_updated_timestamp AS updated, ${kind.protoColumn} AS bytes
   FROM ${kind.table}${condition(filter, kind.nameColumn)}`

const values = ({ project, name }: ObjectFilter): readonly unknown[] =>
  name === undefined ? (project === undefined ? [] : [project]) : [project, name]

const asBytes = (value: unknown): Uint8Array => {
  if (value instanceof Uint8Array) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
  throw new TypeError('a registry row holds no bytes')
}

const asObject = (row: Record<string, unknown>): StoredObject => ({
  kind: kinds[String(row.kind) as KindName].name,
  project: String(row.project_id),
  name: String(row.name),
  bytes: asBytes(row.bytes),
  lastUpdated: BigInt(String(row.updated)) * 1_000_000n,
})

/** Reads objects in one statement, and so as they were at one moment. A name needs a project. */
export const readObjects = async (sql: Queryable, filter: ObjectFilter): Promise<readonly StoredObject[]> => {
  const chosen = filter.kinds ?? kindList
  if (chosen.length === 0) return []
  const { rows } = await sql.query(chosen.map((kind) => selectKind(kind, filter)).join('\n UNION ALL '), values(filter))
  return rows.map(asObject)
}

/** Reads the objects of a project and keeps others from writing them until the transaction ends: ours by its lock, Python's by the rows'. */
export const lockObjects = async (sql: Queryable, project: string): Promise<readonly StoredObject[]> => {
  const arms = kindList.map((kind) => `${kind.table}_rows AS (${selectKind(kind, { project })} ORDER BY name FOR UPDATE)`)
  const all = kindList.map(({ table }) => `SELECT * FROM ${table}_rows`)
  const { rows } = await sql.query(`WITH ${arms.join(',\n ')}\n ${all.join(' UNION ALL ')}`, [project])
  return rows.map(asObject)
}

/** Reads one object and keeps others from writing it until the transaction ends; `undefined` when there is none. */
export const lockObject = async <Name extends KindName>(sql: Queryable, id: ObjectId<Name>): Promise<StoredObject<Name> | undefined> => {
  const { project, name } = id
  const { rows } = await sql.query(`${selectKind(kinds[id.kind], { project, name })} FOR UPDATE`, [project, name])
  // The row is of the table of the kind.
  return rows.map(asObject)[0] as StoredObject<Name> | undefined
}

/** Reads a registry, or one project of it, at one moment. Tables that an older Feast did not make are passed over. */
export const readSnapshot = async (
  sql: Queryable,
  options: { readonly project?: string | undefined; readonly missing: readonly string[] },
): Promise<RegistrySnapshot> => {
  const { project, missing } = options
  const arms = kindList.filter(({ table }) => !missing.includes(table)).map((kind) => selectKind(kind, { project }))
  if (!missing.includes('feast_metadata')) {
    arms.push(`SELECT '${metadataKind}', project_id, metadata_key, last_updated_timestamp, convert_to(metadata_value, 'UTF8')
      FROM feast_metadata${condition({ project }, '')}`)
  }
  if (arms.length === 0) return snapshotOf([], [])
  const { rows } = await sql.query(arms.join('\n UNION ALL '), values({ project }))
  const [metadata, objects] = [rows.filter(({ kind }) => kind === metadataKind), rows.filter(({ kind }) => kind !== metadataKind)]
  return snapshotOf(
    objects.map(asObject),
    metadata.map((row) => ({
      project: String(row.project_id),
      key: String(row.name),
      value: new TextDecoder().decode(asBytes(row.bytes)),
    })),
  )
}

/** Reads the versions that are kept of the views of a project, or of one view: oldest first. */
export const readVersions = async (sql: Queryable, project: string, view?: string): Promise<readonly ViewVersion[]> => {
  const { rows } = await sql.query(
    `SELECT feature_view_name AS view, version_number AS number, feature_view_type AS type, feature_view_proto AS bytes,
            created_timestamp AS created, version_id AS id
     FROM feature_view_version_history WHERE project_id = $1${view === undefined ? '' : ' AND feature_view_name = $2'}
     ORDER BY feature_view_name, version_number`,
    view === undefined ? [project] : [project, view],
  )
  return rows.map((row) => ({
    view: String(row.view),
    number: Number(row.number),
    type: String(row.type),
    bytes: asBytes(row.bytes),
    created: BigInt(String(row.created)) * 1_000_000n,
    id: String(row.id),
  }))
}
