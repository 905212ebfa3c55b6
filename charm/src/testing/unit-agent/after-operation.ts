import type { AgentOperation } from './operation.ts'
import type { AgentHook, AgentRelation, AgentState } from './state.ts'
import type { AgentView } from './view.ts'

/** How an operation ended. `statusSet`: the charm set its unit's status in it. */
export interface OperationResult {
  readonly failed?: boolean
  readonly statusSet?: boolean
}

/**
 * The agent after an operation. `view` is what the agent saw when it decided, not what it sees now: a change that came in between
 * brings the next hook.
 *
 * @example
 * const next = afterOperation(state, { kind: 'run-hook', hook: { kind: 'install' } }, view)
 */
export function afterOperation(before: AgentState, operation: AgentOperation, view: AgentView, result: OperationResult = {}): AgentState {
  const state = result.statusSet ? { ...before, statusSet: true } : before
  switch (operation.kind) {
    case 'run-hook':
      return result.failed ? afterFailure(state, operation.hook) : afterHook(state, operation.hook, view)
    case 'skip-hook':
      return { ...state, task: null }
    case 'fetch-charm':
      return afterFetch(state, view)
    case 'enter-scopes':
      return enterScopes(state, operation.relations)
    case 'accept-leadership':
      return { ...state, leader: true, task: { step: 'queued', hook: { kind: 'leader-elected' } } }
    case 'resign-leadership':
      return { ...state, leader: false }
    case 'forget-secrets':
      return forgetSecrets(state, operation.ids)
    case 'run-action':
    case 'terminate':
    case 'shut-down':
      return state
  }
}

const fresh: AgentRelation = { created: false, members: {}, applications: {}, changedPending: null }

function enterScopes(state: AgentState, ids: readonly number[]): AgentState {
  return { ...state, relations: { ...state.relations, ...Object.fromEntries(ids.map((id) => [id, fresh])) } }
}

function forgetSecrets(state: AgentState, ids: readonly string[]): AgentState {
  const keep = <Value>(known: Readonly<Record<string, Value>>): Record<string, Value> =>
    Object.fromEntries(Object.entries(known).filter(([id]) => !ids.includes(id)))
  return { ...state, consumedSecrets: keep(state.consumedSecrets), obsoleteSecrets: keep(state.obsoleteSecrets) }
}

/** A hook that was queued or had failed when the charm went is taken as failed: it is run again, and no `upgrade-charm`. */
function afterFetch(state: AgentState, { charm }: AgentView): AgentState {
  const task: AgentState['task'] = state.task
    ? { step: 'failed', hook: state.task.hook }
    : { step: 'queued', hook: { kind: 'upgrade-charm' } }
  return { ...state, charm, charmPresent: true, task }
}

function afterFailure(state: AgentState, hook: AgentHook): AgentState {
  return { ...state, restarted: state.restarted && hook.kind !== 'start', task: { step: 'failed', hook } }
}

function afterHook(before: AgentState, hook: AgentHook, view: AgentView): AgentState {
  const state: AgentState = { ...before, task: null }
  switch (hook.kind) {
    case 'install':
      return { ...state, installed: true }
    case 'upgrade-charm':
      return { ...state, task: { step: 'queued', hook: { kind: 'config-changed' } } }
    case 'config-changed':
      return { ...state, config: view.config, task: state.started ? null : { step: 'queued', hook: { kind: 'start' } } }
    case 'start':
      return { ...state, started: true, stopped: false, restarted: false }
    case 'stop':
      return { ...state, stopped: true }
    case 'remove':
      return { ...state, removed: true }
    case 'leader-settings-changed':
      return { ...state, leaderSettings: view.leaderSettings }
    case 'update-status':
      return { ...state, updateStatus: view.updateStatus }
    case 'pebble-ready':
      return { ...state, pebbles: { ...state.pebbles, [hook.workload ?? '']: view.pebbles[hook.workload ?? ''] ?? '' } }
    case 'storage-attached':
      return { ...state, storage: [...state.storage, hook.storage ?? ''] }
    case 'storage-detaching':
      return { ...state, storage: state.storage.filter((id) => id !== hook.storage) }
    default:
      return afterRelationHook(afterSecretHook(state, hook), hook)
  }
}

function afterSecretHook(state: AgentState, { kind, secret }: AgentHook): AgentState {
  const id = secret?.uri.replace(/^secret:/, '') ?? ''
  const revision = secret?.revision ?? 0
  if (kind === 'secret-changed') return { ...state, consumedSecrets: { ...state.consumedSecrets, [id]: revision } }
  if (kind !== 'secret-remove') return state
  return { ...state, obsoleteSecrets: { ...state.obsoleteSecrets, [id]: [...(state.obsoleteSecrets[id] ?? []), revision] } }
}

function afterRelationHook(state: AgentState, hook: AgentHook): AgentState {
  const known = state.relations[hook.relation ?? -1]
  if (hook.relation === undefined || !known) return state
  if (hook.kind === 'relation-broken') {
    return { ...state, relations: Object.fromEntries(Object.entries(state.relations).filter(([id]) => Number(id) !== hook.relation)) }
  }
  return { ...state, relations: { ...state.relations, [hook.relation]: relationAfter(known, hook) } }
}

function relationAfter(known: AgentRelation, { kind, remoteUnit, remoteApplication = '', version = 0 }: AgentHook): AgentRelation {
  if (kind === 'relation-created') return { ...known, created: true, applications: { ...known.applications, [remoteApplication]: 0 } }
  if (kind === 'relation-departed') {
    return { ...known, members: Object.fromEntries(Object.entries(known.members).filter(([name]) => name !== remoteUnit)) }
  }
  const changedPending = kind === 'relation-joined' ? (remoteUnit ?? null) : null
  if (remoteUnit === undefined) return { ...known, changedPending, applications: { ...known.applications, [remoteApplication]: version } }
  return { ...known, changedPending, members: { ...known.members, [remoteUnit]: version } }
}
