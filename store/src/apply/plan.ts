import type { Catalog } from '../message/catalog.ts'
import type { ProjectedView } from '../message/projection.ts'
import type { Difference } from '../registry/change-set.ts'
import { diffRegistry, objectsOf } from '../registry/diff.ts'
import { absentObjects, type RegistryRequest, type RemovedObject } from '../registry/request.ts'
import type { RegistrySnapshot } from '../registry/snapshot.ts'
import type { Desired } from './desired.ts'

/** What an apply would do, before anything changes. */
export interface ApplyPlan {
  /** What becomes of objects, in the order in which it would be done. */
  readonly differences: readonly Difference[]
  /** Views whose online table would be made. */
  readonly createTables: readonly string[]
  /** Views whose online table would be removed, with its values. */
  readonly dropTables: readonly string[]
}

/** What a full apply removes: everything that a repository may define and this one does not. */
export const removedBy = (desired: Desired, snapshot: RegistrySnapshot, project: string): readonly RemovedObject[] =>
  absentObjects(objectsOf(snapshot, project), desired.messages)

/** Whether a view has a table in the online store. */
export const hasOnlineTable = (view: ProjectedView): boolean =>
  view.kind === 'on-demand-feature-view' ? view.writeToOnlineStore && !view.disabled : view.online && !('disabled' in view && view.disabled)

/** Whether a view that has a table keeps it: a disabled one does, so that it serves again as soon as it is enabled. */
export const keepsOnlineTable = (view: ProjectedView): boolean =>
  view.kind === 'on-demand-feature-view' ? view.writeToOnlineStore : view.online

/** The request that makes a project what is desired. */
export const requestOf = (desired: Desired, remove: readonly RemovedObject[], project: string): RegistryRequest => ({
  project,
  objects: desired.messages,
  remove,
})

/**
 * Compares what is desired with a snapshot. The apply itself compares again, under the registry's lock: a plan promises nothing.
 */
export const planApply = (
  desired: Desired,
  remove: readonly RemovedObject[],
  from: { readonly snapshot: RegistrySnapshot; readonly catalog: Catalog },
): ApplyPlan => {
  const { snapshot, catalog } = from
  const differences = diffRegistry(snapshot, requestOf(desired, remove, catalog.project))
  const before = new Map(
    catalog
      .viewNames()
      .flatMap((name) => catalog.view(name) ?? [])
      .filter(hasOnlineTable)
      .map((view) => [view.name, view]),
  )
  const removed = new Set(remove.map(({ name }) => name))
  const after = [...desired.views.values()]
  return {
    differences,
    createTables: after.filter((view) => hasOnlineTable(view) && !before.has(view.name)).map((view) => view.name),
    dropTables: [
      ...after.filter((view) => !keepsOnlineTable(view) && before.has(view.name)).map((view) => view.name),
      ...[...before.keys()].filter((name) => removed.has(name) && !desired.views.has(name)),
    ],
  }
}
