import type { Bag, PortRange } from './model.ts'
import type { SecretOwner } from './secret.ts'

/** What a tool changes at once: it stays, even when the hook fails (juju-tools.md §2). */
export type Change =
  | { readonly kind: 'unit-status'; readonly unit: string; readonly status: string; readonly message: string }
  | { readonly kind: 'application-status'; readonly unit: string; readonly status: string; readonly message: string }
  | { readonly kind: 'workload-version'; readonly unit: string; readonly version: string }
  | { readonly kind: 'leader-settings'; readonly unit: string; readonly settings: Bag }
  | { readonly kind: 'action-message'; readonly action: string; readonly message: string }
  | { readonly kind: 'secret-id-reserved'; readonly id: string }
  | { readonly kind: 'secret-consumed'; readonly unit: string; readonly id: string; readonly revision: number; readonly label: string }
  | { readonly kind: 'secret-relabelled'; readonly id: string; readonly label: string }

/** A port that a hook opens or closes at its end. */
export interface PortChange {
  readonly endpoint: string
  readonly range: PortRange
}

/** Databags that a hook sends whole at its end; deleted keys are `''`, null is a bag that does not change. */
export interface RelationChange {
  readonly relation: number
  readonly unit: Bag | null
  readonly application: Bag | null
}

/** What `secret-add` and `secret-set` give; undefined leaves it. Content in base64. */
export interface SecretFields {
  readonly label?: string | undefined
  readonly description?: string | undefined
  readonly rotate?: string | undefined
  readonly expire?: string | undefined
  readonly content?: Bag | undefined
}

/** A secret's URI as it was given: the model is empty where the text had none. */
export interface SecretUri {
  readonly model: string
  readonly id: string
}

/** Access that a hook gives or takes: tags as Juju writes them. */
export interface AccessChange {
  readonly uri: SecretUri
  readonly subject: string
  readonly scope: string
}

/** What a hook asks of the controller at its end, as one request (juju-tools.md §3). */
export interface Commit {
  readonly unit: string
  /** Only `config-changed` asks for it. */
  readonly networkInfo: boolean
  /** Only the leader's `upgrade-charm` on Kubernetes does. */
  readonly upgradeCount: boolean
  readonly relations: readonly RelationChange[]
  readonly openPorts: readonly PortChange[]
  readonly closePorts: readonly PortChange[]
  readonly charmState: Bag | null
  readonly storage: readonly { readonly name: string; readonly count: number }[]
  readonly secretCreates: readonly (SecretFields & { readonly uri: SecretUri; readonly owner: SecretOwner; readonly content: Bag })[]
  readonly secretUpdates: readonly (SecretFields & { readonly uri: SecretUri })[]
  readonly secretTrackLatest: readonly string[]
  readonly secretGrants: readonly AccessChange[]
  readonly secretRevokes: readonly AccessChange[]
  readonly secretDeletes: readonly { readonly uri: SecretUri; readonly revisions: readonly number[] | null }[]
}

/** How an action ended. */
export interface ActionResult {
  readonly action: string
  readonly status: 'completed' | 'failed'
  readonly message: string
  readonly results: ActionResults
}

/** Nested results of `action-set`. */
export interface ActionResults {
  readonly [key: string]: string | ActionResults
}

/** A reboot that a hook asked for: at its end, or at once. */
export type RebootRequest = 'after-hook' | 'now'

/** A line of the model's log. */
export interface LogLine {
  readonly level: string
  readonly module: string
  readonly message: string
}
