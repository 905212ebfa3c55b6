import type { PostgresTarget } from '../postgres/target.ts'
import type { ConnectionOptions } from './charmed-feast.ts'
import { flag, integer, nullable, oneOf, text } from './field.ts'
import { postgresFields, sectionTarget } from './postgres-section.ts'
import type { Place } from './problem.ts'
import { readSection, rest, type Section } from './section.ts'
import { readType } from './store-type.ts'
import type { YamlNode } from './yaml-tree.ts'

const vectorFields = { vector_enabled: nullable(flag(false)), similarity: nullable(text('cosine')) }

const fieldsOf = {
  postgres: {
    ...postgresFields,
    ...vectorFields,
    type: oneOf(['postgres'], 'postgres'),
    /** Adds the column `value_num`. */
    enable_openai_compatible_store: nullable(flag(false)),
    /** Rows × views up to which Python reads several views in one statement. */
    max_batched_result_rows: integer(2048, { least: 0 }),
  },
  sqlite: {
    ...vectorFields,
    type: oneOf(['sqlite', 'feast.infra.online_stores.sqlite.SqliteOnlineStore'], 'sqlite'),
    path: text('data/online.db'),
    text_search_enabled: flag(false),
    enable_openai_compatible_store: flag(false),
  },
  redis: {
    type: oneOf(['redis'], 'redis'),
    redis_type: oneOf(['redis', 'redis_cluster', 'redis_sentinel'], 'redis'),
    client: oneOf(['redis', 'glide'], 'redis'),
    sentinel_master: text('mymaster'),
    connection_string: text('localhost:6379'),
    key_ttl_seconds: nullable(integer()),
    full_scan_for_deletion: nullable(flag(true)),
    skip_dedup: flag(false),
  },
  remote: {
    type: oneOf(['remote'], 'remote'),
    path: text('http://localhost:6566'),
    cert: text(''),
    connection_pool_size: integer(50),
    connection_idle_timeout: integer(300),
    connection_retries: integer(3),
  },
}

/** Online features in PostgreSQL. */
export interface PostgresOnlineStoreConfig extends Section<typeof fieldsOf.postgres> {
  readonly kind: 'postgres'
  readonly target: PostgresTarget
  readonly poolSize: number
}
/** Online features in a SQLite file, below the repository. */
export interface SqliteOnlineStoreConfig extends Section<typeof fieldsOf.sqlite> {
  readonly kind: 'sqlite'
}
/** Online features in Redis. */
export interface RedisOnlineStoreConfig extends Section<typeof fieldsOf.redis> {
  readonly kind: 'redis'
}
/** Online features behind a feature server. */
export interface RemoteOnlineStoreConfig extends Section<typeof fieldsOf.remote> {
  readonly kind: 'remote'
}
/** A store that is kept by its name, and refused when it is used. */
export interface OtherOnlineStoreConfig {
  readonly kind: 'other'
  readonly type: string
  readonly options: Readonly<Record<string, unknown>>
}

/** Where online features are. */
export type OnlineStoreConfig =
  | PostgresOnlineStoreConfig
  | SqliteOnlineStoreConfig
  | RedisOnlineStoreConfig
  | RemoteOnlineStoreConfig
  | OtherOnlineStoreConfig

const kinds: Readonly<Record<string, keyof typeof fieldsOf>> = {
  postgres: 'postgres',
  sqlite: 'sqlite',
  'feast.infra.online_stores.sqlite.SqliteOnlineStore': 'sqlite',
  redis: 'redis',
  remote: 'remote',
}

/** Feast's names of stores that we do not run. */
const others = [
  ...['aerospike', 'bigtable', 'cassandra', 'chronon', 'couchbase.online', 'datastore', 'dynamodb', 'elasticsearch', 'hazelcast', 'hbase'],
  ...['hybrid', 'milvus', 'mongodb', 'mysql', 'qdrant', 'scylladb', 'singlestore', 'snowflake.online'],
]

/** Reads the key `online_store`: a map, a type, null for none; SQLite when it is absent, as in Feast. */
export const readOnlineStore = (
  node: YamlNode | undefined,
  options: ConnectionOptions,
  place: Place,
): OnlineStoreConfig | null | undefined => {
  if (node?.kind === 'null' || (node?.kind === 'text' && /^(?:none|null)$/i.test(node.value))) return null
  const type = readType(node, { fallback: 'sqlite', names: [...Object.keys(kinds), ...others], suffix: 'OnlineStore' }, place)
  if (type === undefined) return undefined
  const section = node?.kind === 'map' ? node : undefined
  const kind = kinds[type]
  if (kind === undefined) return Object.freeze({ kind: 'other', type, options: rest(section, ['type']) })
  if (kind === 'postgres') return readPostgres(section, options, place)
  const fields = readSection(fieldsOf[kind], section, place, 'refuse')
  return fields && ({ kind, ...fields } as OnlineStoreConfig)
}

const readPostgres = (node: YamlNode | undefined, options: ConnectionOptions, place: Place): PostgresOnlineStoreConfig | undefined => {
  const fields = readSection(fieldsOf.postgres, node, place, 'refuse')
  const target = fields && sectionTarget(fields, options, place)
  return target && { kind: 'postgres', ...fields, target, poolSize: options.poolSize ?? Math.max(1, fields.maxConn) }
}
