import type { Caller, Policy, Right } from './decision.ts'
import type { JsonObject } from './json.ts'
import type { Rooms } from './route.ts'

/** The version of this package, which the pages compare with their own. */
const serverVersion = '0.1.0'

const on: JsonObject = { state: 'on' }
const off = (reason: string, setting: string | null = null): JsonObject => ({ state: 'not_configured', reason, setting })

const switchOf = (decide: Policy, right: Right, caller: Caller): JsonObject => {
  const decision = decide({ right, caller, project: null, path: '/status' })
  if (decision.allowed) return on
  return decision.setting === null ? { state: 'forbidden', reason: decision.why, role: decision.role } : off(decision.why, decision.setting)
}

/** What is on, what is off, and how it is turned on (`Switches` of the pages' contract). */
const switchesOf = async ({ decide, config, records }: Rooms, caller: Caller): Promise<JsonObject> => {
  const hasOnline = config.onlineStore !== null
  const noOnline = off('there is no online store', 'online_store')
  const may = switchOf(decide, 'run', caller)
  const problem = may.state === 'on' ? await records.problem() : null
  const runs = problem === null ? may : off(`runs cannot be kept: ${problem}`, 'registry')
  return {
    data: switchOf(decide, 'preview', caller),
    online: hasOnline ? switchOf(decide, 'online', caller) : noOnline,
    writes: switchOf(decide, 'write', caller),
    runs: hasOnline ? runs : noOnline,
    sql: switchOf(decide, 'sql', caller),
    freshness: on,
    coverage: on,
    events: on,
    monitoring: off('data-quality metrics are not computed by this server'),
    serving: off('this server does not serve features, so it has no latencies to show'),
    usage: off('nobody counts reads yet'),
    permissions: off('roles are not in force on this server'),
  }
}

/** What a page is told before it asks for anything (`HostConfig`). */
export const hostConfig = async (rooms: Rooms, caller: Caller, token: string | null): Promise<JsonObject> => {
  const index = await rooms.feed.current()
  const switches = await switchesOf(rooms, caller)
  return {
    apiVersion: 1,
    version: serverVersion,
    registryVersion: index.version,
    session: { user: caller.user, roles: caller.roles, token },
    switches,
    defaultProject: rooms.config.project,
  }
}
