import { storeError } from '../errors.ts'
import { type Described, type DescribedSpec, described } from './described.ts'
import type { Duration } from './duration.ts'
import { dummyJoinKey, type Entity, type KeysOf } from './entity.ts'
import { type Field, plainField, type Schema } from './field.ts'
import type { BatchSource, StreamSource } from './source.ts'
import type { Aggregation, StoredTransformation } from './transformation.ts'
import { string } from './value-type.ts'
import { type NoFields, type View, viewNameFault, viewOf } from './view.ts'

/** What views with sources of their own share. */
interface StoredView extends Described {
  readonly entities: readonly Entity[]
  /** The join keys with their types; Feast's dummy key for a view without entities. */
  readonly entityColumns: readonly Field[]
  /** How long a value counts, at most, after its event time; undefined or zero: for ever. */
  readonly ttl: Duration | undefined
  readonly source: BatchSource | undefined
  readonly streamSource: StreamSource | undefined
  /** Whether the view is materialized into the online store. */
  readonly online: boolean
  /** Whether pushed rows also go to the offline store. */
  readonly offline: boolean
  /** Carried for Feast's batch views: what made the source's rows. */
  readonly transformation: StoredTransformation | undefined
  readonly mode: string
  readonly enableValidation: boolean
  /** `latest`, or a pinned version such as `v2`. */
  readonly version: string
  readonly org: string
  /** A disabled view is listed and serves nothing. */
  readonly disabled: boolean
}

/** Features of entities, read from a source by event time. Feast's FeatureView, and its BatchFeatureView, which is one with a mode. */
export type FeatureView<Name extends string = string, E extends readonly Entity[] = readonly Entity[], S extends Schema = Schema> = View<
  Name,
  S,
  KeysOf<E>,
  NoFields
> &
  StoredView & {
    readonly kind: 'feature-view'
    readonly entities: E
    /** The views that this one is derived from. */
    readonly sourceViews: readonly FeatureView[]
  }

/** Features that arrive through a stream. Feast's StreamFeatureView. */
export type StreamFeatureView<
  Name extends string = string,
  E extends readonly Entity[] = readonly Entity[],
  S extends Schema = Schema,
> = View<Name, S, KeysOf<E>, NoFields> &
  StoredView & {
    readonly kind: 'stream-feature-view'
    readonly entities: E
    readonly aggregations: readonly Aggregation[]
    readonly timestampField: string
    readonly enableTiling: boolean
    readonly tilingHopSize: Duration | undefined
  }

/** What a feature view may say, kinds alike. `source` is where history is; a push or stream source brings its batch source along. */
export interface FeatureViewSpec<Name extends string, E extends readonly Entity[], S extends Schema> extends DescribedSpec {
  readonly name: Name
  readonly entities: E
  /** Left out: what the source has, as apply finds it, beside keys and times. Such features are asked for by text, or after `feast generate`. */
  readonly schema?: S
  /** May be left out by a view that is derived from others and by one that is only ever written to. */
  readonly source?: BatchSource | StreamSource
  readonly ttl?: Duration
  readonly online?: boolean
  readonly offline?: boolean
  readonly transformation?: StoredTransformation
  readonly mode?: string
  readonly enableValidation?: boolean
  readonly version?: string
  readonly org?: string
  readonly disabled?: boolean
}

const isStream = (source: BatchSource | StreamSource | undefined): source is StreamSource =>
  source?.kind === 'push-source' || source?.kind === 'kafka-source' || source?.kind === 'kinesis-source'

const checkView = (kind: string, spec: FeatureViewSpec<string, readonly Entity[], Schema>): void => {
  const fault = (why: string) => storeError('STORE_DEFINITION_INVALID', [kind, spec.name, why])
  const nameFault = viewNameFault(spec.name)
  if (nameFault !== undefined) throw fault(nameFault)
  const keys = spec.entities.map((entity) => entity.joinKey)
  const twice = keys.find((key, index) => keys.indexOf(key) !== index)
  if (twice !== undefined) throw fault(`two of its entities have the join key "${twice}"`)
  const mapped = Object.entries(spec.source?.fieldMapping ?? {}).find(([column]) => column in (spec.schema ?? {}))
  if (mapped !== undefined)
    throw fault(`field "${mapped[0]}" is a source column that the source maps to "${mapped[1]}"; use "${mapped[1]}"`)
  const vectors = Object.values(spec.schema ?? {}).filter((type) => type.options?.vectorIndex === true)
  if (vectors.length > 1) throw fault('only one field may have a vector index')
  if (spec.ttl !== undefined && spec.ttl.microseconds < 0n) throw fault('its ttl is negative')
}

const entityColumnsOf = (entities: readonly Entity[]): readonly Field[] =>
  Object.freeze(
    entities.length === 0 ? [plainField(dummyJoinKey, string)] : entities.map(({ joinKey, valueType }) => plainField(joinKey, valueType)),
  )

/** A join key that the schema names as well is a key and no feature, as in Feast. */
const featuresOf = <S extends Schema>(entities: readonly Entity[], schema: S | undefined): S => {
  const keys = new Set(entities.map((entity) => entity.joinKey))
  // The keys were never features for the compiler either: their references would ask for what a row already has.
  return Object.freeze(Object.fromEntries(Object.entries(schema ?? {}).filter(([name]) => !keys.has(name)))) as S
}

const storedView = (spec: FeatureViewSpec<string, readonly Entity[], Schema>): StoredView => ({
  ...described(spec),
  entities: Object.freeze([...spec.entities]),
  entityColumns: entityColumnsOf(spec.entities),
  ttl: spec.ttl,
  source: isStream(spec.source) ? spec.source.batchSource : spec.source,
  streamSource: isStream(spec.source) ? spec.source : undefined,
  online: spec.online ?? true,
  offline: spec.offline ?? false,
  transformation: spec.transformation,
  mode: spec.mode ?? '',
  enableValidation: spec.enableValidation ?? false,
  version: spec.version ?? 'latest',
  org: spec.org ?? '',
  disabled: spec.disabled ?? false,
})

/** A view with the fields that its source was found to have. */
export const withFields = (view: FeatureView | StreamFeatureView, schema: Schema): FeatureView | StreamFeatureView => {
  const fields = viewOf<string, Schema, KeysOf<readonly Entity[]>, NoFields>('feature view', view.name, featuresOf(view.entities, schema))
  return view.kind === 'feature-view' ? Object.freeze({ ...view, ...fields }) : Object.freeze({ ...view, ...fields })
}

/**
 * Defines features of entities, read from a source by event time.
 *
 * @throws STORE_DEFINITION_INVALID for a name with `@` or `:`, entities that share a join key, a field that the source maps away
 *
 * @example
 * const stats = featureView({
 *   name: 'driver_hourly_stats',
 *   entities: [driver],
 *   ttl: days(1),
 *   schema: { conv_rate: float32, avg_daily_trips: int64 },
 *   source: postgresSource({ table: 'driver_stats', timestampField: 'event_timestamp' }),
 * })
 */
export const featureView = <const Name extends string, const E extends readonly Entity[], S extends Schema = NoFields>(
  spec: FeatureViewSpec<Name, E, S> & { readonly sourceViews?: readonly FeatureView[] },
): FeatureView<Name, E, S> => {
  checkView('feature view', spec)
  return Object.freeze({
    kind: 'feature-view',
    ...viewOf<Name, S, KeysOf<E>, NoFields>('feature view', spec.name, featuresOf(spec.entities, spec.schema)),
    ...storedView(spec),
    entities: spec.entities,
    sourceViews: Object.freeze([...(spec.sourceViews ?? [])]),
  })
}

/**
 * Defines features that arrive through a stream: pushed, or from Kafka or Kinesis. Its aggregations and transformation are kept for
 * those who run them.
 *
 * @throws STORE_DEFINITION_INVALID as {@link featureView}, and without a stream source
 */
export const streamFeatureView = <const Name extends string, const E extends readonly Entity[], S extends Schema = NoFields>(
  spec: FeatureViewSpec<Name, E, S> & {
    readonly aggregations?: readonly Aggregation[]
    readonly timestampField?: string
    readonly enableTiling?: boolean
    readonly tilingHopSize?: Duration
  },
): StreamFeatureView<Name, E, S> => {
  checkView('stream feature view', spec)
  if (!isStream(spec.source)) throw storeError('STORE_DEFINITION_INVALID', ['stream feature view', spec.name, 'its source is not a stream'])
  return Object.freeze({
    kind: 'stream-feature-view',
    ...viewOf<Name, S, KeysOf<E>, NoFields>('stream feature view', spec.name, featuresOf(spec.entities, spec.schema)),
    ...storedView(spec),
    entities: spec.entities,
    aggregations: Object.freeze([...(spec.aggregations ?? [])]),
    timestampField: spec.timestampField ?? '',
    enableTiling: spec.enableTiling ?? false,
    tilingHopSize: spec.tilingHopSize,
  })
}
