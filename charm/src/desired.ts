import type { SecretMetadata, SecretOwner } from './hook-tool/secret.ts'
import type { TextMap } from './hook-tool/text-map.ts'
import type { KubernetesObject, ObjectReference } from './kubernetes/object.ts'
import type { CharmMetadata, ContainerOf } from './metadata.ts'
import type { Ownership } from './pebble/file.ts'
import type { Layer } from './pebble/layer.ts'
import type { ServiceInfo } from './pebble/service.ts'
import type { RelationName } from './relation.ts'
import type { SecretUri } from './secret.ts'
import type { Status } from './status.ts'

/** A file as it shall be. Folders on the way are made. Permissions and owner are compared only when said. */
export interface DesiredFile extends Ownership {
  readonly content: string
  /** By default 0644. */
  readonly permissions?: number
}

/** A workload container as it shall be. Nothing is done while its Pebble does not answer. */
export interface DesiredContainer {
  /** Files by path. Those of other paths are left alone. */
  readonly files?: Readonly<Record<string, DesiredFile>>
  /** Folders that hold exactly these files, by path below the folder; whatever else is in them goes. */
  readonly folders?: Readonly<Record<string, Readonly<Record<string, DesiredFile>>>>
  /** Files that shall not be there. */
  readonly absent?: readonly string[]
  /**
   * Layers by label. Each is added when the plan does not say so yet; then, or when an enabled service of them does not run, comes a replan.
   * A service that shall restart with its file takes the file's hash into its `environment`.
   */
  readonly layers?: Readonly<Record<string, Layer>>
  /** Services that shall not run, whatever the plan says. */
  readonly stopped?: readonly string[]
}

/** A databag as it shall be, key by key: a text, the URI of an own secret, or null for: not there. Keys that are not named stay as they are. */
export type DesiredBag = Readonly<Record<string, string | SecretUri | null>>

/** The own side of a relation as it shall be. */
export interface DesiredRelation {
  readonly relation: RelationName
  /** The application's databag. Only the leader writes it: on other units this is passed over. */
  readonly app?: DesiredBag
  /** This unit's databag. */
  readonly unit?: DesiredBag
}

/** An own secret as it shall be; known by its label. The application's are passed over on units that do not lead. */
export interface DesiredSecret extends Omit<SecretMetadata, 'label'> {
  readonly label: string
  readonly owner: SecretOwner
  readonly content: TextMap
  /** The relations whose other side may read it; every other grant is taken back. */
  readonly grants: readonly RelationName[]
}

/** The own secrets as they shall be. */
export interface DesiredSecrets {
  /** Which labels this speaks of: own secrets with such a label that are not in `present` are removed. */
  readonly owns: (label: string) => boolean
  readonly present: readonly DesiredSecret[]
}

/** An object of Kubernetes as it shall be. */
export type DesiredObject =
  /** Has what is said here (server-side apply; made when it is not there). */
  | { readonly kind: 'apply'; readonly object: KubernetesObject }
  /** Has what is said here, if it is there at all (JSON merge patch: null takes a field away, a list replaces the list). */
  | { readonly kind: 'merge'; readonly object: KubernetesObject }
  /** Is not there. */
  | { readonly kind: 'absent'; readonly object: ObjectReference }

/** A workload container after the writes. */
export interface AppliedContainer {
  readonly reachable: boolean
  /** All services of the plan, whoever's layer they come from. */
  readonly services: readonly ServiceInfo[]
  /** What could not be written; null when all was. */
  readonly failure: Error | null
}

/** An object of Kubernetes that could not be read or written. */
export interface FailedObject {
  readonly object: ObjectReference
  /** A {@link KubernetesError} when the API server said no. */
  readonly failure: Error
}

/** How the writes to containers and Kubernetes went; those to Juju have no say: when they fail, the hook fails. */
export interface Applied<Metadata extends CharmMetadata = CharmMetadata> {
  /** By name, the containers that the charm spoke of in {@link Desired}. */
  readonly containers: Readonly<Partial<Record<ContainerOf<Metadata>, AppliedContainer>>>
  readonly failedObjects: readonly FailedObject[]
}

/** Statuses to choose the worst of; or a pure function that gives them, once it is known how the writes went. */
export type DesiredStatus<Metadata extends CharmMetadata> = readonly Status[] | ((applied: Applied<Metadata>) => readonly Status[])

/**
 * What a charm wants the world to look like. What is left out stays as it is. The framework writes only what differs, in this order:
 * files, layers, replan, objects of Kubernetes, ports, secrets, relation data, version, statuses.
 */
export interface Desired<Metadata extends CharmMetadata = CharmMetadata> {
  readonly containers?: Readonly<Partial<Record<ContainerOf<Metadata>, DesiredContainer>>>
  readonly objects?: readonly DesiredObject[]
  /** All ports that shall be open, as Juju writes them (`8888/tcp`); others are closed. */
  readonly ports?: readonly string[]
  readonly secrets?: DesiredSecrets
  readonly relations?: readonly DesiredRelation[]
  /** The workload's version. Juju cannot be asked for it: it is written in hooks that may bring a new one, never in update-status. */
  readonly version?: string
  /**
   * What this unit is like: the worst of them is set. A list does not have to speak of writes that fail: the framework adds a status for each.
   * A function answers for them itself.
   */
  readonly unitStatus?: DesiredStatus<Metadata>
  /** What the application is like. Only the leader sets it: on other units this is passed over. */
  readonly applicationStatus?: DesiredStatus<Metadata>
}
