import type { Definitions, Kind, ObjectRef } from './object.ts'
import type { Value } from './value.ts'

/** One wish. `patch` is a JSON merge patch over the object as `GET …/{name}` answers it (`{"spec": {"description": "x"}}`). */
export type Change =
  | { readonly action: 'patch'; readonly kind: Kind; readonly name: string; readonly patch: { readonly [key: string]: Value } }
  | { readonly action: 'create'; readonly kind: Kind; readonly name: string; readonly object: { readonly [key: string]: Value } }
  | { readonly action: 'delete'; readonly kind: Kind; readonly name: string }

/** `POST /plan`: changes nothing. `undo` (of {@link ApplyAnswer}) instead of changes plans going back. */
export interface PlanRequest {
  readonly project: string
  readonly changes: readonly Change[]
  readonly undo: string | null
}

export interface Plan {
  /** To be sent as `If-Match: "<version>"` with apply. */
  readonly version: string
  readonly changes: readonly PlannedChange[]
  readonly infra: readonly { readonly action: 'create' | 'change' | 'drop'; readonly what: string }[]
  readonly warnings: readonly PlanWarning[]
  /** The changed objects as code. */
  readonly definitions: Definitions
}

export interface PlannedChange {
  readonly action: 'create' | 'update' | 'delete' | 'unchanged'
  readonly kind: Kind
  readonly name: string
  readonly fields: readonly FieldChange[]
}

export interface FieldChange {
  /** `spec.ttl`, `spec.features[conv_rate].valueType`. */
  readonly path: string
  readonly before: Value
  readonly after: Value
}

export interface PlanWarning {
  readonly level: 'info' | 'warn' | 'danger'
  /** The sentence a person reads. */
  readonly text: string
  readonly object: ObjectRef | null
}

/** `POST /apply` with `If-Match`; 412 {@link ApiError} when the registry has moved on, 428 without `If-Match`. */
export type ApplyRequest = PlanRequest

export interface ApplyAnswer {
  readonly version: string
  readonly applied: number
  /** Give it to {@link PlanRequest.undo}; `null` when it cannot be undone. */
  readonly undo: string | null
}

/** `GET /changes?project=&object=kind:name&limit=&objects=`: newest first, each with at most `objects` of its `objectCount` objects. Without our records, from the objects' own times (`user` null). */
export interface ChangesAnswer {
  readonly changes: readonly {
    readonly version: string | null
    readonly at: string
    readonly user: string | null
    readonly objects: readonly { readonly action: 'create' | 'update' | 'delete'; readonly kind: Kind; readonly name: string }[]
    readonly objectCount: number
  }[]
}

/** `GET /feature_views/{name}/versions?project=`: newest first; `[]` where the registry keeps none. */
export interface VersionsAnswer {
  readonly versions: readonly {
    readonly version: number
    readonly createdAt: string
    readonly description: string
    readonly current: boolean
    /** As under `spec` of `GET /feature_views/{name}`. */
    readonly spec: { readonly [key: string]: Value }
  }[]
}
