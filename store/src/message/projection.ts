import { create } from '@bufbuild/protobuf'
import type { AnyStoredView } from '../definition/definition.ts'
import type { Field } from '../definition/field.ts'
import type { OnDemandFeatureView } from '../definition/on-demand-feature-view.ts'
import type { BatchSource } from '../definition/source.ts'
import { type FeatureViewProjection, FeatureViewProjectionSchema } from '../proto/feast/core/feature-view-projection_pb.ts'
import { fieldMessage } from './field.ts'
import { nestedSourceMessage } from './source.ts'

/** Any view that a projection may be of. */
export type ProjectedView = AnyStoredView | OnDemandFeatureView

/** Some fields of one view under a name, with renamed keys. */
export interface ProjectionParts {
  readonly view: ProjectedView
  readonly alias: string
  readonly joinKeyMap: Readonly<Record<string, string>>
  readonly fields: readonly Field[]
}

const batchSourceOfView = (view: ProjectedView): BatchSource | undefined => {
  if (view.kind === 'on-demand-feature-view') return undefined
  const { source } = view
  if (source === undefined) return undefined
  return source.kind === 'push-source' || source.kind === 'kafka-source' || source.kind === 'kinesis-source' ? source.batchSource : source
}

/**
 * A projection as Feast's message, with Feast's own quirk: `timestamp_field` holds the created column. A row written with the right
 * column compares as different and is rewritten by the next Python apply. Nobody reads the field.
 */
export const projectionMessage = ({ view, alias, joinKeyMap, fields }: ProjectionParts): FeatureViewProjection => {
  const source = batchSourceOfView(view)
  return create(FeatureViewProjectionSchema, {
    featureViewName: view.name,
    featureViewNameAlias: alias,
    joinKeyMap: { ...joinKeyMap },
    featureColumns: fields.map(fieldMessage),
    ...(source === undefined
      ? {}
      : {
          timestampField: source.createdTimestampColumn,
          createdTimestampColumn: source.createdTimestampColumn,
          datePartitionColumn: source.datePartitionColumn,
          batchSource: nestedSourceMessage(source),
        }),
    viewType: 'featureView',
  })
}
