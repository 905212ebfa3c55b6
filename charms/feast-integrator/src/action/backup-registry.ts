import type { Action } from '@charmed-feast/charm'

import type { Metadata } from '../metadata.ts'
import { observe } from '../observation.ts'
import { addBackup, type Backup } from './backup-shelf.ts'
import { inTransaction, withConnection } from './connection.ts'
import { explaining } from './failure.ts'
import { dumpTables } from './registry-dump.ts'
import { type BackupStores, backupStoresOf, storesMissing } from './stores.ts'

/**
 * Takes a picture of the registry and keeps it in the offline store.
 *
 * @example
 * await takeBackup(stores, 10)   // { name: '20261129T141802123Z', rows: 14, … }
 */
export const takeBackup = async ({ registry, shelf }: BackupStores, keep: number): Promise<Backup> => {
  const tables = await explaining('registry', () =>
    withConnection(registry, ({ client }) => inTransaction(client, 'isolation level repeatable read, read only', () => dumpTables(client))),
  )
  return explaining('offline-store', () =>
    withConnection(shelf, ({ client }) => inTransaction(client, 'read write', () => addBackup(client, { tables, keep }))),
  )
}

/**
 * Keeps the registry as it is now in the offline store, and says under which name.
 *
 * @example
 * // juju run feast-integrator/leader backup-registry
 */
export const backupRegistry = async (action: Action<Metadata>): Promise<void> => {
  const stores = backupStoresOf(await observe(action.hook))
  if (stores === null) return action.fail(storesMissing)
  const { name, takenAt, rows, bytes } = await takeBackup(stores, Number(action.params.keep ?? 10))
  await action.set({ backup: name, 'taken-at': takenAt, rows: String(rows), bytes: String(bytes) })
}
