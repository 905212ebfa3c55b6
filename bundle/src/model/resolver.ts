import type { Hook } from '@charmed-feast/charm/testing'

import { nextRelationHook } from './relation-hook.ts'
import { revisionKey, type SecretView, type Snapshot, type Step, type Uniter } from './uniter.ts'

/*
 * The resolver of Juju's unit agent, in the order of charm-compat §1.4. An agent is
 *   idle     nothing is queued, nothing failed: every step is open;
 *   queued   one hook follows another (config-changed → start): only pebble-ready, storage and losing leadership come before it;
 *   failed   a hook failed: only actions and losing leadership, and the hook itself once its time has come.
 */

const isIdle = ({ queued, failed }: Uniter): boolean => queued === null && failed === null

const world = (hook: Hook): Step => ({ kind: 'hook', hook, from: 'world' })

function upgrade(seen: Snapshot, uniter: Uniter): Step | null {
  const isNew = uniter.installed && seen.life === 'alive' && uniter.charmRevision !== seen.charmRevision
  return isNew && isIdle(uniter) ? world({ kind: 'upgrade-charm' }) : null
}

/** Relations just known: scopes are entered, then each gets its `relation-created`. */
function knowRelations(seen: Snapshot, uniter: Uniter): Step | null {
  if (!uniter.installed || !isIdle(uniter)) return null
  const open = seen.relations.filter(({ life, suspended }) => seen.life === 'alive' && life === 'alive' && !suspended)
  const byId = open.sort((left, right) => left.id - right.id)
  const outside = byId.find(({ inScope }) => !inScope)
  if (outside) return { kind: 'enter-scope', relation: outside.id }
  const fresh = byId.find(({ id }) => !uniter.relations[id]?.created)
  if (fresh) return world({ kind: 'relation-created', relation: fresh.id, remoteApplication: fresh.remoteApplication })
  // Entered, and over before the charm heard of it.
  const stale = seen.relations.find(({ id, inScope, life }) => life === 'dying' && inScope && !uniter.relations[id]?.created)
  return stale ? { kind: 'leave-scope', relation: stale.id } : null
}

function leadership(seen: Snapshot, uniter: Uniter): Step | null {
  if (!uniter.installed) return null
  if (uniter.leader && !seen.leader) return { kind: 'resign' }
  if (!isIdle(uniter) || seen.life !== 'alive') return null
  if (seen.leader && !uniter.leader) return world({ kind: 'leader-elected' })
  const isTold = uniter.leader || uniter.leaderSettings === seen.leaderSettings
  return isTold ? null : world({ kind: 'leader-settings-changed' })
}

function pebbleReady(seen: Snapshot, uniter: Uniter): Step | null {
  if (!uniter.installed || uniter.failed !== null) return null
  const booted = Object.keys(seen.containers)
    .sort()
    .find((name) => seen.containers[name] !== null && seen.containers[name] !== uniter.bootIds[name])
  return booted === undefined ? null : world({ kind: 'pebble-ready', workload: booted })
}

const byUri = (left: SecretView, right: SecretView): number =>
  left.id === right.id ? left.revision - right.revision : left.id < right.id ? -1 : 1

const secretHook = (kind: string, { id, label, revision }: SecretView, withRevision: boolean): Step =>
  world({ kind, secret: { uri: `secret:${id}`, label, ...(withRevision ? { revision } : {}) } })

function secrets(seen: Snapshot, uniter: Uniter): Step | null {
  if (!uniter.installed || seen.life !== 'alive' || !isIdle(uniter)) return null
  const { expired, consumed, obsolete } = seen.secrets
  const first = (views: readonly SecretView[], isTold: (view: SecretView) => boolean): SecretView | undefined =>
    views.filter((view) => !isTold(view)).sort(byUri)[0]
  const late = first(expired, (view) => uniter.expired.includes(revisionKey(view)))
  if (late) return secretHook('secret-expired', late, true)
  const changed = first(consumed, ({ id, revision }) => uniter.secretRevisions[id] === revision)
  if (changed) return secretHook('secret-changed', changed, false)
  const unread = first(obsolete, (view) => uniter.obsolete.includes(revisionKey(view)))
  return unread ? secretHook('secret-remove', unread, true) : null
}

function action(seen: Snapshot, uniter: Uniter): Step | null {
  const [next] = seen.actions
  return next && uniter.queued === null ? world({ kind: 'action', action: next }) : null
}

function storage(seen: Snapshot, uniter: Uniter): Step | null {
  if (uniter.failed !== null) return null
  const ids = Object.keys(seen.storage).sort()
  const isEnding = (id: string): boolean => seen.life === 'dying' || seen.storage[id] === 'dying'
  const fresh = ids.find((id) => !uniter.storage.includes(id) && !isEnding(id))
  if (fresh !== undefined) return world({ kind: 'storage-attached', storage: fresh })
  const leaving = ids.find((id) => uniter.storage.includes(id) && isEnding(id))
  return leaving !== undefined && isIdle(uniter) ? world({ kind: 'storage-detaching', storage: leaving }) : null
}

/** What is left when nothing is queued: the end of a dying unit, else configuration, relations and the timer. */
function rest(seen: Snapshot, uniter: Uniter): Step | null {
  const relation = (): Step | null => {
    const hook = nextRelationHook(seen, uniter)
    return hook ? world(hook) : null
  }
  if (seen.life === 'dying') return relation() ?? world({ kind: uniter.started ? 'stop' : 'remove' })
  if (uniter.configHash !== seen.configHash) return world({ kind: 'config-changed' })
  return relation() ?? (uniter.updateStatus === seen.updateStatus ? null : world({ kind: 'update-status' }))
}

/**
 * What a unit's agent does next: null when it has nothing to do. Pure: the same world and the same memory always give the same step.
 * Order: charm-compat §1.4 (Juju 3.6, `internal/worker/uniter`).
 *
 * @example
 * nextStep(seen, newUniter())   // { kind: 'hook', hook: { kind: 'install' }, from: 'queue' }
 */
export function nextStep(seen: Snapshot, uniter: Uniter): Step | null {
  if (seen.life === 'dead' || uniter.removed) return null
  const urgent =
    upgrade(seen, uniter) ??
    knowRelations(seen, uniter) ??
    leadership(seen, uniter) ??
    pebbleReady(seen, uniter) ??
    secrets(seen, uniter) ??
    action(seen, uniter) ??
    storage(seen, uniter)
  if (urgent) return urgent
  if (uniter.failed) return uniter.retry ? { kind: 'hook', hook: uniter.failed, from: 'retry' } : null
  if (uniter.queued) return { kind: 'hook', hook: uniter.queued, from: 'queue' }
  return rest(seen, uniter)
}
