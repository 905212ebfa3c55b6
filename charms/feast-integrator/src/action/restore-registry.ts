import type { Action } from '@charmed-feast/charm'

import type { Metadata } from '../metadata.ts'
import { observe } from '../observation.ts'
import { takeBackup } from './backup-registry.ts'
import { listBackups, readBackup } from './backup-shelf.ts'
import { inTransaction, withConnection } from './connection.ts'
import { explaining } from './failure.ts'
import { restoreTables, type TableDump } from './registry-dump.ts'
import { type BackupStores, backupStoresOf, storesMissing } from './stores.ts'

const listAll = async (action: Action<Metadata>, { shelf }: BackupStores): Promise<void> => {
  const backups = await explaining('offline-store', () => withConnection(shelf, ({ client }) => listBackups(client)))
  const lines = backups.map(({ name, takenAt, rows, bytes }) => `${name}: ${takenAt}, ${rows} rows, ${bytes} bytes`)
  await action.set({ backups: lines.length === 0 ? 'none: run the action backup-registry first' : lines.join('\n') })
}

const describe = (tables: readonly TableDump[]): string => tables.map(({ name, rows }) => `${name}: ${rows.length} rows`).join('\n')

/** Keeps what is there now before it goes; it pushes no older backup off the shelf. */
const keepAll = 1_000_000

const restore = async ({ registry }: BackupStores, tables: readonly TableDump[]): Promise<void> => {
  await explaining('registry', () =>
    withConnection(registry, ({ client }) => inTransaction(client, 'read write', () => restoreTables(client, tables))),
  )
}

/**
 * Puts the registry back as a backup has it. Without a name it lists the backups; by default it changes nothing; before it changes something it
 * takes a backup.
 *
 * @example
 * // juju run feast-integrator/leader restore-registry backup=20261129T141802123Z dry-run=false
 */
export const restoreRegistry = async (action: Action<Metadata>): Promise<void> => {
  const stores = backupStoresOf(await observe(action.hook))
  if (stores === null) return action.fail(storesMissing)
  const { backup, 'dry-run': dryRun } = action.params
  if (typeof backup !== 'string' || backup === '') return listAll(action, stores)
  const tables = await explaining('offline-store', () => withConnection(stores.shelf, ({ client }) => readBackup(client, backup)))
  if (tables === null) return action.fail(`there is no backup "${backup}": run this action without one to list them`)
  const said = { backup, tables: describe(tables) }
  if (dryRun !== false) return action.set({ ...said, outcome: 'nothing was changed: run it again with dry-run=false' })
  const before = await takeBackup(stores, keepAll)
  await restore(stores, tables)
  await action.set({ ...said, outcome: 'restored', before: before.name })
}
