import { type DescMessage, fromBinary, fromJson, type JsonValue, type Message, toJson } from '@bufbuild/protobuf'
import { type ReflectMessage, reflect } from '@bufbuild/protobuf/reflect'
import { storeError } from '../errors.ts'
import { type Kind, type KindMessages, type KindName, kinds } from '../registry/kind.ts'
import type { RegistryObject } from '../registry/object.ts'

/** A message of a kind from Feast's proto JSON. @throws STORE_DEFINITION_INVALID for what is no such message */
export const messageOfJson = <Name extends KindName>(kind: Name, json: object, name: string): KindMessages[Name] => {
  const { schema, words }: Kind = kinds[kind]
  try {
    // What is no JSON of the kind is refused here; the schema of a kind makes the messages of that kind.
    return fromJson(schema, json as JsonValue) as KindMessages[Name]
  } catch (cause) {
    throw storeError('STORE_DEFINITION_INVALID', [words, name, cause instanceof Error ? cause.message : String(cause)], { cause })
  }
}

const isRecord = (value: JsonValue | undefined): value is { readonly [key: string]: JsonValue } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * A JSON merge patch (RFC 7396): members replace members, `null` removes one, lists are replaced whole.
 *
 * @example
 * mergePatch({ a: 1, b: { c: 2 } }, { b: { c: null, d: 3 } }) // { a: 1, b: { d: 3 } }
 */
export const mergePatch = (target: JsonValue | undefined, patch: JsonValue): JsonValue => {
  if (!isRecord(patch)) return patch
  const merged = new Map(isRecord(target) ? Object.entries(target) : [])
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key)
    else merged.set(key, mergePatch(merged.get(key), value))
  }
  return Object.fromEntries(merged)
}

const nameIn = (message: ReflectMessage): unknown => {
  const field = message.desc.field.name
  return field === undefined || field.fieldKind !== 'scalar' ? undefined : message.get(field)
}

/** The element that was this one before: of the same name, else in the same place. */
const counterpart = (list: readonly ReflectMessage[], next: ReflectMessage, place: number): ReflectMessage | undefined => {
  const name = nameIn(next)
  return name === undefined ? list[place] : list.find((each) => nameIn(each) === name)
}

const inner = (message: ReflectMessage, field: DescMessage['fields'][number]): readonly ReflectMessage[] => {
  // A list's elements are messages where the field says so.
  if (field.fieldKind === 'list' && field.listKind === 'message') return [...message.get(field)] as ReflectMessage[]
  return field.fieldKind === 'message' && message.isSet(field) ? [message.get(field)] : []
}

/** JSON knows nothing of fields that a newer Feast wrote: they are taken over from the stored message, wherever it is still there. */
const keepUnknown = (before: ReflectMessage, after: ReflectMessage): void => {
  const unknown = before.message.$unknown
  const target: Message = after.message
  if (unknown !== undefined && unknown.length > 0) target.$unknown = unknown
  for (const field of after.fields) {
    const old = inner(before, field)
    for (const [place, next] of inner(after, field).entries()) {
      const was = counterpart(old, next, place)
      if (was !== undefined) keepUnknown(was, next)
    }
    if (field.fieldKind !== 'map' || field.mapKind !== 'message') continue
    const maps = [before.get(field), after.get(field)] as const
    for (const [key, next] of maps[1]) {
      const was = maps[0].get(key)
      // A map's values are messages where the field says so.
      if (was !== undefined) keepUnknown(was as ReflectMessage, next as ReflectMessage)
    }
  }
}

/**
 * A stored object's message after a merge patch over its proto JSON. What the patch does not name stays, fields that we do not know too.
 *
 * @throws STORE_DEFINITION_INVALID when what comes out is no message of the kind
 *
 * @example
 * patchedMessage(object, { spec: { description: 'Offers that became rides' } })
 */
export const patchedMessage = <Name extends KindName>(object: RegistryObject<Name>, patch: object): KindMessages[Name] => {
  const { schema }: Kind = kinds[object.kind]
  const before = fromBinary(schema, object.bytes)
  const after = messageOfJson(object.kind, mergePatch(toJson(schema, before), patch as JsonValue) as object, object.name)
  keepUnknown(reflect(schema, before), reflect(schema as Kind['schema'], after))
  return after
}
