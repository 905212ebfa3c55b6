import { toBinary } from '@bufbuild/protobuf'
import { catalogOf } from '../message/catalog.ts'
import type { ProjectedView } from '../message/projection.ts'
import type { Difference } from '../registry/change-set.ts'
import { type Kind, kindOf, kinds } from '../registry/kind.ts'
import { nameOf, type StoredObject } from '../registry/object.ts'
import type { ApplyOptions } from '../registry/registry.ts'
import type { RegistryRequest } from '../registry/request.ts'
import { snapshotOf } from '../registry/snapshot.ts'
import { dropNoted, goingTables } from './going-tables.ts'
import { hasOnlineTable } from './plan.ts'
import type { RemoveRooms } from './remove.ts'

/** The views of a request, by name, as the registry will hold them. */
const requestedViews = (stored: readonly StoredObject[], request: RegistryRequest): ReadonlyMap<string, ProjectedView> => {
  const { project, objects, remove = [] } = request
  const written = objects.map((message): StoredObject => {
    const { name: kind, schema }: Kind = kindOf(message)
    return { kind, project, name: nameOf(message), bytes: toBinary(schema, message), lastUpdated: 0n }
  })
  const id = ({ kind, name }: { readonly kind: string; readonly name: string }): string => `${kind}\0${name}`
  const replaced = new Set([...written, ...remove].map(id))
  const after = [...stored.filter((object) => !replaced.has(id(object))), ...written]
  const catalog = catalogOf(snapshotOf(after, []), project)
  const views = written.filter(({ kind }) => kinds[kind].historyType !== undefined).flatMap(({ name }) => catalog.view(name) ?? [])
  return new Map(views.map((view) => [view.name, view]))
}

/**
 * Makes a project what a request of messages says, for those who have no definitions: servers, whose clients send objects. With the order
 * and the locks of an apply: missing online tables first, with a note of those that are to go; then the registry; then the noted tables go.
 *
 * @throws STORE_REGISTRY_…, and what `check` throws, before anything is changed
 */
export const applyMessages = async (
  rooms: RemoveRooms,
  request: RegistryRequest,
  options: ApplyOptions,
): Promise<readonly Difference[]> => {
  const { project, registry, online } = rooms
  const differences = await registry.apply(request, {
    now: options.now,
    check: async (stored) => {
      await options.check?.(stored)
      const views = requestedViews(stored, request)
      await online?.createTables([...views.values()].filter(hasOnlineTable))
      await online?.noteDrops(goingTables(stored, { views, remove: request.remove ?? [], project }))
    },
  })
  await dropNoted(rooms)
  return differences
}
