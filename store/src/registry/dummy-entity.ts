import { create } from '@bufbuild/protobuf'
import { dummyEntityName, dummyJoinKey } from '../definition/entity.ts'
import { type Entity, EntitySchema } from '../proto/feast/core/entity_pb.ts'

/**
 * The entity that Feast stores in every project, for views without entities. Its one value is the empty string.
 *
 * @example
 * dummyEntity().spec?.joinKey // '__dummy_id'
 */
export const dummyEntity = (): Entity => create(EntitySchema, { spec: { name: dummyEntityName, joinKey: dummyJoinKey } })
