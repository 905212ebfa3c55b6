import { catalogOf } from '../message/catalog.ts'
import type { ProjectedView } from '../message/projection.ts'
import type { OnlineStore } from '../online/online.ts'
import type { StoredObject } from '../registry/object.ts'
import type { Registry } from '../registry/registry.ts'
import type { RemovedObject } from '../registry/request.ts'
import { snapshotOf } from '../registry/snapshot.ts'
import { keepsOnlineTable } from './plan.ts'

/** The views of a project that have a table as the registry stands: all, or those of these names. */
export const tablesOf = (stored: readonly StoredObject[], project: string, names?: readonly string[]): readonly string[] => {
  const catalog = catalogOf(snapshotOf(stored, []), project)
  return [...new Set(names ?? catalog.viewNames())].filter((name) => {
    const view = catalog.view(name)
    return view !== undefined && keepsOnlineTable(view)
  })
}

/** The views whose tables an apply makes superfluous: they are gone after it, or no longer online. */
export const goingTables = (
  stored: readonly StoredObject[],
  to: { readonly views: ReadonlyMap<string, ProjectedView>; readonly remove: readonly RemovedObject[]; readonly project: string },
): readonly string[] => {
  const removed = to.remove.map(({ name }) => name).filter((name) => !to.views.has(name))
  const dark = [...to.views.values()].filter((view) => !keepsOnlineTable(view)).map(({ name }) => name)
  return tablesOf(stored, to.project, [...removed, ...dark])
}

/**
 * Drops the tables that were noted, by this apply or by one that died. Under the registry's lock: a view that somebody registered again in
 * the meantime keeps its table, and nobody registers one while its table goes.
 */
export const dropNoted = async (rooms: {
  readonly project: string
  readonly registry: Registry
  readonly online: OnlineStore | undefined
}): Promise<number> => {
  const { project, registry, online } = rooms
  if (online === undefined || (await online.notedDrops()).length === 0) return 0
  return await registry.hold(project, async (stored) => {
    const noted = await online.notedDrops()
    const needed = new Set(tablesOf(stored, project, noted))
    await online.keepTables([...needed])
    const gone = noted.filter((name) => !needed.has(name))
    await online.dropTables(gone)
    return gone.length
  })
}
