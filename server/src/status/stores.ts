import { StoreError } from '@charmed-feast/store'
import type { JsonObject } from '../json.ts'
import type { Rooms } from '../route.ts'
import { isoOf } from '../time.ts'

/** The longest that a store is waited for. */
const patienceMs = 3000

const state = async (rooms: Rooms, role: string, type: string, ask: () => Promise<unknown>): Promise<JsonObject> => {
  const began = performance.now()
  const told = { role, type, version: null }
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(`no answer within ${patienceMs} ms`)), patienceMs)
  try {
    await Promise.race([ask(), late.promise])
    const milliseconds = Math.round((performance.now() - began) * 100) / 100
    return { ...told, state: 'ok', milliseconds, checkedAt: isoOf(rooms.now()), error: null }
  } catch (error) {
    rooms.report(error)
    // A store's own errors hold no secrets; others may hold anything.
    const words = error instanceof StoreError ? error.message : 'it did not answer'
    return { ...told, state: 'down', milliseconds: null, checkedAt: isoOf(rooms.now()), error: words }
  } finally {
    clearTimeout(timer)
  }
}

const absent = (role: string): JsonObject => ({
  ...{ role, type: 'null', state: 'not_configured', milliseconds: null, version: null, checkedAt: null, error: null },
})

/** How the three stores are: each is asked something small. */
export const storeStates = async (rooms: Rooms): Promise<readonly JsonObject[]> => {
  const { store, config } = rooms
  return await Promise.all([
    state(rooms, 'registry', config.registry.registryType, () => store.registry.list('project', config.project)),
    config.onlineStore === null
      ? absent('online')
      : state(rooms, 'online', config.onlineStore.kind, () => store.online.jobs(config.project, { limit: 1 })),
    config.offlineStore === null ? absent('offline') : state(rooms, 'offline', config.offlineStore.kind, () => store.offline()),
  ])
}
