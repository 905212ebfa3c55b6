import type { AgentHook } from './state.ts'

/** What an agent does next. Only `run-hook` and `run-action` start the charm. */
export type AgentOperation =
  | { readonly kind: 'run-hook'; readonly hook: AgentHook }
  | { readonly kind: 'run-action'; readonly hook: AgentHook }
  /** A hook that failed has nothing to do any more. */
  | { readonly kind: 'skip-hook'; readonly hook: AgentHook }
  /** Unpacks the charm: a new revision, or again in a new pod. */
  | { readonly kind: 'fetch-charm' }
  /** From now on other units see this one in the relations. */
  | { readonly kind: 'enter-scopes'; readonly relations: readonly number[] }
  | { readonly kind: 'accept-leadership' }
  | { readonly kind: 'resign-leadership' }
  | { readonly kind: 'forget-secrets'; readonly ids: readonly string[] }
  /** The unit is torn down: the controller removes it. */
  | { readonly kind: 'terminate' }
  /** The pod ends; the unit stays. */
  | { readonly kind: 'shut-down' }
