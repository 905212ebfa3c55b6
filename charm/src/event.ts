/** Hooks that name nothing but themselves. */
export const lifecycleKinds = [
  'install',
  'start',
  'stop',
  'remove',
  'config-changed',
  'update-status',
  'upgrade-charm',
  'leader-elected',
  'leader-settings-changed',
  'pre-series-upgrade',
  'post-series-upgrade',
  'collect-metrics',
  'meter-status-changed',
] as const

/** Hooks of a relation, named `<endpoint>-relation-…`. */
export const relationKinds = ['relation-created', 'relation-joined', 'relation-changed', 'relation-departed', 'relation-broken'] as const

/** Hooks of a workload container, named `<container>-pebble-…`. */
export const pebbleKinds = ['pebble-ready', 'pebble-custom-notice', 'pebble-check-failed', 'pebble-check-recovered'] as const

/** Hooks of a secret. */
export const secretKinds = ['secret-changed', 'secret-rotate', 'secret-remove', 'secret-expired'] as const

/** Hooks of a storage, named `<storage>-storage-…`. */
export const storageKinds = ['storage-attached', 'storage-detaching'] as const

/** A hook of the unit's own life: `install`, `config-changed`, `update-status`… */
export interface LifecycleEvent {
  readonly kind: (typeof lifecycleKinds)[number]
}

/** Something happened to a relation. */
export interface RelationEvent {
  readonly kind: (typeof relationKinds)[number]
  /** `JUJU_RELATION`: the endpoint's name. */
  readonly endpoint: string
  /** The number in `JUJU_RELATION_ID` (`db:7` is 7). */
  readonly relationId: number
  /** `JUJU_REMOTE_APP`; null where Juju does not say. */
  readonly remoteApp: string | null
  /** `JUJU_REMOTE_UNIT`; null in created, broken, and where application data changed. */
  readonly remoteUnit: string | null
  /** `JUJU_DEPARTING_UNIT`: who leaves, in departed only; it may be this unit. */
  readonly departingUnit: string | null
}

/** Something happened to the Pebble of a workload container. */
export interface PebbleEvent {
  readonly kind: (typeof pebbleKinds)[number]
  /** `JUJU_WORKLOAD_NAME`. */
  readonly container: string
  /** `JUJU_NOTICE_ID`, `JUJU_NOTICE_TYPE`, `JUJU_NOTICE_KEY`: in pebble-custom-notice only. */
  readonly notice: { readonly id: string; readonly type: string; readonly key: string } | null
  /** `JUJU_PEBBLE_CHECK_NAME`: in the check hooks only. */
  readonly check: string | null
}

/** Something happened to a secret that this unit owns or reads. */
export interface SecretEvent {
  readonly kind: (typeof secretKinds)[number]
  /** `JUJU_SECRET_ID`: a URI, opaque. */
  readonly id: string
  /** `JUJU_SECRET_LABEL`: what this unit calls it; null when it has no label. */
  readonly label: string | null
  /** `JUJU_SECRET_REVISION`: in remove and expired only. */
  readonly revision: number | null
}

/** Storage came or goes. */
export interface StorageEvent {
  readonly kind: (typeof storageKinds)[number]
  /** `JUJU_STORAGE_ID`, for instance `data/0`. */
  readonly storage: string
  /** `JUJU_STORAGE_LOCATION`: a path; null when Juju does not say. */
  readonly location: string | null
  /** `JUJU_STORAGE_KIND`: `filesystem` or `block`; null when Juju does not say. */
  readonly storageKind: string | null
}

/** A person runs an action. */
export interface ActionEvent {
  readonly kind: 'action'
  /** `JUJU_ACTION_NAME`. */
  readonly name: string
  /** `JUJU_ACTION_UUID`: a small number as text. */
  readonly id: string
}

/** A hook that this framework does not know; it is reconciled like any other. */
export interface OtherEvent {
  readonly kind: 'other'
  /** The hook's name as Juju gave it. */
  readonly name: string
}

/** Why Juju started the charm. Only a hint: every event leads to the same reconcile. */
export type HookEvent = LifecycleEvent | RelationEvent | PebbleEvent | SecretEvent | StorageEvent | ActionEvent | OtherEvent
