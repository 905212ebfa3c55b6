import { create } from '@bufbuild/protobuf'
import { dummyEntityName, type Entity } from '../definition/entity.ts'
import { type FeatureView, featureView, type StreamFeatureView, streamFeatureView } from '../definition/feature-view.ts'
import { schemaOf } from '../definition/field.ts'
import type { BatchSource, StreamSource } from '../definition/source.ts'
import { storeError } from '../errors.ts'
import type { FeatureSpecV2 } from '../proto/feast/core/feature_pb.ts'
import {
  type FeatureView as FeatureViewMessage,
  FeatureViewSchema,
  type FeatureViewSpec,
  FeatureViewSpecSchema,
} from '../proto/feast/core/feature-view_pb.ts'
import {
  type StreamFeatureView as StreamFeatureViewMessage,
  StreamFeatureViewSchema,
  type StreamFeatureViewSpec,
} from '../proto/feast/core/stream-feature-view_pb.ts'
import { describedMessage, describedOf } from './described.ts'
import { entitiesOf, type FindEntity } from './entity.ts'
import { fieldMessage, fieldOf } from './field.ts'
import { batchSourceOf, nestedSourceMessage, streamSourceOf } from './source.ts'
import { durationMessage, durationOf } from './time.ts'
import { aggregationMessage, aggregationOf, transformationMessage, transformationOf } from './transformation.ts'

/** The names of a view's entities as Feast stores them. */
export const entityNames = (entities: readonly Entity[]): string[] =>
  entities.length === 0 ? [dummyEntityName] : entities.map((entity) => entity.name)

const sharedMessage = (view: FeatureView | StreamFeatureView, project: string) => ({
  name: view.name,
  project,
  entities: entityNames(view.entities),
  entityColumns: view.entityColumns.map(fieldMessage),
  ...describedMessage(view),
  // Feast reads no ttl and a ttl of nothing alike, and rewrites the former on every apply.
  ttl: durationMessage(view.ttl ?? { microseconds: 0n }),
  ...(view.source === undefined ? {} : { batchSource: nestedSourceMessage(view.source) }),
  ...(view.streamSource === undefined ? {} : { streamSource: nestedSourceMessage(view.streamSource) }),
  online: view.online,
  ...(view.transformation === undefined ? {} : { featureTransformation: transformationMessage(view.transformation) }),
  mode: view.mode,
  enableValidation: view.enableValidation,
  version: view.version,
  org: view.org,
  disabled: view.disabled,
})

const specMessage = (view: FeatureView, project: string): FeatureViewSpec =>
  create(FeatureViewSpecSchema, {
    ...sharedMessage(view, project),
    features: view.fields.map(fieldMessage),
    offline: view.offline,
    sourceViews: view.sourceViews.map((source) => specMessage(source, project)),
  })

/** A feature view as Feast's message. */
export const featureViewMessage = (view: FeatureView, project: string): FeatureViewMessage =>
  create(FeatureViewSchema, { spec: specMessage(view, project) })

/** A stream feature view as Feast's message; its features include the join keys, as Feast's do. */
export const streamFeatureViewMessage = (view: StreamFeatureView, project: string): StreamFeatureViewMessage =>
  create(StreamFeatureViewSchema, {
    spec: {
      ...sharedMessage(view, project),
      features: [...view.entityColumns, ...view.fields].map(fieldMessage),
      aggregations: view.aggregations.map(aggregationMessage),
      timestampField: view.timestampField,
      enableTiling: view.enableTiling,
      ...(view.tilingHopSize === undefined ? {} : { tilingHopSize: durationMessage(view.tilingHopSize) }),
    },
  })

/** A stream source without a batch source of its own has the view's, which is where Feast looks too. */
const sourceOfView = (spec: FeatureViewSpec | StreamFeatureViewSpec): BatchSource | StreamSource | undefined => {
  const batchSource = batchSourceOf(spec.batchSource)
  const stream = streamSourceOf(spec.streamSource)
  return stream === undefined ? batchSource : Object.freeze({ ...stream, batchSource: stream.batchSource ?? batchSource })
}

const sharedOf = (spec: FeatureViewSpec | StreamFeatureViewSpec, find: FindEntity) => {
  const columns = spec.entityColumns.map(fieldOf)
  const keys = new Set(columns.map((column) => column.name))
  const features: FeatureSpecV2[] = spec.features.filter((feature) => !keys.has(feature.name))
  const ttl = durationOf(spec.ttl)
  const transformation = transformationOf(spec.featureTransformation, 'userDefinedFunction' in spec ? spec.userDefinedFunction : undefined)
  return {
    name: spec.name,
    entities: entitiesOf(spec.entities, columns, find),
    schema: schemaOf(features.map(fieldOf)),
    ...describedOf(spec),
    ...(ttl === undefined || ttl.microseconds === 0n ? {} : { ttl }),
    online: spec.online,
    ...(transformation === undefined ? {} : { transformation }),
    mode: spec.mode,
    enableValidation: spec.enableValidation,
    version: spec.version === '' ? 'latest' : spec.version,
    org: spec.org,
    disabled: spec.disabled,
  }
}

const specOf = (spec: FeatureViewSpec, find: FindEntity): FeatureView => {
  const source = sourceOfView(spec)
  return featureView({
    ...sharedOf(spec, find),
    ...(source === undefined ? {} : { source }),
    offline: spec.offline,
    sourceViews: spec.sourceViews.map((view) => specOf(view, find)),
  })
}

/** A feature view read from Feast's message. */
export const featureViewOf = (message: FeatureViewMessage, find: FindEntity): FeatureView => {
  if (message.spec === undefined) throw storeError('STORE_REGISTRY_ROW_UNREADABLE', ['feature view', '', 'it has no spec'])
  return specOf(message.spec, find)
}

/** A stream feature view read from Feast's message. */
export const streamFeatureViewOf = (message: StreamFeatureViewMessage, find: FindEntity): StreamFeatureView => {
  const { spec } = message
  if (spec === undefined) throw storeError('STORE_REGISTRY_ROW_UNREADABLE', ['stream feature view', '', 'it has no spec'])
  const source = sourceOfView(spec)
  if (source === undefined) throw storeError('STORE_REGISTRY_ROW_UNREADABLE', ['stream feature view', spec.name, 'it has no stream source'])
  return streamFeatureView({
    ...sharedOf(spec, find),
    source,
    aggregations: spec.aggregations.map(aggregationOf),
    timestampField: spec.timestampField,
    enableTiling: spec.enableTiling,
    ...(spec.tilingHopSize === undefined ? {} : { tilingHopSize: durationOf(spec.tilingHopSize) ?? { microseconds: 0n } }),
  })
}
