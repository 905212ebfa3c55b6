import type { Database } from './database.ts'

/** How entity keys are written in the online store. */
export type EntityKeyVersion = 2 | 3

/** All that a `feature_store.yaml` says. */
export interface FeatureStore {
  readonly project: string
  readonly registryCacheTtlSeconds: number
  readonly entityKeyVersion: EntityKeyVersion
  readonly registry: Database
  readonly offlineStore: Database
  readonly onlineStore: Database
}

/** The three databases by the names that files of certificates and databag keys carry. */
const databasesOf = ({ registry, offlineStore, onlineStore }: FeatureStore): readonly (readonly [string, Database])[] => [
  ['offline-store', offlineStore],
  ['online-store', onlineStore],
  ['registry', registry],
]

/**
 * The certificate authorities of the databases that speak TLS, by file name.
 *
 * @example
 * certificatesOf(store)   // { 'registry-ca.crt': '-----BEGIN CERTIFICATE-----…' }
 */
export const certificatesOf = (store: FeatureStore): Readonly<Record<string, string>> =>
  Object.fromEntries(
    databasesOf(store).flatMap(([name, { tls }]) => (tls.mode === 'verify-full' ? [[certificateName(name), tls.ca] as const] : [])),
  )

/**
 * What the file with a database's certificate authority is called, beside `feature_store.yaml`.
 *
 * @example
 * certificateName('registry')   // 'registry-ca.crt'
 */
export const certificateName = (name: string): string => `${name}-ca.crt`
