import { feastVersion } from '../feast/system-routes.ts'
import type { JsonObject } from '../json.ts'
import { pageLimit } from '../page.ts'
import { type AnyRoute, type Rooms, route } from '../route.ts'
import { hostConfig } from '../session.ts'
import { isoOf } from '../time.ts'
import { limits as valueLimits } from '../value/limits.ts'
import { storeStates } from './stores.ts'

/** The keys of feature_store.yaml that are told. Everything else may be a secret one day. */
const configured = ({ config }: Rooms): readonly JsonObject[] => [
  { key: 'project', value: config.project },
  { key: 'registry.registry_type', value: config.registry.registryType },
  { key: 'registry.cache_ttl_seconds', value: String(config.registry.cacheTtlSeconds) },
  { key: 'online_store.type', value: config.onlineStore?.kind ?? 'null' },
  { key: 'offline_store.type', value: config.offlineStore?.kind ?? 'null' },
  { key: 'batch_engine.type', value: config.batchEngine.type },
  { key: 'entity_key_serialization_version', value: String(config.entityKeySerializationVersion) },
]

const limits: readonly JsonObject[] = [
  { name: 'list page', value: pageLimit, unit: 'items' },
  { name: 'body', value: 1_048_576, unit: 'bytes' },
  { name: 'preview', value: valueLimits.previewRows, unit: 'rows' },
  { name: 'online question', value: valueLimits.onlineRows, unit: 'rows' },
  { name: 'historical preview', value: valueLimits.historicalRows, unit: 'rows' },
  { name: 'historical export', value: valueLimits.exportRows, unit: 'rows' },
  { name: 'statistics sample', value: valueLimits.sampleRows, unit: 'rows' },
  { name: 'question', value: valueLimits.seconds, unit: 'seconds' },
]

/** What the server is and how it is. */
export const statusRoutes: readonly AnyRoute[] = [
  route({
    method: 'GET',
    path: '/status',
    right: 'describe',
    cost: 'store',
    summary: 'Versions, stores, limits and switches',
    query: {},
    handle: async ({ rooms, caller, index, token }) => ({
      ...(await hostConfig(rooms, caller, token)),
      feastVersion,
      nodeVersion: process.version,
      startedAt: isoOf(rooms.startedAt),
      registry: {
        type: rooms.config.registry.registryType,
        version: index.version,
        loadedAt: isoOf(index.loadedAt),
        ttlSeconds: rooms.config.registry.cacheTtlSeconds,
        refresh: rooms.feed.refreshed,
      },
      stores: await storeStates(rooms),
      config: configured(rooms),
      limits,
    }),
  }),
]
