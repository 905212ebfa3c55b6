import type { Queryable } from '../postgres/query.ts'
import { kindList } from './kind.ts'

/** A table of the registry: its definition as Feast 0.67 makes it (SQLAlchemy's `create_all`), and its index. */
interface Table {
  readonly name: string
  readonly columns: readonly string[]
  readonly primaryKey: readonly string[]
  readonly index: string
}

const name255 = 'varchar(255) NOT NULL'

const objectTable = (name: string, nameColumn: string, rest: readonly string[]): Table => ({
  name,
  columns: [`${nameColumn} ${name255}`, `project_id ${name255}`, 'last_updated_timestamp bigint NOT NULL', ...rest],
  primaryKey: [nameColumn, 'project_id'],
  index: `idx_${name}_project_id`,
})

/** What views store beside their definition: Python's `apply_user_metadata`, and a column that no release ever wrote. */
const viewColumns: Readonly<Record<string, readonly string[]>> = {
  feature_views: ['materialized_intervals bytea', 'feature_view_proto bytea NOT NULL', 'user_metadata bytea'],
  stream_feature_views: ['feature_view_proto bytea NOT NULL', 'user_metadata bytea'],
  on_demand_feature_views: ['feature_view_proto bytea NOT NULL', 'user_metadata bytea'],
  label_views: ['feature_view_proto bytea NOT NULL', 'user_metadata bytea'],
}

const tables: readonly Table[] = [
  {
    name: 'projects',
    columns: [`project_id ${name255}`, `project_name ${name255}`, 'last_updated_timestamp bigint NOT NULL', 'project_proto bytea NOT NULL'],
    primaryKey: ['project_id'],
    index: 'idx_projects_project_id',
  },
  ...kindList
    .filter(({ name }) => name !== 'project')
    .map(({ table, nameColumn, protoColumn }) => objectTable(table, nameColumn, viewColumns[table] ?? [`${protoColumn} bytea NOT NULL`])),
  objectTable('managed_infra', 'infra_name', ['infra_proto bytea NOT NULL']),
  {
    name: 'feast_metadata',
    columns: [
      `project_id ${name255}`,
      'metadata_key varchar(50) NOT NULL',
      'metadata_value text NOT NULL',
      'last_updated_timestamp bigint NOT NULL',
    ],
    primaryKey: ['project_id', 'metadata_key'],
    index: 'idx_feast_metadata_project_id',
  },
  {
    name: 'feature_view_version_history',
    columns: [
      `feature_view_name ${name255}`,
      `project_id ${name255}`,
      'version_number integer NOT NULL',
      'feature_view_type varchar(50) NOT NULL',
      'feature_view_proto bytea NOT NULL',
      'created_timestamp bigint NOT NULL',
      'description text',
      'version_id varchar(36) NOT NULL',
    ],
    primaryKey: ['feature_view_name', 'project_id', 'version_number'],
    index: 'idx_fv_version_history_project_id',
  },
]

/** The tables of a registry of Feast 0.67: one a kind of object, and three beside them. */
export const registryTables: readonly string[] = Object.freeze(tables.map(({ name }) => name))

const createTable = async (sql: Queryable, { name, columns, primaryKey, index }: Table): Promise<void> => {
  await sql.query(`CREATE TABLE IF NOT EXISTS ${name} (${columns.join(', ')}, PRIMARY KEY (${primaryKey.join(', ')}))`)
  await sql.query(`CREATE INDEX IF NOT EXISTS ${index} ON ${name} (project_id)`)
}

/**
 * The tables of {@link registryTables} that the database lacks, where the connection's `search_path` looks.
 *
 * @example
 * await missingTables(database) // [] in a registry of Feast 0.67, ['label_views', …] in an older one
 */
export const missingTables = async (sql: Queryable): Promise<readonly string[]> => {
  const { rows } = await sql.query('SELECT name FROM unnest($1::text[]) AS name WHERE to_regclass(quote_ident(name)) IS NULL', [
    registryTables,
  ])
  const missing = new Set(rows.map(({ name }) => name))
  return registryTables.filter((name) => missing.has(name))
}

/**
 * Makes the tables that are missing, as Feast does when it opens a registry; those that are there stay as they are.
 * Run it in a transaction. Resolves to the tables made.
 *
 * @example
 * await database.transaction(createSchema)
 */
export const createSchema = async (sql: Queryable): Promise<readonly string[]> => {
  // IF NOT EXISTS still collides when two sessions create a table at the same time; of ours, one waits here.
  await sql.query(`SELECT pg_advisory_xact_lock(hashtextextended('charmed_feast_registry schema', 0))`)
  const missing = await missingTables(sql)
  for (const table of tables) if (missing.includes(table.name)) await createTable(sql, table)
  return missing
}
