import type { PostgresTarget } from '../postgres/target.ts'
import { parsePostgresUrl } from '../postgres/url.ts'
import type { ConnectionOptions } from './charmed-feast.ts'
import { flag, integer, kept, nullable, oneOf, text, texts } from './field.ts'
import { ownParts, targetOrProblem } from './postgres-section.ts'
import { below, type Place, report, warn } from './problem.ts'
import { readSection, rest, type Section, section, unknownKey } from './section.ts'
import type { YamlNode } from './yaml-tree.ts'

const mcpFields = { enabled: flag(false, { strict: true }) }

const commonFields = {
  registry_type: text('file'),
  registry_store_type: nullable(text()),
  path: text(''),
  /** Seconds; 0 never expires. */
  cache_ttl_seconds: integer(600, { strict: true }),
  cache_mode: text('sync'),
  s3_additional_kwargs: nullable(texts()),
  purge_feast_metadata: flag(false, { strict: true }),
  enable_online_feature_view_versioning: flag(false, { strict: true }),
  serve_features_while_materializing: flag(false, { strict: true }),
  mcp: nullable(section(mcpFields, 'keep')),
}

const sqlFields = {
  ...commonFields,
  path: text(''),
  read_path: nullable(text()),
  sqlalchemy_config_kwargs: kept({ echo: false }),
  thread_pool_executor_worker_count: integer(0, { strict: true }),
  schema_mode: oneOf(['auto', 'verify', 'skip'], 'auto'),
}

const remoteFields = {
  ...commonFields,
  cert: text(''),
  is_tls: flag(false),
  client_cert: text(''),
  client_key: text(''),
  authority: text(''),
}

/** A registry in tables; `target` is null where the URL is of another database than PostgreSQL. */
export interface SqlRegistryConfig extends Section<typeof sqlFields> {
  readonly kind: 'sql'
  readonly target: PostgresTarget | null
  /** The read replica of `read_path`. */
  readonly readTarget: PostgresTarget | null
  readonly poolSize: number
}

/** A registry in one file; the scheme of `path` says where. */
export interface FileRegistryConfig extends Section<typeof commonFields> {
  readonly kind: 'file'
}
/** A registry behind Feast's registry server, at `path` (host:port). */
export interface RemoteRegistryConfig extends Section<typeof remoteFields> {
  readonly kind: 'remote'
}
/** A registry that is kept by its name, and refused when it is used. */
export interface OtherRegistryConfig extends Section<typeof commonFields> {
  readonly kind: 'other'
  readonly options: Readonly<Record<string, unknown>>
}

/** Where the definitions are. Its kinds are Feast's `registry_type`. */
export type RegistryConfig = SqlRegistryConfig | FileRegistryConfig | RemoteRegistryConfig | OtherRegistryConfig

const types = ['file', 'sql', 'remote', 'snowflake.registry']

/** Reads the key `registry`: a map, or a path. */
export const readRegistry = (node: YamlNode | undefined, options: ConnectionOptions, place: Place): RegistryConfig | undefined => {
  if (node === undefined) return problem(place, 'it is missing; it names a file or a database')
  if (node.kind === 'text' && node.value !== '')
    return readKind('file', { kind: 'map', entries: new Map([['path', node]]), line: node.line }, options, place)
  if (node.kind !== 'map' || node.entries.size === 0) return problem(place, 'it must be a map or a path')
  const type = node.entries.get('registry_type')
  if (type === undefined) return readKind('file', node, options, place)
  if (type.kind === 'text' && types.includes(type.value)) return readKind(type.value, node, options, place)
  return problem(below(place, 'registry_type', type.line), `it is no registry that is known; allowed: ${types.join(', ')}`)
}

const problem = (place: Place, why: string): undefined => {
  report(place, why)
}

const readKind = (type: string, node: YamlNode, options: ConnectionOptions, place: Place): RegistryConfig | undefined => {
  if (type === 'sql') return readSql(node, options, place)
  if (type === 'remote') {
    const remote = readSection(remoteFields, node, place, 'warn')
    return remote && { kind: 'remote', ...remote }
  }
  const common = readSection(commonFields, node, place, type === 'file' ? 'warn' : 'keep')
  if (common === undefined) return undefined
  return type === 'file' ? { kind: 'file', ...common } : { kind: 'other', ...common, options: rest(node, Object.keys(commonFields)) }
}

const readSql = (node: YamlNode, options: ConnectionOptions, place: Place): SqlRegistryConfig | undefined => {
  const fields = readSection(sqlFields, node, place, 'warn')
  if (fields === undefined) return undefined
  warnArguments(fields.sqlalchemyConfigKwargs, below(place, 'sqlalchemy_config_kwargs', place.line))
  const target = urlTarget(fields.path, fields.sqlalchemyConfigKwargs, options, below(place, 'path', place.line))
  const readTarget =
    fields.readPath === null || fields.readPath === ''
      ? null
      : urlTarget(fields.readPath, fields.sqlalchemyConfigKwargs, options, below(place, 'read_path', place.line))
  if (target === undefined || readTarget === undefined) return undefined
  const { pool_size: poolSize } = fields.sqlalchemyConfigKwargs
  return {
    kind: 'sql',
    ...fields,
    target,
    readTarget,
    poolSize: options.poolSize ?? (typeof poolSize === 'number' && poolSize > 0 ? poolSize : 10),
  }
}

/** Keys of `connect_args`, which SQLAlchemy hands to the driver, that mean something to us too. */
const connectArgs = [
  ...['host', 'port', 'dbname', 'user', 'password', 'sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'channel_binding', 'options'],
  ...['target_session_attrs', 'application_name', 'connect_timeout', 'keepalives_idle'],
]

const urlTarget = (
  url: string,
  kwargs: Readonly<Record<string, unknown>>,
  options: ConnectionOptions,
  place: Place,
): PostgresTarget | null | undefined => {
  if (url === '') return problem(place, 'it is empty; a URL is needed')
  if (!/^postgres(?:ql)?(?:\+\w+)?:/.test(url)) return null
  return targetOrProblem(place, () => Object.freeze({ ...parsePostgresUrl(withArguments(url, kwargs)), ...ownParts(options) }))
}

const argumentsOf = ({ connect_args: given }: Readonly<Record<string, unknown>>): readonly (readonly [string, unknown])[] =>
  typeof given === 'object' && given !== null ? Object.entries(given) : []

const isUnderstood = ([key, value]: readonly [string, unknown]): boolean =>
  connectArgs.includes(key) && (typeof value === 'string' || typeof value === 'number')

const warnArguments = (kwargs: Readonly<Record<string, unknown>>, place: Place): void => {
  for (const [key] of argumentsOf(kwargs).filter((each) => !isUnderstood(each))) {
    warn(below(place, `connect_args.${key}`, place.line), unknownKey(key, connectArgs))
  }
}

/** The arguments come last in the URL, and the last one counts. */
const withArguments = (url: string, kwargs: Readonly<Record<string, unknown>>): string =>
  argumentsOf(kwargs)
    .filter(isUnderstood)
    .reduce((sum, [key, value]) => `${sum}${sum.includes('?') ? '&' : '?'}${key}=${encodeURIComponent(String(value))}`, url)
