import { stringify } from 'yaml'

import type { Database } from './database.ts'
import { urlHost } from './endpoint.ts'
import { certificateName, type FeatureStore } from './feature-store.ts'

/** Where and for whom a file is written. */
export interface YamlOptions {
  /** The folder in which the reader finds the certificates. */
  readonly folder: string
  /** Text that stands for the project and is filled in by the reader of the file, a template engine; everything else is kept from it. */
  readonly projectTemplate?: string
}

// encodeURIComponent leaves !'()* as they are; so does Python's unquote read them, but YAML and shells are easier without.
const encode = (text: string): string =>
  encodeURIComponent(text.toWellFormed()).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)

const tlsQuery = (name: string, { tls }: Database, folder: string): string => {
  const certificate = tls.mode === 'verify-full' ? `&sslrootcert=${encodeURI(`${folder}/${certificateName(name)}`)}` : ''
  return `?sslmode=${tls.mode}${certificate}`
}

const registryPath = (database: Database, folder: string): string => {
  const { user, password, host, port } = database
  const where = `${encode(user)}:${encode(password)}@${urlHost(host)}:${port}/${encode(database.database)}`
  return `postgresql://${where}${tlsQuery('registry', database, folder)}`
}

const postgres = (name: string, { host, port, database, schema = 'public', user, password, tls }: Database, folder: string): object => ({
  type: 'postgres',
  host,
  port,
  database,
  db_schema: schema,
  user,
  password,
  sslmode: tls.mode,
  ...(tls.mode === 'verify-full' ? { sslrootcert_path: `${folder}/${certificateName(name)}` } : {}),
})

// What YAML 1.1 calls not printable (its §5.1), but for what the serializer writes in escapes itself.
const unprintable = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g

const escapeUnprintable = (text: string): string =>
  text.replace(unprintable, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)

/**
 * Writes a `feature_store.yaml` that Feast 0.49 and newer read: every text in double quotes, so that `yes`, `0123`, `=` and whatever a password may
 * hold stay texts; user and password encoded in the registry's URL; `sslmode` always said, because Feast insists on TLS from 0.62 where it is not.
 *
 * @example
 * renderFeatureStoreYaml(store, { folder: '/feast' })   // 'project: "feast_project"\nregistry:\n  registry_type: "sql"\n…'
 */
export const renderFeatureStoreYaml = (store: FeatureStore, { folder, projectTemplate }: YamlOptions): string => {
  const document = {
    project: projectTemplate === undefined ? store.project : '',
    registry: {
      registry_type: 'sql',
      path: registryPath(store.registry, folder),
      cache_ttl_seconds: store.registryCacheTtlSeconds,
      sqlalchemy_config_kwargs: { echo: false, pool_pre_ping: true },
    },
    provider: 'local',
    offline_store: postgres('offline-store', store.offlineStore, folder),
    online_store: postgres('online-store', store.onlineStore, folder),
    entity_key_serialization_version: store.entityKeyVersion,
  }
  const options = { lineWidth: 0, defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN', aliasDuplicateObjects: false } as const
  const text = escapeUnprintable(stringify(document, options))
  if (projectTemplate === undefined) return text
  // Braces stand only inside quotes here: written as escapes they mean nothing to the engine.
  return text.replaceAll('{', '\\x7b').replaceAll('}', '\\x7d').replace('project: ""', `project: "${projectTemplate}"`)
}
