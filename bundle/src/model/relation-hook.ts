import type { Hook } from '@charmed-feast/charm/testing'

import { newRelationMemory, type RelationView, type Snapshot, type Uniter } from './uniter.ts'

/** Whether a relation ends for this unit: because it ends, or because the unit does. */
function isEnding(seen: Snapshot, relation: RelationView): boolean {
  return seen.life === 'dying' || relation.life === 'dying' || relation.suspended
}

/**
 * The next hook of one relation (charm-compat §1.4, 11): (a) `changed` of a unit that just joined, (b) `departed` of units that are gone,
 * (c) `broken`, (d) `changed` of the remote application's settings, (e) `joined`, (f) `changed` of units' settings.
 */
function nextOfRelation(seen: Snapshot, relation: RelationView, uniter: Uniter): Hook | null {
  const memory = uniter.relations[relation.id]
  if (!memory?.created) return null
  const about = { relation: relation.id, remoteApplication: relation.remoteApplication }
  if (memory.changedPending !== null) return { kind: 'relation-changed', ...about, remoteUnit: memory.changedPending }
  const ending = isEnding(seen, relation)
  const known = Object.keys(memory.members).sort()
  const gone = known.find((unit) => ending || relation.members[unit] === undefined)
  if (gone !== undefined) {
    return { kind: 'relation-departed', ...about, remoteUnit: gone, departingUnit: seen.life === 'dying' ? seen.unit : gone }
  }
  if (ending) return relation.peer ? null : { kind: 'relation-broken', ...about }
  if (relation.applicationVersion !== memory.applicationVersion) return { kind: 'relation-changed', ...about }
  const units = Object.keys(relation.members).sort()
  const fresh = units.find((unit) => memory.members[unit] === undefined)
  if (fresh !== undefined) return { kind: 'relation-joined', ...about, remoteUnit: fresh }
  const changed = units.find((unit) => memory.members[unit] !== relation.members[unit])
  return changed === undefined ? null : { kind: 'relation-changed', ...about, remoteUnit: changed }
}

/**
 * The next hook of a unit's relations: by ascending id, peers last.
 *
 * @example
 * nextRelationHook(seen, uniter)?.kind   // 'relation-joined'
 */
export function nextRelationHook(seen: Snapshot, uniter: Uniter): Hook | null {
  const byId = [...seen.relations].sort((left, right) => left.id - right.id)
  for (const relation of [...byId.filter(({ peer }) => !peer), ...byId.filter(({ peer }) => peer)]) {
    const hook = nextOfRelation(seen, relation, uniter)
    if (hook) return hook
  }
  return null
}

/**
 * What an agent remembers of its relations after a relation hook. `seen` is what it saw before the hook: what changed meanwhile is told next.
 *
 * @example
 * commitRelationHook({ kind: 'relation-created', relation: 1 }, seen, uniter).relations[1]?.created   // true
 */
export function commitRelationHook(hook: Hook, seen: Snapshot, uniter: Uniter): Uniter {
  const { kind, relation: id, remoteUnit } = hook
  if (id === undefined) return uniter
  const view = seen.relations.find((each) => each.id === id)
  const memory = uniter.relations[id] ?? newRelationMemory
  const remember = (change: Partial<typeof memory>): Uniter => ({
    ...uniter,
    relations: { ...uniter.relations, [id]: { ...memory, ...change } },
  })
  if (kind === 'relation-created') return remember({ created: true })
  if (kind === 'relation-broken') return { ...uniter, relations: omit(uniter.relations, String(id)) }
  if (remoteUnit === undefined) return remember({ applicationVersion: view?.applicationVersion ?? memory.applicationVersion })
  if (kind === 'relation-departed') return remember({ members: omit(memory.members, remoteUnit) })
  const members = { ...memory.members, [remoteUnit]: view?.members[remoteUnit] ?? memory.members[remoteUnit] ?? 0 }
  return remember({ members, changedPending: kind === 'relation-joined' ? remoteUnit : null })
}

function omit<Value>(all: Readonly<Record<string, Value>>, name: string): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(all).filter(([each]) => each !== name))
}
