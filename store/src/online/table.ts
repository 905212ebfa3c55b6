import { checkIdentifierLength, quoteIdentifier } from '../postgres/identifier.ts'

/** Where a view's values are: a table of Feast's online store. */
export interface OnlineTable {
  readonly schema: string
  readonly name: string
}

/** Options of Feast's `online_store` section that change the table's columns. */
export interface OnlineTableOptions {
  readonly vectorEnabled: boolean
  /** Feast ≥ 0.66: a column for numbers, which filters read. */
  readonly openaiCompatible: boolean
}

const suffixes = ['_fts_idx', '_ek'] as const

/**
 * The table of a view: `{project}_{view}`, with `_vN` for a version above zero where versioned reading is on.
 *
 * @throws STORE_POSTGRES_IDENTIFIER_INVALID when PostgreSQL would cut the name or that of one of its indexes: two views would share a table
 *
 * @example
 * onlineTable('public', 'rides', 'driver_hourly_stats').name // 'rides_driver_hourly_stats'
 */
export const onlineTable = (schema: string, project: string, view: string, version = 0): OnlineTable => {
  const name = `${project}_${view}${version > 0 ? `_v${version}` : ''}`
  for (const suffix of suffixes) checkIdentifierLength(`${name}${suffix}`)
  return Object.freeze({ schema, name })
}

/** The table as SQL names it: qualified and quoted, so that no search path matters. */
export const tableSql = (table: OnlineTable): string => `${quoteIdentifier(table.schema)}.${quoteIdentifier(table.name)}`

/**
 * The statements that make a view's table, as Feast's own do, column for column. `text` says whether the view has a STRING feature, for
 * which Feast keeps a full-text index.
 */
export const createTableSql = (table: OnlineTable, options: OnlineTableOptions & { readonly text: boolean }): readonly string[] => {
  const index = (suffix: string) => quoteIdentifier(`${table.name}${suffix}`)
  return [
    `CREATE TABLE IF NOT EXISTS ${tableSql(table)} (
  entity_key BYTEA,
  feature_name TEXT,
  value BYTEA,
  value_text TEXT NULL,${options.openaiCompatible ? '\n  value_num DOUBLE PRECISION NULL,' : ''}
  vector_value ${options.vectorEnabled ? 'vector' : 'BYTEA'} NULL,
  event_ts TIMESTAMPTZ,
  created_ts TIMESTAMPTZ,
  PRIMARY KEY (entity_key, feature_name)
)`,
    ...(options.openaiCompatible ? [`ALTER TABLE ${tableSql(table)} ADD COLUMN IF NOT EXISTS value_num DOUBLE PRECISION NULL`] : []),
    `CREATE INDEX IF NOT EXISTS ${index('_ek')} ON ${tableSql(table)} (entity_key)`,
    ...(options.text
      ? [`CREATE INDEX IF NOT EXISTS ${index('_fts_idx')} ON ${tableSql(table)} USING GIN (to_tsvector('english', value_text))`]
      : []),
  ]
}

/** The statement that makes the schema of the online store, as Feast does at each apply. */
export const createSchemaSql = (schema: string): string => `CREATE SCHEMA IF NOT EXISTS ${quoteIdentifier(schema)}`

/** The statement that removes a view's table with its indexes. */
export const dropTableSql = (table: OnlineTable): string => `DROP TABLE IF EXISTS ${tableSql(table)}`
