import { resolve } from 'node:path'
import { loadConfig } from './config/load.ts'
import type { StoreConfig } from './config/store-config.ts'
import { type Definition, isDefinition } from './definition/definition.ts'
import type { Repository } from './definition/retrieval.ts'
import { storeError } from './errors.ts'
import type { OfflineStore } from './offline/offline.ts'
import type { OnlineStore } from './online/online.ts'
import { postgresOnline } from './online/postgres-online.ts'
import { postgresReader } from './online/postgres-reader.ts'
import { listen } from './postgres/listen.ts'
import { openPool, type Pool } from './postgres/pool.ts'
import { describeTarget, type PostgresTarget } from './postgres/target.ts'
import { cachedSnapshots, type Subscribe } from './registry/cache.ts'
import type { Registry } from './registry/registry.ts'
import { openSqlRegistry } from './registry/sql.ts'
import { registryChannel } from './registry/write.ts'
import { Store } from './store.ts'

/** Where a store is and what it may run. */
export interface OpenStoreOptions<Repo extends Repository = Repository> {
  /** What the repository's modules export: types the answers, and is the code that on-demand views run. */
  readonly repository?: Repo
  /** Definitions alone, where no types are needed. */
  readonly definitions?: readonly Definition[]
  /**
   * `run` computes with code that differs from what was applied: a bundler's output, say. Without it such a retrieval is refused, since
   * training and serving would not compute the same.
   */
  readonly changedTransforms?: 'refuse' | 'run'
  /** A configuration that was read already. */
  readonly config?: StoreConfig
  /** The folder of the repository; the working directory when left out. */
  readonly folder?: string
  /** The path of a feature_store.yaml; comes before `FEAST_FS_YAML_FILE_PATH`. */
  readonly path?: string
  /** The environment; the process's when left out. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** The clock, microseconds since 1970 (UTC). */
  readonly now?: () => bigint
  /** Hears of other processes' applies at once, over a connection of its own. True unless told; not behind a PgBouncer. */
  readonly live?: boolean
  /** Told what works but is probably not meant. */
  readonly warn?: (message: string) => void
}

const unsupported = (room: string, type: string) => storeError('STORE_TYPE_NOT_RUN', [room, type])

/** Opened once, when first needed; closed only if it was. */
const lazily = <T extends AsyncDisposable>(
  open: () => Promise<T>,
): { readonly get: () => Promise<T>; readonly close: () => Promise<void> } => {
  let opened: Promise<T> | undefined
  return {
    get: () => {
      opened ??= open()
      return opened
    },
    close: async () => {
      if (opened !== undefined) await (await opened)[Symbol.asyncDispose]()
    },
  }
}

type TargetOf = (config: StoreConfig) => PostgresTarget | undefined

/** A refused login reads the configuration again: a rotated password is in the file before it is anywhere else. */
const reloader =
  (options: OpenStoreOptions, from: StoreConfig, targetOf: TargetOf, fallback: PostgresTarget) => async (): Promise<PostgresTarget> =>
    options.config === undefined ? (targetOf(await readConfig(options, from.path)) ?? fallback) : fallback

const readConfig = async (options: OpenStoreOptions, path = options.path): Promise<StoreConfig> =>
  await loadConfig({
    ...(path === undefined || path.startsWith('$') ? {} : { path }),
    repoPath: options.folder ?? process.cwd(),
    environment: options.env ?? process.env,
  })

const pool = (options: OpenStoreOptions, config: StoreConfig, max: number, targetOf: TargetOf): Pool => {
  const target = targetOf(config)
  if (target === undefined) throw unsupported('database', 'other than PostgreSQL')
  return openPool(target, { max, reload: reloader(options, config, targetOf, target) })
}

const openRegistry = async (
  options: OpenStoreOptions,
  config: StoreConfig,
): Promise<{ readonly registry: Registry; readonly pool: Pool | undefined }> => {
  const { registry } = config
  if (registry.kind === 'file') {
    const { openFileRegistry } = await import('./registry/file.ts')
    return { registry: openFileRegistry(resolve(config.repoPath, registry.path)), pool: undefined }
  }
  if (registry.kind !== 'sql' || registry.target === null) throw unsupported('registry', registry.registryType)
  const database = pool(options, config, registry.poolSize, (read) =>
    read.registry.kind === 'sql' ? (read.registry.target ?? undefined) : undefined,
  )
  const where = describeTarget(registry.target)
  const { schemaMode, purgeFeastMetadata } = registry
  return { registry: openSqlRegistry(database, { where, schemaMode, purgeFeastMetadata }), pool: database }
}

const openOnline = async (options: OpenStoreOptions, config: StoreConfig, now: () => bigint): Promise<OnlineStore | undefined> => {
  const { onlineStore, project } = config
  if (onlineStore === null) return undefined
  // Reading on would find the values of another version in the table without a number, or none.
  if (config.registry.enableOnlineFeatureViewVersioning)
    throw unsupported('online store', `${onlineStore.kind} with registry.enable_online_feature_view_versioning`)
  const keyVersion = config.entityKeySerializationVersion
  if (keyVersion === 1) throw storeError('STORE_ENTITY_KEY_VERSION_UNSUPPORTED', ['1', 'it cuts 64-bit keys', 'allowed: 2, 3'])
  if (onlineStore.kind === 'sqlite') {
    const { openSqliteOnline } = await import('./online/sqlite-online.ts')
    return openSqliteOnline({ path: resolve(config.repoPath, onlineStore.path), project, keyVersion, now })
  }
  if (onlineStore.kind !== 'postgres') throw unsupported('online store', onlineStore.kind === 'other' ? onlineStore.type : onlineStore.kind)
  const targetOf: TargetOf = (read) => (read.onlineStore?.kind === 'postgres' ? read.onlineStore.target : undefined)
  return postgresOnline({
    pool: pool(options, config, onlineStore.poolSize, targetOf),
    reader: postgresReader(onlineStore.target, {
      connections: onlineStore.poolSize,
      reload: reloader(options, config, targetOf, onlineStore.target),
    }),
    schema: onlineStore.dbSchema || onlineStore.user,
    project,
    keyVersion,
    keyVersionStated: config.entityKeySerializationVersionStated,
    vectorEnabled: onlineStore.vectorEnabled === true,
    openaiCompatible: onlineStore.enableOpenaiCompatibleStore === true,
  })
}

const openOffline = async (options: OpenStoreOptions, config: StoreConfig): Promise<OfflineStore> => {
  const { offlineStore } = config
  if (offlineStore?.kind === 'duckdb') {
    const { openDuckdbOffline } = await import('./offline/duckdb.ts')
    return openDuckdbOffline({ folder: config.repoPath, ...config.charmedFeast.duckdb })
  }
  if (offlineStore?.kind !== 'postgres')
    throw unsupported('offline store', offlineStore?.kind === 'other' ? offlineStore.type : (offlineStore?.kind ?? 'null'))
  const { openPostgresOffline } = await import('./offline/postgres.ts')
  return openPostgresOffline(
    pool(options, config, offlineStore.poolSize, (read) => (read.offlineStore?.kind === 'postgres' ? read.offlineStore.target : undefined)),
  )
}

/** How to hear of other writers of the registry; undefined where nobody would tell us. */
const subscription = (options: OpenStoreOptions, { registry }: StoreConfig): Subscribe | undefined => {
  if (options.live === false || registry.kind !== 'sql' || registry.target === null || registry.target.pooled) return undefined
  const { target } = registry
  return (changed) => {
    // Also when listening begins anew: what was told in between was missed.
    const listener = listen(target, registryChannel, { onPayload: changed, onListening: changed })
    return () => listener.close()
  }
}

/**
 * Opens the store that a feature_store.yaml describes. Nothing is connected to before it is needed.
 *
 * @throws STORE_CONFIG_UNREADABLE, STORE_CONFIG_INVALID, STORE_TYPE_NOT_RUN
 *
 * @example
 * await using store = await openStore({ repository: { driver, stats, fare, pricing } })
 */
export const openStore = async <Repo extends Repository = Repository>(options: OpenStoreOptions<Repo> = {}): Promise<Store<Repo>> => {
  const config = options.config ?? (await readConfig(options))
  for (const warning of config.warnings) options.warn?.(warning)
  const now = options.now ?? (() => BigInt(Date.now()) * 1000n)
  const { registry, pool: registryPool } = await openRegistry(options, config)
  const subscribe = subscription(options, config)
  const snapshots = cachedSnapshots(registry, { project: config.project, ttlSeconds: config.registry.cacheTtlSeconds, now, subscribe })
  const online = await openOnline(options, config, now)
  const offline = lazily(() => openOffline(options, config))
  const exported = Object.values(options.repository ?? {}).filter(isDefinition)
  return new Store<Repo>({
    project: config.project,
    projectDescription: config.projectDescription ?? '',
    registry,
    snapshots,
    online,
    offline: offline.get,
    serving: { keyVersion: config.entityKeySerializationVersion === 2 ? 2 : 3, integers: config.charmedFeast.integers },
    definitions: [...exported, ...(options.definitions ?? [])],
    changedTransforms: options.changedTransforms ?? 'refuse',
    now,
    close: async () => {
      await snapshots[Symbol.asyncDispose]()
      await online?.[Symbol.asyncDispose]()
      await offline.close()
      await registryPool?.close()
    },
  })
}
