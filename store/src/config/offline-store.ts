import type { PostgresTarget } from '../postgres/target.ts'
import type { ConnectionOptions } from './charmed-feast.ts'
import { integer, nullable, oneOf, text } from './field.ts'
import { postgresFields, sectionTarget } from './postgres-section.ts'
import type { Place } from './problem.ts'
import { readSection, rest, type Section } from './section.ts'
import { readType } from './store-type.ts'
import type { YamlNode } from './yaml-tree.ts'

const fieldsOf = {
  postgres: {
    ...postgresFields,
    type: oneOf(['postgres'], 'postgres'),
    entity_select_mode: oneOf(['temp_table', 'embed_query'], 'temp_table'),
  },
  dask: { type: oneOf(['dask', 'file'], 'dask') },
  duckdb: { type: text('duckdb'), staging_location: nullable(text()), staging_location_endpoint_override: nullable(text()) },
  remote: {
    type: oneOf(['remote'], 'remote'),
    scheme: oneOf(['http', 'https'], 'http'),
    host: text(),
    port: nullable(integer(undefined, { strict: true })),
    cert: text(''),
    connection_retries: integer(3, { least: 0 }),
  },
}

/** Historical features in PostgreSQL. */
export interface PostgresOfflineStoreConfig extends Section<typeof fieldsOf.postgres> {
  readonly kind: 'postgres'
  readonly target: PostgresTarget
  readonly poolSize: number
}
/** Historical features in files, read by our DuckDB engine: Feast's `file`, `dask` and `duckdb`. */
export interface DuckdbOfflineStoreConfig extends Section<typeof fieldsOf.duckdb> {
  readonly kind: 'duckdb'
}
/** Historical features behind an offline server. */
export interface RemoteOfflineStoreConfig extends Section<typeof fieldsOf.remote> {
  readonly kind: 'remote'
}
/** A store that is kept by its name, and refused when it is used. */
export interface OtherOfflineStoreConfig {
  readonly kind: 'other'
  readonly type: string
  readonly options: Readonly<Record<string, unknown>>
}

/** Where historical features are. */
export type OfflineStoreConfig = PostgresOfflineStoreConfig | DuckdbOfflineStoreConfig | RemoteOfflineStoreConfig | OtherOfflineStoreConfig

const kinds: Readonly<Record<string, keyof typeof fieldsOf>> = {
  postgres: 'postgres',
  file: 'dask',
  dask: 'dask',
  duckdb: 'duckdb',
  'feast.infra.offline_stores.duckdb.DuckDBOfflineStore': 'duckdb',
  remote: 'remote',
}

/** Feast's names of stores that we do not run. */
const others = [
  ...[
    'athena',
    'bigquery',
    'chronon',
    'clickhouse',
    'couchbase.offline',
    'hybrid',
    'mssql',
    'oracle',
    'ray',
    'redshift',
    'snowflake.offline',
  ],
  ...['spark', 'trino'],
]

/** Reads the key `offline_store`: a map, a type, null for none; files when it is absent, as in Feast. */
export const readOfflineStore = (
  node: YamlNode | undefined,
  options: ConnectionOptions,
  place: Place,
): OfflineStoreConfig | null | undefined => {
  if (node?.kind === 'null') return null
  const type = readType(node, { fallback: 'dask', names: [...Object.keys(kinds), ...others], suffix: 'OfflineStore' }, place)
  if (type === undefined) return undefined
  const section = node?.kind === 'map' ? node : undefined
  switch (kinds[type]) {
    case 'postgres':
      return readPostgres(section, options, place)
    case 'dask':
      return (
        readSection(fieldsOf.dask, section, place, 'refuse') && {
          kind: 'duckdb',
          type,
          stagingLocation: null,
          stagingLocationEndpointOverride: null,
        }
      )
    case 'duckdb':
      return withKind('duckdb', readSection(fieldsOf.duckdb, section, place, 'refuse'))
    case 'remote':
      return withKind('remote', readSection(fieldsOf.remote, section, place, 'refuse'))
    default:
      return Object.freeze({ kind: 'other', type, options: rest(section, ['type']) })
  }
}

const withKind = <K extends string, T extends object>(kind: K, fields: T | undefined): ({ readonly kind: K } & T) | undefined =>
  fields && { kind, ...fields }

const readPostgres = (node: YamlNode | undefined, options: ConnectionOptions, place: Place): PostgresOfflineStoreConfig | undefined => {
  const fields = readSection(fieldsOf.postgres, node, place, 'refuse')
  const target = fields && sectionTarget(fields, options, place)
  return target && { kind: 'postgres', ...fields, target, poolSize: options.poolSize ?? Math.max(1, fields.maxConn) }
}
