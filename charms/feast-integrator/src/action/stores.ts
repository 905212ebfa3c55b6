import type { Database } from '../database.ts'
import { databaseOf } from '../decision.ts'
import type { Observation } from '../observation.ts'

/** The two databases that a backup needs. */
export interface BackupStores {
  readonly registry: Database
  readonly shelf: Database
}

/**
 * The registry, and the offline store where its backups are kept; null as long as one of them is not there.
 *
 * @example
 * const stores = backupStoresOf(await observe(action.hook))
 */
export const backupStoresOf = (observation: Observation): BackupStores | null => {
  const registry = databaseOf(observation, 'registry')
  const shelf = databaseOf(observation, 'offline-store')
  return registry === null || shelf === null ? null : { registry, shelf }
}

/** What an action says that needs both. */
export const storesMissing = 'registry and offline-store are not both there: see the status of this unit for what is missing'
