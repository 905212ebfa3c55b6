import { nextRelationHook } from './next-relation-hook.ts'
import { nextSecretOperation } from './next-secret-hook.ts'
import type { AgentOperation } from './operation.ts'
import type { AgentHook, AgentState } from './state.ts'
import type { AgentView } from './view.ts'

/**
 * What a unit's agent does next, or null when it waits: Juju's order of events, a pure function. The rules are those of Juju 3.6's
 * agent, in its order: a restart, created relations, leadership, containers, secrets, actions, storage, the hook in progress, and
 * only then charm, configuration, relations, `update-status`. Ask again after each operation: {@link afterOperation}.
 *
 * @example
 * nextOperation(newAgentState(1), view, 'feast-ui/0')   // { kind: 'run-hook', hook: { kind: 'install' } }
 */
export function nextOperation(state: AgentState, view: AgentView, unit: string): AgentOperation | null {
  if (view.life === 'dead' || state.removed) return { kind: 'terminate' }
  if (!state.charmPresent) return { kind: 'fetch-charm' }
  const early = nextEarly(state, view)
  if (early) return early
  const storage = nextStorage(state, view)
  if (storage) return storage === 'wait' ? null : storage
  if (view.shutdown) return nextIdle(state, view, unit)
  const { task } = state
  if (task?.step === 'failed') return view.retry ? { kind: 'run-hook', hook: task.hook } : null
  if (task && task.hook.kind !== 'install') return { kind: 'run-hook', hook: task.hook }
  return nextIdle(state, view, unit)
}

const run = (hook: AgentHook): AgentOperation => ({ kind: 'run-hook', hook })

function nextEarly(state: AgentState, view: AgentView): AgentOperation | null {
  if (state.restarted && state.started && !state.task) return run({ kind: 'start' })
  return (
    nextCreated(state, view) ??
    nextLeadership(state, view) ??
    nextWorkload(state, view) ??
    nextSecretOperation(state, view) ??
    nextAction(state, view)
  )
}

function nextCreated(state: AgentState, view: AgentView): AgentOperation | null {
  if (!state.installed || view.life !== 'alive' || state.task) return null
  const alive = view.relations.filter(({ life, suspended }) => life === 'alive' && !suspended)
  const unknown = alive.filter(({ id }) => !state.relations[id])
  if (unknown.length > 0) return { kind: 'enter-scopes', relations: unknown.map(({ id }) => id) }
  const uncreated = alive.find(({ id }) => !state.relations[id]?.created)
  if (!uncreated) return null
  return run({ kind: 'relation-created', relation: uncreated.id, remoteApplication: uncreated.remoteApplication })
}

function nextLeadership(state: AgentState, view: AgentView): AgentOperation | null {
  if (!state.installed) return null
  const alive = view.life === 'alive'
  if (view.leader && alive && !state.leader && !state.task) return { kind: 'accept-leadership' }
  if (state.leader && !(view.leader && alive)) return { kind: 'resign-leadership' }
  const news = !state.leader && state.leaderSettings !== view.leaderSettings
  return news && !state.task && !state.stopped ? run({ kind: 'leader-settings-changed' }) : null
}

function nextWorkload({ task, pebbles }: AgentState, view: AgentView): AgentOperation | null {
  const waiting = task?.step === 'failed' && task.hook.kind === 'pebble-ready'
  if (task && !waiting) return null
  const started = Object.keys(view.pebbles)
    .sort()
    .find((container) => pebbles[container] !== view.pebbles[container])
  if (started !== undefined) return run({ kind: 'pebble-ready', workload: started })
  if (waiting) return { kind: 'skip-hook', hook: task.hook }
  const [event] = view.workloadEvents
  return event ? run(event) : null
}

function nextAction({ task }: AgentState, { actions: [action] }: AgentView): AgentOperation | null {
  return action && task?.step !== 'queued' ? { kind: 'run-action', hook: action } : null
}

function nextStorage(state: AgentState, view: AgentView): AgentOperation | 'wait' | null {
  const { task, storage: attached } = state
  const machine = view.modelType === 'iaas'
  const beside = task?.step === 'queued' && (machine ? !state.installed : state.started)
  if (task && !beside) return null
  for (const { id, life, attached: ready } of view.storage) {
    const leaving = life === 'dying' || view.life !== 'alive'
    if (leaving && attached.includes(id)) return run({ kind: 'storage-detaching', storage: id })
    if (!leaving && ready && !attached.includes(id)) return run({ kind: 'storage-attached', storage: id })
  }
  // On machines the first storage comes before `install`.
  const missing = view.storage.some(({ id, life }) => life === 'alive' && !attached.includes(id))
  return machine && !state.installed && missing && view.life === 'alive' ? 'wait' : null
}

function nextIdle(state: AgentState, view: AgentView, unit: string): AgentOperation | null {
  if (view.life === 'alive' && view.shutdown) return state.started && !state.stopped ? run({ kind: 'stop' }) : { kind: 'shut-down' }
  if (view.life !== 'alive') return nextTeardown(state, view, unit)
  if (!state.installed && !state.started) return run({ kind: 'install' })
  if (state.charm !== view.charm) return { kind: 'fetch-charm' }
  if (state.config !== view.config) return run({ kind: 'config-changed' })
  const hook = nextRelationHook(state, view, unit)
  if (hook) return run(hook)
  return state.updateStatus === view.updateStatus ? null : run({ kind: 'update-status' })
}

function nextTeardown(state: AgentState, view: AgentView, unit: string): AgentOperation {
  const hook = state.task ? null : nextRelationHook(state, view, unit)
  if (hook) return run(hook)
  if (state.started && !state.stopped) return run({ kind: 'stop' })
  return state.installed ? run({ kind: 'remove' }) : { kind: 'terminate' }
}
