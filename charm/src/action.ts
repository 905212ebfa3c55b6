import type { Desired } from './desired.ts'
import type { Hook } from './hook.ts'
import { actionFail, actionGet, actionLog, actionSet } from './hook-tool/action.ts'
import type { JsonObject } from './hook-tool/output.ts'
import type { CharmMetadata } from './metadata.ts'

/** A text, or texts by key: `{ check: { registry: 'ok' } }` becomes `check.registry: ok`. */
export type ActionResult = string | { readonly [key: string]: ActionResult }

/** An action that somebody runs. */
export interface Action<Metadata extends CharmMetadata = CharmMetadata> {
  /** As `actions.yaml` has it. */
  readonly name: string
  /** What the person gave, and defaults of `actions.yaml`; Juju has checked it against the schema there. */
  readonly params: JsonObject
  readonly hook: Hook<Metadata>
  /** Tells the waiting person how it goes. */
  readonly log: (message: string) => Promise<void>
  /** Sets results; redacted like log lines, for they stay in the controller. */
  readonly set: (results: { readonly [key: string]: ActionResult }) => Promise<void>
  /** Marks the action as failed, with a message for the person; results stay. */
  readonly fail: (message: string) => Promise<void>
  /** Observes, reconciles and writes, as a hook does. What the hook read before is kept: ask first, reconcile last. */
  readonly reconcile: () => Promise<void>
  /** Writes what differs from this wish, as a hook does from what its reconcile gives. */
  readonly apply: (desired: Desired<Metadata>) => Promise<void>
}

const flatten = (results: { readonly [key: string]: ActionResult }, prefix = ''): readonly (readonly [string, string])[] =>
  Object.entries(results).flatMap(([key, value]) =>
    typeof value === 'string' ? [[`${prefix}${key}`, value] as const] : flatten(value, `${prefix}${key}.`),
  )

/** What {@link createAction} needs. */
export interface ActionOptions<Metadata extends CharmMetadata> {
  readonly name: string
  readonly hook: Hook<Metadata>
  readonly reconcile: () => Promise<void>
  readonly apply: (desired: Desired<Metadata>) => Promise<void>
}

/**
 * Makes what an action's handler gets.
 *
 * @throws {CharmError} `CHARM_TOOL_FAILED` outside an action.
 *
 * @example
 * const action = await createAction({ name: 'sync-now', hook, reconcile, apply })
 * await action.set({ outcome: 'done' })
 */
export const createAction = async <Metadata extends CharmMetadata>(options: ActionOptions<Metadata>): Promise<Action<Metadata>> => {
  const { name, hook, reconcile, apply } = options
  const { run, redactor } = hook
  return {
    name,
    params: await actionGet(run),
    hook,
    log: (message) => actionLog(run, redactor.redact(message)),
    set: (results) => {
      const texts = flatten(results).map(([key, value]) => [key, redactor.redact(value)] as const)
      return actionSet(run, Object.fromEntries(texts))
    },
    fail: (message) => actionFail(run, redactor.redact(message)),
    reconcile,
    apply,
  }
}
