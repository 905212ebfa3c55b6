import { create } from '@bufbuild/protobuf'
import { type Timestamp, TimestampSchema } from '@bufbuild/protobuf/wkt'

/**
 * A protobuf timestamp of UTC microseconds since 1970: what the registry stores of a time.
 *
 * @example
 * timestampOf(1_767_225_600_000_000n) // { seconds: 1767225600n, nanos: 0 }
 */
export const timestampOf = (microseconds: bigint): Timestamp => {
  const within = ((microseconds % 1_000_000n) + 1_000_000n) % 1_000_000n
  return create(TimestampSchema, { seconds: (microseconds - within) / 1_000_000n, nanos: Number(within) * 1000 })
}

/**
 * The UTC microseconds of a protobuf timestamp, or `undefined` of none. What is below a microsecond is cut off: Python has none.
 *
 * @example
 * microsecondsOf(timestampOf(5n)) // 5n
 */
export function microsecondsOf(timestamp: Timestamp): bigint
export function microsecondsOf(timestamp: Timestamp | undefined): bigint | undefined
export function microsecondsOf(timestamp: Timestamp | undefined): bigint | undefined {
  return timestamp && timestamp.seconds * 1_000_000n + BigInt(Math.floor(timestamp.nanos / 1000))
}

/** The whole seconds of UTC microseconds: what the columns `last_updated_timestamp` and `created_timestamp` hold. */
export const wholeSeconds = (microseconds: bigint): bigint => timestampOf(microseconds).seconds
