import { create } from '@bufbuild/protobuf'
import { type Duration as DurationMessage, DurationSchema } from '@bufbuild/protobuf/wkt'
import type { Duration } from '../definition/duration.ts'

const million = 1_000_000n

/** A length of time as protobuf's Duration. */
export const durationMessage = ({ microseconds }: Duration): DurationMessage =>
  create(DurationSchema, { seconds: microseconds / million, nanos: Number(microseconds % million) * 1000 })

/** A protobuf Duration as a length of time; undefined when it was not set. */
export const durationOf = (message: DurationMessage | undefined): Duration | undefined =>
  message === undefined ? undefined : Object.freeze({ microseconds: message.seconds * million + BigInt(Math.trunc(message.nanos / 1000)) })
