import { allowed, storeError } from '../errors.ts'
import type { Catalog } from '../message/catalog.ts'
import { hasOnlineTable } from './plan.ts'
import type { RemoveRooms } from './remove.ts'

/**
 * Switches a view on or off in the registry; on: its online table is there first. Says whether that changed anything.
 *
 * @throws STORE_VIEW_NOT_FOUND for a name that no view has, or a label view, which cannot be switched
 */
export const switchView = async (rooms: RemoveRooms, catalog: Catalog, name: string, enabled: boolean): Promise<boolean> => {
  const { project, registry, online, now } = rooms
  const view = catalog.view(name)
  if (view === undefined || view.kind === 'label-view')
    throw storeError('STORE_VIEW_NOT_FOUND', [
      name,
      project,
      allowed(catalog.viewNames().filter((each) => catalog.view(each)?.kind !== 'label-view')),
    ])
  if (view.disabled !== enabled) return false
  const switched = { ...view, disabled: !enabled }
  if (enabled && hasOnlineTable(switched)) await online?.createTables([switched])
  return await registry.edit(
    { kind: view.kind, project, name },
    ({ spec }) => {
      if (spec !== undefined) spec.disabled = !enabled
    },
    { now: now() },
  )
}
