import type { ValueType } from './value-type.ts'

/**
 * One column of a batch: a value a row, null where absent. Values are what {@link ValueType} says they are in TypeScript, but for
 * UNIX_TIMESTAMP, which is bigint microseconds since 1970 (UTC) in columns. A typed array may stand for a column without nulls.
 */
export interface Column {
  readonly name: string
  readonly type: ValueType
  readonly values: ArrayLike<unknown>
}

/** Rows as columns: how data moves between the rooms. A stream of them has the same columns in the same order throughout. */
export interface Batch {
  readonly rows: number
  readonly columns: readonly Column[]
}

/** Rows of a source with their times, bigint microseconds since 1970 (UTC); a created time is null where the source has none. */
export interface SourceBatch extends Batch {
  readonly eventTimes: ArrayLike<bigint>
  readonly createdTimes: ArrayLike<bigint | null>
}
