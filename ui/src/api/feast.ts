/**
 * The shapes of Feast's REST registry API that the pages lean on: protobuf as JSON, defaults left out, enums by name, 64-bit
 * integers as strings, durations as `"86400s"`. Observed on Feast 0.67.
 */
import type { Computed, Definitions, Pagination } from './contract.ts'

export type Tags = Readonly<Record<string, string>>

export interface Meta {
  readonly createdTimestamp?: string
  readonly lastUpdatedTimestamp?: string
}

export interface Field {
  readonly name: string
  readonly valueType?: string
  readonly description?: string
  readonly tags?: Tags
  readonly vectorIndex?: boolean
  readonly vectorLength?: number
}

/** What every kind has beside its own members. */
export interface Item<Spec, M extends Meta = Meta> {
  readonly spec: Spec
  readonly meta?: M
  /** Only in answers across projects. */
  readonly project?: string
  readonly computed?: Computed
  readonly featureDefinition?: string
  readonly definitions?: Definitions
}

interface Described {
  readonly name: string
  readonly project?: string
  readonly description?: string
  readonly owner?: string
  readonly tags?: Tags
}

export type Project = Item<Described>

export interface EntitySpec extends Described {
  readonly valueType?: string
  readonly joinKey?: string
}
export type Entity = Item<EntitySpec>

/** Data sources come flat, without `spec`. */
export interface DataSource extends Described {
  readonly type?: string
  readonly timestampField?: string
  readonly createdTimestampColumn?: string
  readonly datePartitionColumn?: string
  readonly fieldMapping?: Tags
  readonly dataSourceClassType?: string
  readonly batchSource?: DataSource
  readonly meta?: Meta
  readonly computed?: Computed
  readonly featureDefinition?: string
  readonly definitions?: Definitions
  readonly customOptions?: { readonly configuration?: string }
  readonly requestDataOptions?: { readonly schema?: readonly Field[] }
  readonly fileOptions?: { readonly uri?: string }
  readonly kafkaOptions?: { readonly kafkaBootstrapServers?: string; readonly topic?: string }
  readonly kinesisOptions?: { readonly region?: string; readonly streamName?: string }
  readonly [options: string]: unknown
}

export interface Interval {
  readonly startTime: string
  readonly endTime: string
}

export interface ViewMeta extends Meta {
  readonly materializationIntervals?: readonly Interval[]
  readonly currentVersionNumber?: number
  readonly state?: string
}

export interface OnDemandSource {
  readonly featureView?: { readonly spec: FeatureViewSpec }
  readonly featureViewProjection?: Projection
  readonly requestDataSource?: DataSource
}

export interface FeatureViewSpec extends Described {
  readonly entities?: readonly string[]
  readonly features?: readonly Field[]
  readonly entityColumns?: readonly Field[]
  readonly ttl?: string
  readonly online?: boolean
  readonly offline?: boolean
  readonly mode?: string
  readonly version?: string
  readonly batchSource?: DataSource
  readonly streamSource?: DataSource
  /** Label views only. */
  readonly source?: DataSource
  readonly labelerField?: string
  readonly conflictPolicy?: string
  readonly labelingMethod?: string
  readonly referenceFeatureView?: string
  /** On-demand views: by name of the source. */
  readonly sources?: Readonly<Record<string, OnDemandSource>>
  readonly featureTransformation?: { readonly userDefinedFunction?: UserDefinedFunction }
  readonly userDefinedFunction?: UserDefinedFunction
  readonly aggregations?: readonly { readonly column?: string; readonly function?: string; readonly timeWindow?: string }[]
}

export interface UserDefinedFunction {
  readonly name?: string
  readonly bodyText?: string
  readonly mode?: string
}

export type ViewType = 'featureView' | 'onDemandFeatureView' | 'streamFeatureView' | 'labelView'

export interface FeatureView extends Item<FeatureViewSpec, ViewMeta> {
  readonly type?: ViewType
}

export interface Projection {
  readonly featureViewName: string
  readonly featureViewNameAlias?: string
  readonly featureColumns?: readonly Field[]
  readonly joinKeyMap?: Tags
  readonly viewType?: string
}

export interface FeatureServiceSpec extends Described {
  readonly features?: readonly Projection[]
  readonly loggingConfig?: unknown
}
export type FeatureService = Item<FeatureServiceSpec>

/** Features come flat, with Feast's class names as types (`Float32`). */
export interface Feature {
  readonly name: string
  readonly featureView: string
  readonly type?: string
  readonly description?: string
  readonly tags?: Tags
  readonly owner?: string
  readonly project?: string
  readonly computed?: Computed
}

export interface SavedDatasetSpec extends Described {
  readonly features?: readonly string[]
  readonly joinKeys?: readonly string[]
  readonly fullFeatureNames?: boolean
  readonly storage?: Readonly<Record<string, unknown>>
  readonly featureServiceName?: string
}
export type SavedDataset = Item<SavedDatasetSpec, Meta & { readonly minEventTimestamp?: string; readonly maxEventTimestamp?: string }>

export interface PermissionSpec extends Described {
  readonly types?: readonly string[]
  readonly namePatterns?: readonly string[]
  readonly actions?: readonly string[]
  readonly requiredTags?: Tags
  readonly policy?: {
    readonly roleBasedPolicy?: { readonly roles?: readonly string[] }
    readonly groupBasedPolicy?: { readonly groups?: readonly string[] }
    readonly namespaceBasedPolicy?: { readonly namespaces?: readonly string[] }
    readonly combinedGroupNamespacePolicy?: { readonly groups?: readonly string[]; readonly namespaces?: readonly string[] }
  }
}
export type Permission = Item<PermissionSpec>

export interface Relationship {
  readonly source: { readonly type: string; readonly name: string }
  readonly target: { readonly type: string; readonly name: string }
}

export interface Relationships {
  readonly relationships: readonly Relationship[]
  readonly pagination?: Pagination
}

export interface ComputeEngines {
  readonly engine: {
    readonly engineType?: string
    readonly engineClass?: string
    readonly config?: Readonly<Record<string, unknown>>
    readonly featureViewCount?: number
    readonly project?: string
  }
  readonly featureViews: readonly {
    readonly name: string
    readonly type: string
    readonly online: boolean
    readonly lastMaterialized: string | null
    readonly hasOverride?: boolean
    readonly overrides?: unknown
  }[]
}
