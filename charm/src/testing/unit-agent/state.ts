import type { Hook } from '../context/hook.ts'

/** A hook as an agent plans it: `version` is the databag's version that the hook brings to the charm. */
export type AgentHook = Hook & { readonly version?: number }

/** What an agent knows of one relation. */
export interface AgentRelation {
  /** Whether `relation-created` has run. */
  readonly created: boolean
  /** Remote units that joined, with the version of their databag that the charm was told of. */
  readonly members: Readonly<Record<string, number>>
  /** Applications, with the version of their databag that the charm was told of. */
  readonly applications: Readonly<Record<string, number>>
  /** A unit that just joined: its `relation-changed` is the relation's next hook. */
  readonly changedPending: string | null
}

/**
 * What a unit's agent remembers between hooks. Juju keeps it in the controller, so a new pod finds it again; what it does not keep
 * (the charm's folder, which Pebble it has seen) a new pod has lost: {@link restartAgent}.
 */
export interface AgentState {
  /** A hook that must come next: `queued` by another one, or `failed` and waiting for its retry. */
  readonly task: { readonly step: 'queued' | 'failed'; readonly hook: AgentHook } | null
  readonly installed: boolean
  readonly started: boolean
  readonly stopped: boolean
  readonly removed: boolean
  readonly leader: boolean
  /** Whether the charm ever set its status. */
  readonly statusSet: boolean
  /** The revision of the charm that it runs. */
  readonly charm: number
  /** False after a pod was lost, until the charm is unpacked again. */
  readonly charmPresent: boolean
  /** The agent was started anew while the charm ran: `start` runs again. */
  readonly restarted: boolean
  /** Configuration, trust and addresses that `config-changed` has seen. */
  readonly config: string | null
  readonly leaderSettings: number
  readonly updateStatus: number
  readonly relations: Readonly<Record<number, AgentRelation>>
  /** Secret id to the revision that the charm was told of. */
  readonly consumedSecrets: Readonly<Record<string, number>>
  /** Secret id to the revisions for which `secret-remove` has run. */
  readonly obsoleteSecrets: Readonly<Record<string, readonly number[]>>
  /** Storage that was attached. */
  readonly storage: readonly string[]
  /** Container to the boot id for which `pebble-ready` has run. */
  readonly pebbles: Readonly<Record<string, string>>
}

/**
 * An agent that has just unpacked its charm: `install` is queued.
 *
 * @example
 * nextOperation(newAgentState(1), view)   // { kind: 'run-hook', hook: { kind: 'install' } }
 */
export function newAgentState(charm: number): AgentState {
  return {
    task: { step: 'queued', hook: { kind: 'install' } },
    installed: false,
    started: false,
    stopped: false,
    removed: false,
    leader: false,
    statusSet: false,
    charm,
    charmPresent: true,
    restarted: false,
    config: null,
    leaderSettings: 0,
    updateStatus: 0,
    relations: {},
    consumedSecrets: {},
    obsoleteSecrets: {},
    storage: [],
    pebbles: {},
  }
}

/** What an agent that starts anew is told at once. */
export interface AgentRestart {
  /** False: in a new pod, whose charm folder is empty. */
  readonly charmPresent: boolean
  /** Latest revision of each secret that the unit reads. */
  readonly latestSecrets: Readonly<Record<string, number>>
}

/**
 * The agent after its process ended and started again, as it does in a new pod. A secret that changed meanwhile is taken as told:
 * Juju sends no `secret-changed` for it.
 *
 * @example
 * restartAgent(state, { charmPresent: false, latestSecrets: {} })
 */
export function restartAgent(state: AgentState, { charmPresent, latestSecrets }: AgentRestart): AgentState {
  const told = Object.keys(state.consumedSecrets).flatMap((id) => {
    const latest = latestSecrets[id]
    return latest === undefined ? [] : [[id, latest] as const]
  })
  return { ...state, charmPresent, restarted: state.started, pebbles: {}, consumedSecrets: Object.fromEntries(told) }
}
