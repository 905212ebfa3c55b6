import { create } from '@bufbuild/protobuf'
import { plainField, schemaOf } from '../definition/field.ts'
import { type ConflictPolicy, type LabelView, labelView } from '../definition/label-view.ts'
import { storeError } from '../errors.ts'
import { ConflictResolutionPolicy, type LabelView as LabelViewMessage, LabelViewSchema } from '../proto/feast/core/label-view_pb.ts'
import { describedMessage, describedOf } from './described.ts'
import { entitiesOf, type FindEntity } from './entity.ts'
import { entityNames } from './feature-view.ts'
import { fieldMessage, fieldOf } from './field.ts'
import { batchSourceOf, nestedSourceMessage, streamSourceOf } from './source.ts'
import { durationMessage, durationOf } from './time.ts'

const policies: readonly ConflictPolicy[] = ['LAST_WRITE_WINS', 'LABELER_PRIORITY', 'MAJORITY_VOTE']

/** A label view as Feast's message. */
export const labelViewMessage = (view: LabelView, project: string): LabelViewMessage =>
  create(LabelViewSchema, {
    spec: {
      name: view.name,
      project,
      entities: entityNames(view.entities),
      entityColumns: view.entities.map((entity) => fieldMessage(plainField(entity.joinKey, entity.valueType))),
      features: view.fields.map(fieldMessage),
      ...describedMessage(view),
      ttl: durationMessage(view.ttl ?? { microseconds: 0n }),
      ...(view.source === undefined ? {} : { source: nestedSourceMessage(view.source) }),
      online: view.online,
      labelerField: view.labelerField,
      conflictPolicy: ConflictResolutionPolicy[view.conflictPolicy],
      referenceFeatureView: view.referenceFeatureView,
    },
  })

/** A label view read from Feast's message. */
export const labelViewOf = (message: LabelViewMessage, find: FindEntity): LabelView => {
  const { spec } = message
  if (spec === undefined) throw storeError('STORE_REGISTRY_ROW_UNREADABLE', ['label view', '', 'it has no spec'])
  const ttl = durationOf(spec.ttl)
  const source = streamSourceOf(spec.source) ?? batchSourceOf(spec.source)
  return labelView({
    name: spec.name,
    entities: entitiesOf(spec.entities, spec.entityColumns.map(fieldOf), find),
    schema: schemaOf(spec.features.map(fieldOf)),
    ...describedOf(spec),
    ...(ttl === undefined || ttl.microseconds === 0n ? {} : { ttl }),
    ...(source === undefined ? {} : { source }),
    online: spec.online,
    labelerField: spec.labelerField,
    conflictPolicy: policies[spec.conflictPolicy] ?? 'LAST_WRITE_WINS',
    referenceFeatureView: spec.referenceFeatureView,
  })
}
