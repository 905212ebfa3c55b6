import type { Value, ValueColumn } from './value.ts'

/** `POST /online/explain`: what the online store answers, and with `twin` why the offline store would answer otherwise. */
export interface OnlineRequest {
  readonly project: string
  /** One of the two is `null`. */
  readonly features: readonly string[] | null
  readonly feature_service: string | null
  /** 1 to 100 rows; join keys and request data; INT64 as strings. */
  readonly entities: readonly Readonly<Record<string, Value>>[]
  readonly full_feature_names: boolean
  readonly twin: boolean
}

export type OnlineStatus = 'PRESENT' | 'NULL_VALUE' | 'NOT_FOUND' | 'OUTSIDE_MAX_AGE'

export type ReasonCode =
  | 'equal'
  | 'expired_by_ttl'
  | 'never_materialized'
  | 'materialized_before_event'
  | 'pushed_newer'
  | 'entity_unknown'
  | 'transform_differs'
  | 'type_coerced'
  | 'no_permission'

export interface OnlineCell {
  readonly value: Value
  readonly status: OnlineStatus
  readonly eventTime: string | null
  /** `null` without `twin`, and for join keys. */
  readonly twin: OnlineTwin | null
}

export interface OnlineTwin {
  readonly value: Value
  readonly eventTime: string | null
  readonly reason: ReasonCode
  /** The end of the newest interval materialized for the view, for the sentence of the reason. */
  readonly materializedTo: string | null
  readonly ttlSeconds: number | null
}

export interface OnlineAnswer {
  readonly columns: readonly ValueColumn[]
  /** As the entity rows, in their order. */
  readonly rows: readonly (readonly OnlineCell[])[]
  readonly at: string
  readonly milliseconds: {
    readonly parse: number
    readonly store: number
    readonly transform: number
    readonly encode: number
    readonly total: number
  }
}

/**
 * `GET /online/inputs?project=&features=a:b&features=c:d` or `&feature_service=`, and `full_feature_names=true`: what a row must
 * hold, typed. Features of equal names are no error here: what a row holds does not depend on how the answer is named.
 */
export interface OnlineInputs {
  readonly inputs: readonly {
    readonly name: string
    readonly type: string
    readonly role: 'join_key' | 'request'
    readonly entity: string | null
  }[]
  readonly features: readonly { readonly ref: string; readonly name: string; readonly type: string }[]
}
