import { type Hook, isCharmError, KubernetesError } from '@charmed-feast/charm'

import { adviceOn, codeOf, unknownCode } from '../action/connection.ts'
import type { Database } from '../database.ts'
import type { DatabaseRelation } from '../database-relation.ts'
import type { FeatureStore } from '../feature-store.ts'
import { type Metadata, type StoreName, storeNames } from '../metadata.ts'
import { parseSettings } from '../settings.ts'
import { provideRoles, RightMissing } from './role.ts'
import { type NamespacePasswords, parsePasswords, passwordsFor, passwordsLabel, type RoleOwner, roleName } from './user.ts'

/** Whose users are in the databases. */
export type NamespaceAccess =
  /** Those of the relations alone: what everybody is given. */
  | { readonly kind: 'common' }
  /** One for each namespace. */
  | { readonly kind: 'own'; readonly passwords: NamespacePasswords }
  /** It cannot be brought about: what was published before stays. */
  | { readonly kind: 'failed'; readonly blocked: boolean; readonly why: string }

/** What {@link observeAccess} looks at beside the hook. */
export interface AccessSurroundings {
  readonly leader: boolean
  readonly databases: Readonly<Record<StoreName, readonly DatabaseRelation[]>>
  /** Whether passwords shall be new ones. */
  readonly renew: boolean
}

const everybodys: NamespaceAccess = { kind: 'common' }

const failed = (blocked: boolean, why: string): NamespaceAccess => ({ kind: 'failed', blocked, why })

const describeKubernetes = (error: unknown): NamespaceAccess => {
  if (!isCharmError(error)) throw error
  if (error instanceof KubernetesError && error.status === 403)
    return failed(true, 'the application may not list namespaces: juju trust feast-integrator --scope=cluster, or apply its rbac.yaml')
  return failed(false, `namespaces cannot be listed (${error.code}); tried again in the next hook`)
}

const describeDatabase = (name: StoreName, database: Database, error: unknown): NamespaceAccess => {
  if (error instanceof RightMissing)
    return failed(
      true,
      `${name}: user "${database.user}" may not make roles, though it asked for createrole: give it that, or relate to the provider anew`,
    )
  const code = codeOf(error)
  if (code === unknownCode) throw error
  if (code === '42501')
    return failed(true, `${name}: user "${database.user}" may not change the roles that are there: give it their admin option`)
  return failed(false, `${name} cannot be given its users (${code}): ${adviceOn(code)}`)
}

const listNamespaces = async (hook: Hook<Metadata>, label: string): Promise<readonly string[]> => {
  const kubernetes = await hook.kubernetes()
  const found = await kubernetes.list('/api/v1/namespaces', { labelSelector: `${label}=true`, metadataOnly: true })
  return found.filter(({ metadata }) => metadata.deletionTimestamp === undefined).map(({ metadata }) => metadata.name)
}

const readyOf = ([found, ...more]: readonly DatabaseRelation[]): Database | null =>
  more.length === 0 && found?.state.kind === 'ready' ? found.state.database : null

/*
 * Roles are in databases, and the framework has no writer for these: so observing makes them, before anybody hears of a password. That can be
 * done any number of times, and a failure leaves what was published as it was.
 */
const provide = async (hook: Hook<Metadata>, given: AccessSurroundings, passwords: NamespacePasswords): Promise<NamespaceAccess> => {
  const graceHours = (await hook.config())['namespace-grace-hours']
  const { modelUuid, app } = hook.context
  for (const name of storeNames) {
    const database = readyOf(given.databases[name])
    // Said elsewhere: a database that is not there yet.
    if (database === null) return everybodys
    try {
      await provideRoles(database, { owner: { modelUuid, app, store: name }, passwords, graceHours, shared: name === 'registry' })
    } catch (error) {
      return describeDatabase(name, database, error)
    }
  }
  return { kind: 'own', passwords }
}

/**
 * Sees to it that every user namespace has users of its own in the databases, where that is wished for.
 *
 * @example
 * const access = await observeAccess(hook, { leader, databases, renew: false })
 */
export const observeAccess = async (hook: Hook<Metadata>, given: AccessSurroundings): Promise<NamespaceAccess> => {
  const config = await hook.config()
  if (!config['namespace-credentials'] || !given.leader || parseSettings(config).kind === 'invalid') return everybodys
  if (storeNames.some((name) => readyOf(given.databases[name]) === null)) return everybodys
  let namespaces: readonly string[]
  try {
    namespaces = await listNamespaces(hook, config['namespace-label'])
  } catch (error) {
    return describeKubernetes(error)
  }
  const known = given.renew ? {} : parsePasswords(await hook.findSecret({ label: passwordsLabel, revision: 'refresh' }))
  const passwords = passwordsFor(namespaces, known)
  for (const password of Object.values(passwords)) hook.protect(password)
  return provide(hook, given, passwords)
}

/**
 * The store as a namespace sees it: with its own users, and in schemas of its own but for the registry.
 *
 * @example
 * storeOfNamespace(store, { namespace: 'alice', password, modelUuid, app: 'feast-integrator' })
 */
export const storeOfNamespace = (
  common: FeatureStore,
  given: Omit<RoleOwner, 'store'> & { readonly namespace: string; readonly password: string },
): FeatureStore => {
  const { namespace, password, modelUuid, app } = given
  const user = (store: StoreName): { readonly user: string; readonly password: string } => ({
    user: roleName({ modelUuid, app, store }, namespace),
    password,
  })
  const [offline, online] = [user('offline-store'), user('online-store')]
  return {
    ...common,
    registry: { ...common.registry, ...user('registry') },
    offlineStore: { ...common.offlineStore, ...offline, schema: offline.user },
    onlineStore: { ...common.onlineStore, ...online, schema: online.user },
  }
}
