import type { Definition } from '../definition/definition.ts'
import { catalogOf } from '../message/catalog.ts'
import type { OfflineStore } from '../offline/offline.ts'
import type { OnlineStore } from '../online/online.ts'
import type { Registry } from '../registry/registry.ts'
import { desiredOf } from './desired.ts'
import { dropNoted, goingTables } from './going-tables.ts'
import { inferSchemas } from './infer.ts'
import { type ApplyPlan, hasOnlineTable, planApply, removedBy, requestOf } from './plan.ts'
import { checkSources } from './source-check.ts'

/** What an apply works with. */
export interface ApplyRooms {
  readonly project: string
  readonly projectDescription: string
  readonly registry: Registry
  readonly online: OnlineStore | undefined
  /** Opened when a source is looked at. */
  readonly offline: () => Promise<OfflineStore>
  readonly now: () => bigint
}

/** How much of the project an apply speaks for. */
export interface ApplyScope {
  /** Leaves what is not passed in as it is. Without it the project becomes what is passed in and nothing else. */
  readonly partial: boolean
  /** Does not look whether sources exist and fit. */
  readonly skipSourceValidation?: boolean
  /** `false` keeps a changed view as a new version without making it the one that serves. */
  readonly promote?: boolean
}

const prepare = async (rooms: ApplyRooms, definitions: readonly Definition[], { partial, skipSourceValidation = false }: ApplyScope) => {
  const snapshot = await rooms.registry.snapshot(rooms.project)
  const catalog = catalogOf(snapshot, rooms.project)
  const complete = await inferSchemas(definitions, rooms.offline, { skip: skipSourceValidation })
  const desired = desiredOf(complete, catalog, { description: rooms.projectDescription })
  if (!skipSourceValidation) await checkSources(desired.views.values(), rooms.offline)
  const remove = partial ? [] : removedBy(desired, snapshot, rooms.project)
  return { desired, remove, plan: planApply(desired, remove, { snapshot, catalog }) }
}

/** What {@link applyDefinitions} would do. Writes nothing. */
export const planDefinitions = async (rooms: ApplyRooms, definitions: readonly Definition[], scope: ApplyScope): Promise<ApplyPlan> =>
  (await prepare(rooms, definitions, scope)).plan

/**
 * Makes a project what the definitions say: under the registry's lock missing online tables first, with a note of those that are to go, then
 * the registry in one transaction; then, under the lock again, the tables that nothing needs any more go. After a crash in between no
 * registered view lacks its table, and applying again completes it.
 *
 * @throws STORE_DEFINITION_INVALID, STORE_REGISTRY_… before anything is changed
 */
export const applyDefinitions = async (rooms: ApplyRooms, definitions: readonly Definition[], scope: ApplyScope): Promise<ApplyPlan> => {
  const { project, registry, online, now } = rooms
  const { desired, remove, plan } = await prepare(rooms, definitions, scope)
  // Also the tables of views that did not change: one that an earlier apply did not get to is made now.
  const views = [...desired.views.values()].filter(hasOnlineTable)
  const differences = await registry.apply(
    { ...requestOf(desired, remove, project), promote: scope.promote ?? true },
    {
      now: now(),
      check: async (stored) => {
        await online?.createTables(views)
        await online?.noteDrops(goingTables(stored, { views: desired.views, remove, project }))
      },
    },
  )
  await dropNoted(rooms)
  return { ...plan, differences }
}
