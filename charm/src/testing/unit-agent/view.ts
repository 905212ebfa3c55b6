import type { AgentHook } from './state.ts'

/** A relation as the controller shows it to one unit. */
export interface RelationView {
  readonly id: number
  readonly life: 'alive' | 'dying'
  readonly suspended: boolean
  readonly peer: boolean
  /** Of a peer relation the own application. */
  readonly remoteApplication: string
  /** Other units in the relation's scope, with the version of their databag. */
  readonly members: Readonly<Record<string, number>>
  /** Applications whose databag the unit is told of, with its version; 0 was never written. */
  readonly applications: Readonly<Record<string, number>>
}

/** A secret that the unit reads and that has a revision beyond the first. */
export interface ConsumedSecret {
  readonly id: string
  readonly latest: number
  readonly label: string
}

/** A revision of a secret. */
export interface SecretRevisionView {
  readonly id: string
  readonly revision: number
}

/** All that the controller and the pod show to a unit's agent: what it compares with {@link AgentState}. */
export interface AgentView {
  readonly modelType: 'caas' | 'iaas'
  readonly life: 'alive' | 'dying' | 'dead'
  readonly applicationLife: 'alive' | 'dying'
  /** The pod is being ended in good order. */
  readonly shutdown: boolean
  readonly leader: boolean
  /** The charm's revision. */
  readonly charm: number
  /** Anything that differs when configuration, trust or addresses do. */
  readonly config: string
  readonly leaderSettings: number
  /** Counts up when the timer of `update-status` fires. */
  readonly updateStatus: number
  /** The timer of a failed hook has fired, or somebody said `juju resolve`. */
  readonly retry: boolean
  /** Juju looks at them in no order at all; here the first one with something to say wins. */
  readonly relations: readonly RelationView[]
  /** Container to the boot id that its Pebble gave at the last poll. A failed `pebble-ready` comes again at the next one. */
  readonly pebbles: Readonly<Record<string, string>>
  /** Notices and checks, oldest first. */
  readonly workloadEvents: readonly AgentHook[]
  readonly consumedSecrets: readonly ConsumedSecret[]
  readonly expiredSecrets: readonly SecretRevisionView[]
  /** Ids of secrets whose rotation is due. */
  readonly secretRotations: readonly string[]
  /** Revisions of own secrets that nobody tracks any more. */
  readonly obsoleteSecrets: readonly SecretRevisionView[]
  /** Ids of secrets that the agent remembers and that are gone. */
  readonly deletedSecrets: readonly string[]
  /** Actions to run, oldest first. */
  readonly actions: readonly AgentHook[]
  readonly storage: readonly { readonly id: string; readonly life: 'alive' | 'dying'; readonly attached: boolean }[]
}
