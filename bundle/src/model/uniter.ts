import type { Hook } from '@charmed-feast/charm/testing'

/** What a unit's agent remembers of one relation. */
export interface RelationMemory {
  /** Whether `relation-created` ran. */
  readonly created: boolean
  /** Remote units that joined, with the version of their settings that was last told. */
  readonly members: Readonly<Record<string, number>>
  /** A unit that just joined: its `relation-changed` comes next. */
  readonly changedPending: string | null
  /** The version of the remote application's settings that was last told; 0: none. */
  readonly applicationVersion: number
}

/** What a unit's agent remembers: all that the next hook depends on beside the world itself. Plain data. */
export interface Uniter {
  readonly installed: boolean
  readonly started: boolean
  readonly removed: boolean
  /** The hook that comes next unless something more urgent does. */
  readonly queued: Hook | null
  /** The hook that failed; nothing but actions and it itself runs until it succeeds. */
  readonly failed: Hook | null
  /** Whether the time has come to run the failed hook again. */
  readonly retry: boolean
  /** The revision of the charm whose `upgrade-charm` (or `install`) ran; -1 after the pod was lost. */
  readonly charmRevision: number
  readonly leader: boolean
  /** The version of the leader settings that was told; null: never. */
  readonly leaderSettings: number | null
  readonly configHash: string | null
  /** By container, the boot id whose `pebble-ready` ran. */
  readonly bootIds: Readonly<Record<string, string>>
  /** Attached storage. */
  readonly storage: readonly string[]
  /** By secret id, the revision that was told. */
  readonly secretRevisions: Readonly<Record<string, number>>
  /** `id/revision` whose `secret-expired` ran. */
  readonly expired: readonly string[]
  /** `id/revision` whose `secret-remove` ran. */
  readonly obsolete: readonly string[]
  readonly relations: Readonly<Record<number, RelationMemory>>
  readonly updateStatus: number
}

/** What a unit's agent sees of a relation. */
export interface RelationView {
  readonly id: number
  readonly remoteApplication: string
  readonly peer: boolean
  readonly life: 'alive' | 'dying'
  readonly suspended: boolean
  /** Whether this unit is in the relation's scope. */
  readonly inScope: boolean
  /** The version of the remote application's settings; 0: never set. */
  readonly applicationVersion: number
  /** Remote units in scope, with the version of their settings. */
  readonly members: Readonly<Record<string, number>>
}

/** A revision of a secret. */
export interface SecretView {
  readonly id: string
  readonly label: string
  readonly revision: number
}

/** The world as one unit's agent sees it. */
export interface Snapshot {
  readonly unit: string
  readonly life: 'alive' | 'dying' | 'dead'
  readonly charmRevision: number
  readonly configHash: string
  readonly leader: boolean
  readonly leaderSettings: number
  readonly relations: readonly RelationView[]
  /** Boot id of each container's Pebble; null: nobody answers. */
  readonly containers: Readonly<Record<string, string | null>>
  readonly secrets: {
    /** Own revisions whose time is up. */
    readonly expired: readonly SecretView[]
    /** Secrets of others that this unit reads, with their newest revision. */
    readonly consumed: readonly SecretView[]
    /** Own revisions that nobody reads any more. */
    readonly obsolete: readonly SecretView[]
  }
  /** Actions that wait, oldest first. */
  readonly actions: readonly NonNullable<Hook['action']>[]
  /** Storage of the unit, by id. */
  readonly storage: Readonly<Record<string, 'alive' | 'dying'>>
  /** Counts how often the timer of `update-status` fired. */
  readonly updateStatus: number
}

/** What a unit's agent does next. */
export type Step =
  | { readonly kind: 'hook'; readonly hook: Hook; readonly from: 'world' | 'queue' | 'retry' }
  | { readonly kind: 'enter-scope' | 'leave-scope'; readonly relation: number }
  | { readonly kind: 'resign' }

/**
 * The agent of a unit that was just made: `install` is queued.
 *
 * @example
 * newUniter().queued   // { kind: 'install' }
 */
export function newUniter(given: Partial<Uniter> = {}): Uniter {
  return {
    installed: false,
    started: false,
    removed: false,
    queued: { kind: 'install' },
    failed: null,
    retry: false,
    charmRevision: 0,
    leader: false,
    leaderSettings: null,
    configHash: null,
    bootIds: {},
    storage: [],
    secretRevisions: {},
    expired: [],
    obsolete: [],
    relations: {},
    updateStatus: 0,
    ...given,
  }
}

/** A relation of which nothing was told yet. */
export const newRelationMemory: RelationMemory = { created: false, members: {}, changedPending: null, applicationVersion: 0 }

/**
 * How a secret's revision is written down.
 *
 * @example
 * revisionKey({ id: '9m4e2mr0ui3e8a215n4g', label: '', revision: 2 })   // '9m4e2mr0ui3e8a215n4g/2'
 */
export function revisionKey({ id, revision }: SecretView): string {
  return `${id}/${revision}`
}
