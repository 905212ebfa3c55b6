import { create } from '@bufbuild/protobuf'
import type { Field } from '../definition/field.ts'
import { parseStructText, parseTypeText, structText, typeText } from '../definition/type-text.ts'
import { type ValueType, valueTypeName, valueTypeNumber } from '../definition/value-type.ts'
import { storeError } from '../errors.ts'
import { type FeatureSpecV2, FeatureSpecV2Schema } from '../proto/feast/core/feature_pb.ts'
import type { ValueType_Enum } from '../proto/feast/types/value_pb.ts'

// Source: Feast keeps what the type's number cannot say in two tags of the field.
const nestedTag = 'feast:nested_inner_type'
const structTag = 'feast:struct_schema'

const typeTags = (type: ValueType): Readonly<Record<string, string>> => ({
  ...(type.inner === undefined ? {} : { [nestedTag]: typeText(type) }),
  ...(type.struct === undefined ? {} : { [structTag]: structText(type.struct) }),
})

/** A field as Feast's FeatureSpecV2. */
export const fieldMessage = (field: Field): FeatureSpecV2 =>
  create(FeatureSpecV2Schema, {
    name: field.name,
    // The table's numbers are the enum's; the generated type wants its own union.
    valueType: valueTypeNumber(field.type.name) as ValueType_Enum,
    tags: { ...field.tags, ...typeTags(field.type) },
    description: field.description,
    vectorIndex: field.vectorIndex,
    vectorSearchMetric: field.vectorSearchMetric,
    vectorLength: field.vectorLength,
  })

const typeOf = (message: FeatureSpecV2): ValueType => {
  const name = valueTypeName(message.valueType)
  if (name === undefined) throw storeError('STORE_TYPE_UNKNOWN', [String(message.valueType), message.name])
  const nested = message.tags[nestedTag]
  if (nested !== undefined) return Object.freeze({ ...parseTypeText(nested), name })
  const struct = message.tags[structTag]
  return struct === undefined ? Object.freeze({ name }) : Object.freeze({ name, struct: parseStructText(struct) })
}

/**
 * A field read from Feast's FeatureSpecV2.
 *
 * @throws STORE_TYPE_UNKNOWN for a type of a newer Feast
 */
export const fieldOf = (message: FeatureSpecV2): Field =>
  Object.freeze({
    name: message.name,
    type: typeOf(message),
    description: message.description,
    tags: Object.freeze(Object.fromEntries(Object.entries(message.tags).filter(([tag]) => tag !== nestedTag && tag !== structTag))),
    vectorIndex: message.vectorIndex,
    vectorSearchMetric: message.vectorSearchMetric,
    vectorLength: message.vectorLength,
  })
