import type { ActionResult, Commit } from '../model/change.ts'
import type { HookContext } from './context.ts'

/** How a hook ended. */
export interface HookEnd {
  /** What the controller was asked for; null when there was nothing to ask, or the hook failed. */
  readonly commit: Commit | null
  readonly action: ActionResult | null
  /** Why the unit is in error: the hook's exit, or what the controller refused. Null when all went well; always null for actions. */
  readonly failure: string | null
  readonly reboot: 'asked' | 'impossible' | null
}

/** What the controller says to a commit: null, or why it refuses. */
export type SendCommit = (commit: Commit) => string | null

/**
 * Ends a hook: when its process exited 0, everything that waited goes to the controller as one request, else it is lost.
 * Juju's rules in juju-tools.md §3.
 *
 * @example
 * endHook(context, 0, (commit) => holder.commit(commit)).failure   // null
 */
export function endHook(context: HookContext, exit: number, send: SendCommit): HookEnd {
  const hookFailure = exit === 0 ? null : `exit status ${exit}`
  const prepared = exit === 0 ? buildCommit(context) : null
  const commit = prepared && !isEmpty(prepared) ? prepared : null
  const refusal = commit ? send(commit) : null
  if (context.hook.action) {
    return { commit, action: finishAction(context, context.hook.action.id, hookFailure, refusal), failure: null, reboot: null }
  }
  return { commit, action: null, ...endReboot(context, hookFailure ?? refusal) }
}

function endReboot(context: HookContext, failure: string | null): Pick<HookEnd, 'failure' | 'reboot'> {
  if (!context.reboot || (context.reboot === 'after-hook' && failure !== null)) return { failure, reboot: null }
  if (context.unit.machine === null) return { failure: `unit "${context.unitName}" is not assigned to a machine`, reboot: 'impossible' }
  return { failure: context.reboot === 'now' ? 'reboot now' : 'reboot after hook', reboot: 'asked' }
}

function finishAction(context: HookContext, action: string, failure: string | null, refusal: string | null): ActionResult {
  const results = context.actionResults
  if (failure !== null) return { action, status: 'failed', message: failure, results }
  if (refusal === null) return { action, status: context.actionFailed ? 'failed' : 'completed', message: context.actionMessage, results }
  const earlier = typeof results.stderr === 'string' ? `${results.stderr}\n` : ''
  const code = results['return-code']
  return {
    action,
    status: 'failed',
    message: context.actionMessage || 'committing requested changes failed',
    results: { ...results, stderr: earlier + refusal, 'return-code': code === undefined || code === '0' ? '1' : code },
  }
}

function buildCommit(context: HookContext): Commit {
  return {
    unit: context.unitName,
    networkInfo: context.hook.kind === 'config-changed',
    upgradeCount: context.hook.kind === 'upgrade-charm' && context.model.type === 'caas' && context.isLeader(),
    relations: [...context.relations.values()].flatMap((relation) => relation.changes() ?? []),
    openPorts: context.ports.opening,
    closePorts: context.ports.closing,
    charmState: context.changedCharmState(),
    storage: context.storageAsked,
    ...context.secrets.changes(),
  }
}

function isEmpty(commit: Commit): boolean {
  return Object.entries(commit).every(([key, value]) => key === 'unit' || value === false || value === null || isEmptyList(value))
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0
}
