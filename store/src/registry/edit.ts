import { toBinary } from '@bufbuild/protobuf'
import { type Kind, type KindName, kindOf } from './kind.ts'
import { decodeObject, type StoredObject, timesOf } from './object.ts'
import type { Edit } from './registry.ts'
import { timestampOf } from './timestamp.ts'

/** What an edit makes of a stored object; `undefined` when it changes nothing. */
export const editObject = <Name extends KindName>(
  stored: StoredObject<Name>,
  edit: Edit<Name>,
  now: bigint,
): StoredObject<Name> | undefined => {
  const message = decodeObject(stored)
  const { schema }: Kind = kindOf(message)
  const before = toBinary(schema, message)
  edit(message)
  if (Buffer.compare(before, toBinary(schema, message)) === 0) return undefined
  const times = timesOf(message)
  if (times) times.lastUpdatedTimestamp = timestampOf(now)
  return { ...stored, bytes: toBinary(schema, message), lastUpdated: now }
}
