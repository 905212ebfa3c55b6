import { clone, create } from '@bufbuild/protobuf'
import { DurationSchema } from '@bufbuild/protobuf/wkt'
import type { Aggregation } from '../proto/feast/core/aggregation_pb.ts'
import { type DataSource, DataSource_SourceType } from '../proto/feast/core/data-source_pb.ts'
import type { FeatureViewSpec } from '../proto/feast/core/feature-view_pb.ts'
import type { FeatureViewProjection } from '../proto/feast/core/feature-view-projection_pb.ts'
import type { LabelViewSpec } from '../proto/feast/core/label-view_pb.ts'
import type { OnDemandFeatureViewSpec, UserDefinedFunction } from '../proto/feast/core/on-demand-feature-view_pb.ts'
import type { StreamFeatureViewSpec } from '../proto/feast/core/stream-feature-view_pb.ts'
import { type FeatureTransformationV2, FeatureTransformationV2Schema } from '../proto/feast/core/transformation_pb.ts'
import { kindOf, type RegistryMessage } from './kind.ts'
import { normalVersion } from './version.ts'

/*
 * Two writers write the same definition in different words: releases of Feast among themselves, the SQL and the file registry, and we.
 * Each function takes out one such difference, in place. Seen in rows of 0.49 and 0.67; the list: feast-compat.md §2.3, §13.
 */

const source = (message: DataSource | undefined): void => {
  if (message === undefined) return
  message.project = ''
  message.meta = undefined // times, which 0.67 invents when it reads a source that has none
  message.timestampFieldType ||= 'TIMESTAMP'
  // Python names the class of a source that it finds inside a view or a file, not of one that has a row.
  if (message.type !== DataSource_SourceType.CUSTOM_SOURCE) message.dataSourceClassType = ''
  if (message.type === DataSource_SourceType.PUSH_SOURCE && message.batchSource) {
    // 0.67 copies these from the batch source, 0.49 does not.
    message.timestampField = ''
    message.createdTimestampColumn = ''
    message.datePartitionColumn = ''
    message.fieldMapping = {}
  }
  source(message.batchSource)
}

const projection = (message: FeatureViewProjection): void => {
  message.timestampField = '' // Python puts the created column here
  message.viewType ||= 'featureView' // since 0.64
  source(message.batchSource)
  source(message.streamSource)
}

const aggregation = (message: Aggregation): void => {
  message.slideInterval ??= message.timeWindow
}

/** The code of a view once stood in another field; of stream views, Python still writes both. */
const transformation = (spec: {
  userDefinedFunction?: UserDefinedFunction | undefined
  featureTransformation?: FeatureTransformationV2 | undefined
  mode: string
}): void => {
  const { userDefinedFunction: legacy } = spec
  if (legacy && !spec.featureTransformation) {
    const { name, body, bodyText } = legacy
    spec.featureTransformation = create(FeatureTransformationV2Schema, {
      transformation: { case: 'userDefinedFunction', value: { name, body, bodyText } },
    })
  }
  spec.userDefinedFunction = undefined
  functionMode(spec)
}

/** The mode is the view's; 0.67 repeats it in the function of on-demand views, 0.49 does not. */
const functionMode = (spec: { featureTransformation?: FeatureTransformationV2 | undefined; mode: string }): void => {
  const inner = spec.featureTransformation?.transformation
  if (inner?.case !== 'userDefinedFunction') return
  spec.mode ||= inner.value.mode
  inner.value.mode = ''
}

const featureView = (spec: FeatureViewSpec): void => {
  spec.project = ''
  spec.ttl ??= create(DurationSchema) // None and timedelta(0) are the same to Python
  spec.version = normalVersion(spec.version)
  source(spec.batchSource)
  source(spec.streamSource)
  functionMode(spec)
  spec.sourceViews.forEach(featureView)
}

const streamFeatureView = (spec: StreamFeatureViewSpec): void => {
  spec.project = ''
  spec.ttl ??= create(DurationSchema)
  spec.version = normalVersion(spec.version)
  spec.features.sort((a, b) => (a.name < b.name ? -1 : 1)) // Python writes them in the order of a set
  source(spec.batchSource)
  source(spec.streamSource)
  transformation(spec)
  spec.aggregations.forEach(aggregation)
}

const onDemandFeatureView = (spec: OnDemandFeatureViewSpec): void => {
  spec.project = ''
  spec.version = normalVersion(spec.version)
  transformation(spec)
  spec.aggregations.forEach(aggregation)
  for (const { source: from } of Object.values(spec.sources)) {
    if (from.case === 'requestDataSource') source(from.value)
    if (from.case === 'featureViewProjection') projection(from.value)
    if (from.case === 'featureView') {
      from.value.meta = undefined
      if (from.value.spec) featureView(from.value.spec)
    }
  }
}

const labelView = (spec: LabelViewSpec): void => {
  spec.project = ''
  spec.ttl ??= create(DurationSchema)
  source(spec.source)
}

/**
 * A copy of a message that is the same for the same definition, whoever wrote it. It is for comparing; it is never stored.
 * Times, states, intervals and the project, which the row tells, are gone from it.
 */
export const canonical = <Message extends RegistryMessage>(original: Message): Message => {
  const copy: RegistryMessage = clone(kindOf(original).schema, original)
  switch (copy.$typeName) {
    case 'feast.core.DataSource':
      source(copy)
      break
    case 'feast.core.ValidationReference':
      copy.project = ''
      break
    case 'feast.core.FeatureView':
      if (copy.spec) featureView(copy.spec)
      break
    case 'feast.core.StreamFeatureView':
      if (copy.spec) streamFeatureView(copy.spec)
      break
    case 'feast.core.OnDemandFeatureView':
      if (copy.spec) onDemandFeatureView(copy.spec)
      break
    case 'feast.core.LabelView':
      if (copy.spec) labelView(copy.spec)
      break
    case 'feast.core.FeatureService':
      if (copy.spec) copy.spec.project = ''
      copy.spec?.features.forEach(projection)
      break
    case 'feast.core.Permission':
      if (copy.spec) {
        copy.spec.project = ''
        copy.spec.types.sort((a, b) => a - b)
        copy.spec.actions.sort((a, b) => a - b)
        if (copy.spec.policy) copy.spec.policy.project = ''
      }
      break
    case 'feast.core.SavedDataset':
      if (copy.spec) {
        copy.spec.project = ''
        copy.spec.features.sort()
        copy.spec.joinKeys.sort()
      }
      if (copy.meta) {
        copy.meta.createdTimestamp = undefined
        copy.meta.lastUpdatedTimestamp = undefined
      }
      break
    case 'feast.core.Entity':
      if (copy.spec) copy.spec.project = ''
      break
    case 'feast.core.Project':
      break
  }
  if (copy.$typeName !== 'feast.core.SavedDataset' && copy.$typeName !== 'feast.core.ValidationReference') copy.meta = undefined
  // A clone is of its original's type.
  return copy as Message
}
