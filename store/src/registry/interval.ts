import { create } from '@bufbuild/protobuf'
import { FeatureViewMetaSchema, FeatureViewState, MaterializationIntervalSchema } from '../proto/feast/core/feature-view_pb.ts'
import type { RegistryMessage } from './kind.ts'
import { microsecondsOf, timestampOf } from './timestamp.ts'

/** A span of event time that the online store holds: UTC microseconds. */
export interface Interval {
  readonly start: bigint
  readonly end: bigint
}

/**
 * The spans that a view is materialized for, in the order in which they were added. Views that are computed or labelled have none.
 *
 * @example
 * intervalsOf(object.message).at(-1)?.end // where materialize-incremental goes on
 */
export const intervalsOf = (message: RegistryMessage): readonly Interval[] => {
  if (message.$typeName !== 'feast.core.FeatureView' && message.$typeName !== 'feast.core.StreamFeatureView') return []
  return (message.meta?.materializationIntervals ?? []).flatMap(({ startTime, endTime }) =>
    startTime && endTime ? [{ start: microsecondsOf(startTime), end: microsecondsOf(endTime) }] : [],
  )
}

/**
 * Adds a span to a view, in place, and says that the view is available online, as Python does after it materialized.
 * A span that is already there is not added again, so that a run which is repeated after a crash leaves one.
 *
 * @example
 * await registry.edit({ kind: 'feature-view', project: 'demo', name: 'driver_stats' }, (view) => addInterval(view, { start, end }), { now })
 */
export const addInterval = (message: RegistryMessage, { start, end }: Interval): void => {
  if (message.$typeName !== 'feast.core.FeatureView' && message.$typeName !== 'feast.core.StreamFeatureView') return
  message.meta ??= create(FeatureViewMetaSchema)
  message.meta.state = FeatureViewState.AVAILABLE_ONLINE
  if (intervalsOf(message).some((each) => each.start === start && each.end === end)) return
  message.meta.materializationIntervals.push(
    create(MaterializationIntervalSchema, { startTime: timestampOf(start), endTime: timestampOf(end) }),
  )
}
