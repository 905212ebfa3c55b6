import { create } from '@bufbuild/protobuf'
import type { Aggregation, StoredTransformation } from '../definition/transformation.ts'
import { type Aggregation as AggregationMessage, AggregationSchema } from '../proto/feast/core/aggregation_pb.ts'
import type { UserDefinedFunction } from '../proto/feast/core/on-demand-feature-view_pb.ts'
import {
  type FeatureTransformationV2,
  FeatureTransformationV2Schema,
  SubstraitTransformationV2Schema,
  UserDefinedFunctionV2Schema,
} from '../proto/feast/core/transformation_pb.ts'
import { durationMessage, durationOf } from './time.ts'

/** Somebody else's code as the registry keeps it, bytes as they were. */
export const transformationMessage = (stored: StoredTransformation): FeatureTransformationV2 =>
  create(FeatureTransformationV2Schema, {
    transformation:
      stored.kind === 'python'
        ? {
            case: 'userDefinedFunction',
            value: create(UserDefinedFunctionV2Schema, {
              name: stored.name,
              body: stored.body,
              bodyText: stored.bodyText,
              mode: stored.mode,
            }),
          }
        : {
            case: 'substraitTransformation',
            value: create(SubstraitTransformationV2Schema, { substraitPlan: stored.plan, ibisFunction: stored.ibisFunction }),
          },
  })

/** What a registry keeps of code, from the field of today or from the one before it. It is never run. */
export const transformationOf = (
  message: FeatureTransformationV2 | undefined,
  before?: UserDefinedFunction,
): StoredTransformation | undefined => {
  const stored = message?.transformation
  if (stored?.case === 'substraitTransformation')
    return Object.freeze({ kind: 'substrait', plan: stored.value.substraitPlan, ibisFunction: stored.value.ibisFunction })
  const found = stored?.case === 'userDefinedFunction' ? stored.value : before
  if (found === undefined) return undefined
  const mode = 'mode' in found ? found.mode : ''
  return Object.freeze({ kind: 'python', name: found.name, body: found.body, bodyText: found.bodyText, mode })
}

/** An aggregation as Feast's message. */
export const aggregationMessage = (aggregation: Aggregation): AggregationMessage =>
  create(AggregationSchema, {
    column: aggregation.column,
    function: aggregation.function,
    name: aggregation.name,
    ...(aggregation.timeWindow === undefined ? {} : { timeWindow: durationMessage(aggregation.timeWindow) }),
    ...(aggregation.slideInterval === undefined ? {} : { slideInterval: durationMessage(aggregation.slideInterval) }),
  })

/** An aggregation read from Feast's message. */
export const aggregationOf = (message: AggregationMessage): Aggregation =>
  Object.freeze({
    column: message.column,
    function: message.function,
    name: message.name,
    timeWindow: durationOf(message.timeWindow),
    slideInterval: durationOf(message.slideInterval),
  })
