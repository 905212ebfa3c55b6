import type { TextMap } from '@charmed-feast/charm'

import type { Database, Tls } from './database.ts'
import { urlHost } from './endpoint.ts'
import type { FeatureStore } from './feature-store.ts'

// The interface `feast-configuration`, both sides of it. Its provider's application databag has exactly fifteen keys (charm-compat §3.3): one more or
// one less breaks the Python UI. What they cannot say goes as a Juju secret, whose URI stands in the leader's unit databag, to a UI that asked for it.

/** The key in the UI's application databag that asks for the secret. */
export const askKey = 'configuration-secret'
/** The key in the integrator leader's unit databag that holds the secret's URI. */
export const answerKey = 'configuration-secret'

const prefixes = ['registry', 'offline_store', 'online_store'] as const
const fields = ['user', 'password', 'host', 'port', 'database'] as const

/** The fifteen keys. */
export const configurationKeys: readonly string[] = prefixes.flatMap((prefix) => fields.map((field) => `${prefix}_${field}`))

const bagOf = (prefix: string, { user, password, host, port, database }: Database): Readonly<Record<string, string>> => ({
  [`${prefix}_user`]: user,
  [`${prefix}_password`]: password,
  [`${prefix}_host`]: host,
  [`${prefix}_port`]: String(port),
  [`${prefix}_database`]: database,
})

/**
 * The fifteen keys with their values. The registry's host stands in a URL on the other side, so IPv6 has its brackets there; the others are plain.
 *
 * @example
 * configurationBag(store)['registry_port']   // '5432'
 */
export const configurationBag = (store: FeatureStore): TextMap => ({
  ...bagOf('registry', { ...store.registry, host: urlHost(store.registry.host) }),
  ...bagOf('offline_store', store.offlineStore),
  ...bagOf('online_store', store.onlineStore),
})

/** What the databag says, or what is wrong with it. */
export type ParsedConfiguration =
  | { readonly kind: 'configuration'; readonly store: FeatureStore }
  | { readonly kind: 'empty' }
  | { readonly kind: 'missing'; readonly keys: readonly string[] }
  | { readonly kind: 'port'; readonly key: string; readonly value: string }

/** What the fifteen keys cannot say: what Feast and the Python charms take then. */
const unsaid = { project: 'feast_project', registryCacheTtlSeconds: 60, entityKeyVersion: 2 } as const

const plainHost = (host: string): string => (/^\[.*\]$/.test(host) ? host.slice(1, -1) : host)

/**
 * Reads the fifteen keys; others are passed over.
 *
 * @example
 * parseConfigurationBag({})   // { kind: 'empty' }
 */
export const parseConfigurationBag = (bag: TextMap): ParsedConfiguration => {
  const said = configurationKeys.filter((key) => (bag[key] ?? '') !== '')
  if (said.length === 0) return { kind: 'empty' }
  const keys = configurationKeys.filter((key) => !said.includes(key))
  if (keys.length > 0) return { kind: 'missing', keys }
  const wrong = prefixes.map((prefix) => `${prefix}_port`).find((key) => !isPort(bag[key] ?? ''))
  if (wrong !== undefined) return { kind: 'port', key: wrong, value: bag[wrong] ?? '' }
  const database = (prefix: (typeof prefixes)[number]): Database => ({
    user: bag[`${prefix}_user`] ?? '',
    password: bag[`${prefix}_password`] ?? '',
    host: plainHost(bag[`${prefix}_host`] ?? ''),
    port: Number(bag[`${prefix}_port`]),
    database: bag[`${prefix}_database`] ?? '',
    tls: { mode: 'prefer' },
  })
  const stores = { registry: database('registry'), offlineStore: database('offline_store'), onlineStore: database('online_store') }
  return { kind: 'configuration', store: { ...unsaid, ...stores } }
}

const isPort = (text: string): boolean => /^\s*\d{1,5}\s*$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535

/**
 * The content of the secret: one key that Juju allows, and the whole store in it as JSON.
 *
 * @example
 * parseConfigurationSecret(configurationSecret(store))   // store
 */
export const configurationSecret = (store: FeatureStore): TextMap => ({ configuration: JSON.stringify(store) })

type Json = Readonly<Record<string, unknown>>

const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

const parseTls = (value: unknown): Tls | null => {
  if (!isJson(value)) return null
  const { mode, ca } = value
  if (mode === 'prefer' || mode === 'require') return { mode }
  return mode === 'verify-full' && typeof ca === 'string' ? { mode, ca } : null
}

const parseDatabase = (value: unknown): Database | null => {
  if (!isJson(value)) return null
  const { host, port, database, user, password } = value
  const tls = parseTls(value.tls)
  if (typeof host !== 'string' || typeof database !== 'string' || typeof user !== 'string' || typeof password !== 'string') return null
  return tls === null || typeof port !== 'number' || !isPort(String(port)) ? null : { host, port, database, user, password, tls }
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/**
 * Reads the content of the secret; null when it is not what {@link configurationSecret} writes.
 *
 * @example
 * parseConfigurationSecret({})   // null
 */
export const parseConfigurationSecret = (content: TextMap): FeatureStore | null => {
  const value = parseJson(content.configuration ?? '')
  if (!isJson(value)) return null
  const { project, registryCacheTtlSeconds, entityKeyVersion } = value
  const registry = parseDatabase(value.registry)
  const offlineStore = parseDatabase(value.offlineStore)
  const onlineStore = parseDatabase(value.onlineStore)
  if (typeof project !== 'string' || typeof registryCacheTtlSeconds !== 'number') return null
  if ((entityKeyVersion !== 2 && entityKeyVersion !== 3) || registry === null || offlineStore === null || onlineStore === null) return null
  return { project, registryCacheTtlSeconds, entityKeyVersion, registry, offlineStore, onlineStore }
}

/**
 * Which settings a UI that reads only the fifteen keys would not learn of.
 *
 * @example
 * unsaidSettings({ ...store, project: 'churn' })   // ['project']
 */
export const unsaidSettings = (store: FeatureStore): readonly string[] => [
  ...(store.project === unsaid.project ? [] : ['project']),
  ...(store.registryCacheTtlSeconds === unsaid.registryCacheTtlSeconds ? [] : ['registry-cache-ttl-seconds']),
  ...(store.entityKeyVersion === unsaid.entityKeyVersion ? [] : ['entity-key-serialization-version']),
]
