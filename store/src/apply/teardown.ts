import { StoreError } from '../errors.ts'
import type { ApplyRooms } from './apply.ts'
import { dropNoted, tablesOf } from './going-tables.ts'

/**
 * Removes a project: first all that the registry holds of it, then its online tables, which are noted before, so that no view is without its
 * table at any moment, and tearing down again completes what a crash left.
 *
 * @throws STORE_REGISTRY_PROJECT_NOT_FOUND when there is nothing to remove, STORE_REGISTRY_PROJECT_PROTECTED
 */
export const tearDownProject = async (rooms: Pick<ApplyRooms, 'project' | 'registry' | 'online'>): Promise<void> => {
  const { project, registry, online } = rooms
  await registry.hold(project, async (stored) => {
    await online?.noteDrops(tablesOf(stored, project))
  })
  try {
    await registry.deleteProject(project)
  } catch (error) {
    const gone = error instanceof StoreError && error.code === 'STORE_REGISTRY_PROJECT_NOT_FOUND'
    if (!gone || (await dropNoted(rooms)) === 0) throw error
    return
  }
  await dropNoted(rooms)
}
