import { storeError } from '../errors.ts'
import { type AuthConfig, readAuth } from './auth.ts'
import { type BatchEngineConfig, readBatchEngine } from './batch-engine.ts'
import { type CharmedFeastOptions, readCharmedFeast } from './charmed-feast.ts'
import { type FeatureServerConfig, readFeatureServer } from './feature-server.ts'
import { type Field, flag, integer, nullable, text } from './field.ts'
import * as integration from './integration.ts'
import { type OfflineStoreConfig, readOfflineStore } from './offline-store.ts'
import { type OnlineStoreConfig, readOnlineStore } from './online-store.ts'
import { below, type Findings, type Place, report, warn } from './problem.ts'
import { type RegistryConfig, readRegistry } from './registry.ts'
import { section, sectionOrDefaults, unknownKey } from './section.ts'
import { type Environment, substituteVariables } from './substitute.ts'
import { plainValue, readYaml, YamlFault, type YamlNode } from './yaml-tree.ts'

/** A configuration: what `feature_store.yaml` says, and every default. Immutable. It holds passwords: `describeConfig` shows it. */
export interface StoreConfig {
  /** The file, or where else the text came from. */
  readonly path: string
  /** The repository: relative paths of file registries, SQLite stores and file sources begin here. */
  readonly repoPath: string
  readonly project: string
  readonly projectDescription: string | null
  readonly provider: string
  readonly registry: RegistryConfig
  /** Null: there is none. */
  readonly onlineStore: OnlineStoreConfig | null
  readonly offlineStore: OfflineStoreConfig | null
  readonly batchEngine: BatchEngineConfig
  readonly featureServer: FeatureServerConfig | null
  readonly auth: AuthConfig
  readonly entityKeySerializationVersion: 1 | 2 | 3
  /** The file says which version it is; where it does not, Feast 0.49 writes version 1. */
  readonly entityKeySerializationVersionStated: boolean
  readonly coerceTzAware: boolean
  readonly materialization: integration.MaterializationConfig
  readonly embeddingModel: integration.EmbeddingModelConfig | null
  readonly dataQualityMonitoring: integration.DataQualityConfig | null
  readonly openlineage: integration.OpenlineageConfig | null
  readonly mlflow: integration.MlflowConfig | null
  readonly charmedFeast: CharmedFeastOptions
  /** The whole file as it was read, by Feast's names. */
  readonly written: Readonly<Record<string, unknown>>
  /** What works but is probably not meant, a line each. */
  readonly warnings: readonly string[]
}

/** Where a configuration's text is from, and what is put into it. */
export interface ParseConfigOptions {
  readonly path: string
  readonly repoPath: string
  readonly environment: Environment
}

/** Keys by which pydantic takes a section too: the names of the fields in Python. */
const aliases: Readonly<Record<string, string>> = {
  batch_engine: 'batch_engine_config',
  materialization: 'materialization_config',
  openlineage: 'openlineage_config',
  mlflow: 'mlflow_config',
  data_quality_monitoring: 'data_quality_monitoring_config',
}

const keys = [
  ...['project', 'project_description', 'provider', 'registry', 'online_store', 'offline_store', 'batch_engine', 'feature_server', 'auth'],
  ...['flags', 'entity_key_serialization_version', 'coerce_tz_aware', 'materialization', 'embedding_model', 'data_quality_monitoring'],
  ...['openlineage', 'mlflow', 'repo_path', 'charmed_feast'],
]

/**
 * Reads the text of a `feature_store.yaml`: variables, YAML as Python reads it, every field that Feast 0.67 knows.
 *
 * @throws StoreError STORE_CONFIG_INVALID, which lists all that is wrong and holds no value of a password
 * @example
 * parseConfig('project: demo\nregistry: data/registry.db\n', { path: 'feature_store.yaml', repoPath: '/repo', environment: {} }).onlineStore
 * // { kind: 'sqlite', type: 'sqlite', path: 'data/online.db', … }
 */
export const parseConfig = (yaml: string, options: ParseConfigOptions): StoreConfig => {
  const findings: Findings = { problems: [], warnings: [] }
  const { text: substituted, unsetLines } = substituteVariables(yaml, options.environment)
  for (const line of unsetLines) warn({ path: '', line, findings }, 'a variable in braces is not set, and stays as it stands')
  const config = readConfig(readTree(substituted, findings), options, findings)
  if (config === undefined || findings.problems.length > 0)
    throw storeError('STORE_CONFIG_INVALID', [options.path, findings.problems.join('\n  ')])
  return config
}

const readTree = (yaml: string, findings: Findings): ReadonlyMap<string, YamlNode> => {
  try {
    const root = readYaml(yaml)
    if (root.kind === 'map') return root.entries
    report(
      { path: '', line: root.line, findings },
      root.kind === 'null' ? 'it is empty; it needs project and registry at least' : 'it must be a map',
    )
  } catch (error) {
    if (!(error instanceof YamlFault)) throw error
    report({ path: '', line: error.line, findings }, error.message)
  }
  return new Map()
}

const readConfig = (
  entries: ReadonlyMap<string, YamlNode>,
  { path, repoPath }: ParseConfigOptions,
  findings: Findings,
): StoreConfig | undefined => {
  if (findings.problems.length > 0) return undefined
  const root: Place = { path: '', line: 1, findings }
  const nodeOf = (name: string): YamlNode | undefined => entries.get(name) ?? entries.get(aliases[name] ?? '')
  const at = (name: string): Place => below(root, name, nodeOf(name)?.line ?? 1)
  const read = <T>(name: string, field: Field<T>): T | undefined => {
    const node = nodeOf(name)
    if (node !== undefined) return field.read(node, at(name))
    if (field.fallback === undefined) report(at(name), 'it is missing')
    return field.fallback
  }
  warnKeys(entries, root)
  // Feast checks it, and puts its own in its place.
  read('repo_path', nullable(text()))
  const charmedFeast = readCharmedFeast(nodeOf('charmed_feast'), at('charmed_feast'))
  if (charmedFeast === undefined) return undefined
  const config = {
    path,
    repoPath,
    project: read('project', text()),
    projectDescription: read('project_description', nullable(text())),
    provider: read('provider', text('local')),
    registry: readRegistry(nodeOf('registry'), charmedFeast.registry, at('registry')),
    onlineStore: readOnlineStore(nodeOf('online_store'), charmedFeast.online, at('online_store')),
    offlineStore: readOfflineStore(nodeOf('offline_store'), charmedFeast.offline, at('offline_store')),
    batchEngine: readBatchEngine(nodeOf('batch_engine'), at('batch_engine')),
    featureServer: readFeatureServer(nodeOf('feature_server'), at('feature_server')),
    auth: readAuth(nodeOf('auth'), at('auth')),
    entityKeySerializationVersion: read('entity_key_serialization_version', keyVersion),
    entityKeySerializationVersionStated: nodeOf('entity_key_serialization_version') !== undefined,
    coerceTzAware: read('coerce_tz_aware', coerce),
    materialization: read('materialization', sectionOrDefaults(integration.materializationFields, 'ignore')),
    embeddingModel: read('embedding_model', nullable(section(integration.embeddingModelFields, 'refuse'))),
    dataQualityMonitoring: read('data_quality_monitoring', nullable(section(integration.dataQualityFields, 'refuse'))),
    openlineage: read('openlineage', nullable(section(integration.openlineageFields, 'keep'))),
    mlflow: read('mlflow', nullable(section(integration.mlflowFields, 'keep'))),
    charmedFeast,
    written: Object.freeze(Object.fromEntries([...entries].map(([name, node]) => [name, plainValue(node)]))),
    warnings: findings.warnings,
  }
  if (!isWhole(config)) return undefined
  checkProject(config, at('project'))
  return Object.freeze(config)
}

/** Everything was read: what was not has been reported. */
const isWhole = <T extends object>(config: T): config is { [Name in keyof T]: Exclude<T[Name], undefined> } & T =>
  !Object.values(config).includes(undefined)

const keyVersion: Field<1 | 2 | 3> = {
  fallback: 3,
  read: (node, place) => {
    const version = integer(undefined, { strict: true }).read(node, place)
    if (version === undefined || version === 3) return version
    if (version === 1 || version === 2) {
      warn(place, `version ${version} of entity keys is deprecated; 3 is the one to write`)
      return version
    }
    report(place, 'there is no such version of entity keys; allowed: 1, 2, 3')
    return undefined
  },
}

/** Null is no reason to take times for local ones. */
const coerce: Field<boolean> = { fallback: true, read: (node, place) => (node.kind === 'null' ? false : flag().read(node, place)) }

const warnKeys = (entries: ReadonlyMap<string, YamlNode>, root: Place): void => {
  const known = [...keys, ...Object.values(aliases)]
  for (const [key, node] of entries) {
    if (!known.includes(key)) warn(below(root, key, node.line), unknownKey(key, keys))
    if (key === 'flags' && node.kind === 'map') warn(below(root, key, node.line), 'Feast has no flags any more, and neither have we')
  }
}

/** Python's `\w` and hyphens; the first is neither a hyphen nor an underscore. */
const projectName = /^[\p{L}\p{N}][\p{L}\p{N}_-]*$/u

const checkProject = ({ project, onlineStore }: Pick<StoreConfig, 'project' | 'onlineStore'>, place: Place): void => {
  if (!projectName.test(project))
    report(place, 'a project has letters, digits, underscores and hyphens, and begins with neither of the last two')
  else if (!project.includes('-')) return
  else if (onlineStore?.kind === 'sqlite') report(place, 'a project with a hyphen has no table in SQLite; use an underscore')
  else warn(place, "Python's Feast refuses a project with a hyphen; use an underscore")
}
