import type { Hook } from '@charmed-feast/charm/testing'

import { commitRelationHook } from './relation-hook.ts'
import { revisionKey, type Snapshot, type Step, type Uniter } from './uniter.ts'

function commitHook(hook: Hook, seen: Snapshot, uniter: Uniter): Uniter {
  if (hook.relation !== undefined) return commitRelationHook(hook, seen, uniter)
  const secret = (views: Snapshot['secrets']['obsolete']): string[] =>
    views
      .filter(({ id, revision }) => `secret:${id}` === hook.secret?.uri && revision === hook.secret.revision)
      .map((view) => revisionKey(view))
  switch (hook.kind) {
    case 'install':
      return { ...uniter, installed: true, charmRevision: seen.charmRevision }
    case 'upgrade-charm':
      return { ...uniter, charmRevision: seen.charmRevision, queued: { kind: 'config-changed' } }
    case 'config-changed':
      return { ...uniter, configHash: seen.configHash, queued: uniter.started ? null : { kind: 'start' } }
    case 'start':
      return { ...uniter, started: true }
    case 'stop':
      return { ...uniter, started: false }
    case 'remove':
      return { ...uniter, removed: true }
    case 'leader-elected':
      return { ...uniter, leader: true }
    case 'leader-settings-changed':
      return { ...uniter, leaderSettings: seen.leaderSettings }
    case 'pebble-ready':
      return { ...uniter, bootIds: { ...uniter.bootIds, [hook.workload ?? '']: seen.containers[hook.workload ?? ''] ?? '' } }
    case 'secret-expired':
      return { ...uniter, expired: [...uniter.expired, ...secret(seen.secrets.expired)] }
    case 'secret-remove':
      return { ...uniter, obsolete: [...uniter.obsolete, ...secret(seen.secrets.obsolete)] }
    case 'secret-changed': {
      const told = seen.secrets.consumed.filter(({ id }) => `secret:${id}` === hook.secret?.uri)
      const revisions = Object.fromEntries(told.map(({ id, revision }) => [id, revision]))
      return { ...uniter, secretRevisions: { ...uniter.secretRevisions, ...revisions } }
    }
    case 'storage-attached':
      return { ...uniter, storage: [...uniter.storage, hook.storage ?? ''] }
    case 'storage-detaching':
      return { ...uniter, storage: uniter.storage.filter((id) => id !== hook.storage) }
    case 'update-status':
      return { ...uniter, updateStatus: seen.updateStatus }
    default:
      return uniter
  }
}

/**
 * What an agent remembers after a step went well. `seen` is what it saw when it chose the step.
 *
 * @example
 * commitStep({ kind: 'hook', hook: { kind: 'install' }, from: 'queue' }, seen, newUniter()).installed   // true
 */
export function commitStep(step: Step, seen: Snapshot, uniter: Uniter): Uniter {
  if (step.kind === 'resign') return { ...uniter, leader: false }
  if (step.kind !== 'hook') return uniter
  const cleared =
    step.from === 'queue' ? { ...uniter, queued: null } : step.from === 'retry' ? { ...uniter, failed: null, retry: false } : uniter
  return commitHook(step.hook, seen, cleared)
}

/**
 * What an agent remembers after a hook failed: the hook, to run it again. A failed action is over.
 *
 * @example
 * failStep({ kind: 'hook', hook: { kind: 'start' }, from: 'queue' }, uniter).failed   // { kind: 'start' }
 */
export function failStep(step: Step, uniter: Uniter): Uniter {
  if (step.kind !== 'hook' || step.hook.action) return uniter
  return { ...uniter, queued: step.from === 'queue' ? null : uniter.queued, failed: step.hook, retry: false }
}
