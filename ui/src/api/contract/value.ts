export type Value = null | boolean | number | string | readonly Value[] | { readonly [key: string]: Value }

export interface ValueColumn {
  readonly name: string
  /** Feast's value type: `INT64`, `FLOAT_LIST`. */
  readonly type: string
  readonly role: 'join_key' | 'event_timestamp' | 'created_timestamp' | 'request' | 'feature'
  /** `view:feature` for features. */
  readonly ref: string | null
  /** Every value of a masked column is `null`. */
  readonly masked: boolean
}

/** `POST /preview/feature_view`: the newest rows of the view's source. */
export interface PreviewRequest {
  readonly project: string
  readonly view: string
  /** 1 to 100. */
  readonly limit: number
  /** Only rows at or before this time. */
  readonly as_of: string | null
  /** Only these join keys; INT64 as strings. */
  readonly entity: Readonly<Record<string, Value>> | null
}

export interface PreviewAnswer {
  readonly columns: readonly ValueColumn[]
  readonly rows: readonly (readonly Value[])[]
  readonly truncated: boolean
  readonly milliseconds: number
}

/** `POST /preview/statistics {project, view, features: string[] | null}`: over the newest `sampleLimit` rows. */
export interface StatisticsAnswer {
  readonly view: string
  readonly rows: string
  readonly sampled: boolean
  readonly from: string | null
  readonly to: string | null
  readonly features: readonly FeatureStatistics[]
}

export interface FeatureStatistics {
  readonly feature: string
  readonly type: string
  readonly rows: string
  readonly nulls: string
  readonly distinct: string | null
  readonly mean: number | null
  readonly stddev: number | null
  /** Probability as key: `0`, `0.01`, `0.05`, `0.25`, `0.5`, `0.75`, `0.95`, `0.99`, `1`; `null` if not numeric. */
  readonly quantiles: Readonly<Record<string, number>> | null
  /** Numeric: `edges` has one more than `counts` (at most 30). Else the ten commonest values. */
  readonly histogram:
    | { readonly kind: 'numeric'; readonly edges: readonly number[]; readonly counts: readonly number[] }
    | { readonly kind: 'values'; readonly values: readonly { readonly value: string; readonly count: number }[]; readonly other: number }
    | null
  /** Null rate and mean by day, oldest first, at most 30. */
  readonly days: readonly { readonly day: string; readonly rows: number; readonly nullRate: number; readonly mean: number | null }[]
}
