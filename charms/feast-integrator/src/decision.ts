import type { Database } from './database.ts'
import { publishedVersion } from './entity-key-version.ts'
import type { EntityKeyVersion, FeatureStore } from './feature-store.ts'
import { type StoreName, storeNames } from './metadata.ts'
import type { Observation } from './observation.ts'
import { type ParsedSettings, parseSettings, type Settings } from './settings.ts'
import { travelsAsSecret } from './travel.ts'

/** What is done with what was published. */
export type Decision =
  /** All is known: it says this. */
  | { readonly kind: 'publish'; readonly store: FeatureStore; readonly settings: Settings }
  /** A database is gone: it is taken back. */
  | { readonly kind: 'withdraw' }
  /** Something is not known, or wrong: the last good one stays. */
  | { readonly kind: 'keep' }

/** What the status speaks of beside databases. */
export interface Decided {
  readonly decision: Decision
  readonly parsed: ParsedSettings
  /** The version that online rows have, when it is another one than configured. */
  readonly pinnedVersion: EntityKeyVersion | null
}

/** The database that an endpoint gives; null while there is none, or more than one. */
export const databaseOf = ({ databases }: Observation, name: StoreName): Database | null => {
  const [found, ...more] = databases[name]
  return more.length === 0 && found?.state.kind === 'ready' ? found.state.database : null
}

/** The version that was published, by whichever relation says so; or that an action has just brought. */
export const versionInUse = ({ secrets, rewrittenTo }: Observation): EntityKeyVersion | null =>
  rewrittenTo ?? secrets.map(({ localApp }) => publishedVersion(localApp ?? {})).find((version) => version !== null) ?? null

/**
 * Decides what is published.
 *
 * @example
 * decide(observation).decision.kind   // 'publish', 'withdraw' or 'keep'
 */
export const decide = (observation: Observation): Decided => {
  const parsed = parseSettings(observation.config)
  const inUse = versionInUse(observation)
  const settings = parsed.kind === 'settings' ? parsed.settings : null
  const pinnedVersion = settings !== null && inUse !== null && inUse !== settings.entityKeyVersion ? inUse : null
  return { decision: decideOn(observation, settings, inUse), parsed, pinnedVersion }
}

/** What each namespace is given goes to it alone: it is never put where all can read it. */
const canReachNamespaces = ({ access, secrets }: Observation, settings: Settings): boolean =>
  !settings.namespaceCredentials || (access.kind === 'own' && secrets.every((relation) => travelsAsSecret(relation, settings)))

const decideOn = (observation: Observation, settings: Settings | null, inUse: EntityKeyVersion | null): Decision => {
  if (storeNames.some((name) => observation.databases[name].length === 0)) return { kind: observation.leaving ? 'keep' : 'withdraw' }
  const offlineStore = databaseOf(observation, 'offline-store')
  const onlineStore = databaseOf(observation, 'online-store')
  const registry = databaseOf(observation, 'registry')
  if (settings === null || offlineStore === null || onlineStore === null || registry === null) return { kind: 'keep' }
  if (!canReachNamespaces(observation, settings)) return { kind: 'keep' }
  const { project, registryCacheTtlSeconds } = settings
  const entityKeyVersion = inUse ?? settings.entityKeyVersion
  return { kind: 'publish', settings, store: { project, registryCacheTtlSeconds, entityKeyVersion, registry, offlineStore, onlineStore } }
}
