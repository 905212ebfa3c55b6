import { create } from '@bufbuild/protobuf'
import { dummyEntityName, type Entity, entity } from '../definition/entity.ts'
import type { Field } from '../definition/field.ts'
import { type ValueType, valueTypeName, valueTypeNumber } from '../definition/value-type.ts'
import { type Entity as EntityMessage, EntitySchema } from '../proto/feast/core/entity_pb.ts'
import type { ValueType_Enum } from '../proto/feast/types/value_pb.ts'
import { describedMessage, describedOf } from './described.ts'

/** An entity as Feast's message. */
export const entityMessage = (definition: Entity, project: string): EntityMessage =>
  create(EntitySchema, {
    spec: {
      name: definition.name,
      project,
      joinKey: definition.joinKey,
      // The table's numbers are the enum's; the generated type wants its own union.
      valueType: valueTypeNumber(definition.valueType.name) as ValueType_Enum,
      ...describedMessage(definition),
    },
  })

/** An entity read from Feast's message; a type that a newer Feast brought reads as UNKNOWN. */
export const entityOf = (message: EntityMessage): Entity => {
  const spec = message.spec
  const name = spec?.name ?? ''
  const valueType: ValueType = { name: valueTypeName(spec?.valueType ?? 0) ?? 'UNKNOWN' }
  return entity({ name, joinKey: spec?.joinKey || name, valueType, ...(spec === undefined ? {} : describedOf(spec)) })
}

/** Finds an entity by name; undefined when the registry has none. */
export type FindEntity = (name: string) => Entity | undefined

/**
 * The entities of a view that was read: by name from the registry, their types from the view's own columns, which is where keys are
 * encoded by. A view of Feast's dummy entity has none. An entity that the registry lost is made up from its column, so that the view
 * still reads.
 */
export const entitiesOf = (names: readonly string[], columns: readonly Field[], find: FindEntity): readonly Entity[] =>
  names
    .filter((name) => name !== dummyEntityName)
    .map((name, index) => {
      const found = find(name)
      const column = columns.find((field) => field.name === found?.joinKey) ?? (found === undefined ? columns[index] : undefined)
      const valueType = column?.type ?? found?.valueType ?? { name: 'UNKNOWN' }
      return found === undefined ? entity({ name, joinKey: column?.name ?? name, valueType }) : entity({ ...found, valueType })
    })
