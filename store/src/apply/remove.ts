import { storeError } from '../errors.ts'
import type { OnlineStore } from '../online/online.ts'
import { kinds } from '../registry/kind.ts'
import type { Registry } from '../registry/registry.ts'
import type { RemovedObject } from '../registry/request.ts'
import { dropNoted, tablesOf } from './going-tables.ts'

/** What a removal works with. */
export interface RemoveRooms {
  readonly project: string
  readonly registry: Registry
  readonly online: OnlineStore | undefined
  readonly now: () => bigint
}

/**
 * Removes objects from the registry, then the online tables of the views among them, which were noted before: after a crash in between the
 * next apply drops them.
 *
 * @throws STORE_REGISTRY_OBJECT_NOT_FOUND before anything is removed
 */
export const removeObjects = async (rooms: RemoveRooms, objects: readonly RemovedObject[]): Promise<void> => {
  const { project, registry, online, now } = rooms
  const snapshot = await registry.snapshot(project)
  for (const { kind, name } of objects)
    if (snapshot.get(kind, project, name) === undefined)
      throw storeError('STORE_REGISTRY_OBJECT_NOT_FOUND', [kinds[kind].words, name, project])
  const views = objects.filter(({ kind }) => kinds[kind].historyType !== undefined).map(({ name }) => name)
  await registry.apply(
    { project, objects: [], remove: objects },
    { now: now(), check: async (stored) => online?.noteDrops(tablesOf(stored, project, views)) },
  )
  await dropNoted(rooms)
}
