import type { OnlineCell, OnlineTwin, ReasonCode } from '../../api/contract.ts'
import { formatSpan } from '../../format/time.ts'
import { formatStamp } from '../../format/value.ts'

interface Reason {
  readonly title: string
  readonly tone: 'ok' | 'warn' | 'bad' | 'idle'
  readonly sentence: (twin: OnlineTwin, cell: OnlineCell) => string
}

function at(time: string | null): string {
  return time === null ? 'an unknown time' : `${formatStamp(time)} UTC`
}

/** One entry a code of `POST /online/explain`: why the online value is not the offline one, and what to do. */
export const reasons: Readonly<Record<ReasonCode, Reason>> = {
  equal: { title: 'Same value', tone: 'ok', sentence: () => 'Online and offline give the same value.' },
  expired_by_ttl: {
    title: 'Expired by the TTL',
    tone: 'warn',
    sentence: (twin, cell) =>
      `The value of ${at(cell.eventTime ?? twin.eventTime)} is older than the TTL of ${formatSpan(twin.ttlSeconds, 2)} allows. Materialize newer rows, or raise the TTL.`,
  },
  never_materialized: {
    title: 'Never materialized',
    tone: 'bad',
    sentence: () => 'This view was never loaded into the online store. Materialize it.',
  },
  materialized_before_event: {
    title: 'Offline is newer',
    tone: 'warn',
    sentence: (twin) =>
      `The offline store has a newer row${twin.eventTime === null ? '' : ` of ${at(twin.eventTime)}`}; the last materialization ended at ${at(twin.materializedTo)}. Materialize again.`,
  },
  pushed_newer: {
    title: 'Online is newer',
    tone: 'idle',
    sentence: (_twin, cell) => `A value of ${at(cell.eventTime)} was pushed to the online store; the offline store has not got it yet.`,
  },
  entity_unknown: {
    title: 'Entity unknown',
    tone: 'bad',
    sentence: () => 'Neither store has a row with these join keys. Look at the keys and their types.',
  },
  transform_differs: {
    title: 'Transformed differently',
    tone: 'bad',
    sentence: () => 'The inputs are the same, the computed value is not: the code that ran online is not the code that ran offline.',
  },
  type_coerced: {
    title: 'Type narrowed',
    tone: 'idle',
    sentence: () => 'The value is the same up to the precision of the online type, e.g. float32 instead of float64.',
  },
  no_permission: {
    title: 'Not allowed to compare',
    tone: 'idle',
    sentence: () => 'You may not read the offline store, so there is nothing to compare with.',
  },
}
