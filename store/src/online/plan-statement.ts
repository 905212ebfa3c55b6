import type { Statement } from '../postgres/wire/request.ts'
import type { ReadGroup, ReadPlan } from './plan.ts'
import { tableSql } from './table.ts'

/** What PostgreSQL is asked for a plan. Rows are group, entity key, feature name, value, event time. */
export interface PlanStatements {
  /** All groups at once. Parameters: a bytea[] a key set, then a text[] a group that picks. */
  readonly whole: Statement
  /** One statement a group, for reading them side by side. Parameters: bytea[], and text[] where the group picks. */
  readonly parts: readonly { readonly group: ReadGroup; readonly statement: Statement }[]
}

const select = (at: number, { table, picks }: ReadGroup, keys: number, features: number): string =>
  `SELECT ${at}::int4, entity_key, feature_name, value, event_ts FROM ${tableSql(table)} WHERE entity_key = ANY($${keys}::bytea[])${
    picks ? ` AND feature_name = ANY($${features}::text[])` : ''
  }`

/** Writes the statements of a plan. */
export const planStatements = ({ groups, keySets }: ReadPlan): PlanStatements => {
  const pickedBefore = (at: number): number => groups.slice(0, at).filter((group) => group.picks).length
  const whole = groups.map((group, at) => select(at, group, group.keySet + 1, keySets.length + pickedBefore(at) + 1)).join(' UNION ALL ')
  return Object.freeze({
    whole: { text: whole },
    parts: groups.map((group, at) => ({ group, statement: { text: select(at, group, 1, 2), long: true } })),
  })
}
