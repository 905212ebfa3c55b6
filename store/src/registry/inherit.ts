import { clone } from '@bufbuild/protobuf'
import { type ReflectMessage, reflect } from '@bufbuild/protobuf/reflect'
import { kindOf, type RegistryMessage } from './kind.ts'

/** The fields that tell a message from its siblings, where it has them. */
const identifying = ['name', 'featureViewName', 'featureViewNameAlias', 'column', 'function']

const identity = (message: ReflectMessage): string =>
  JSON.stringify(identifying.map((name) => (message.desc.field[name]?.fieldKind === 'scalar' ? message.get(message.desc.field[name]) : '')))

/** Elements with names are the same where the names are; others are where they stand in the same place of lists of the same length. */
const pairs = (from: Iterable<unknown>, to: Iterable<unknown>): readonly (readonly [ReflectMessage, ReflectMessage])[] => {
  // Only lists of messages come here.
  const [left, right] = [[...from] as ReflectMessage[], [...to] as ReflectMessage[]]
  const byIdentity = new Map(left.map((item) => [identity(item), item]))
  const isNamed = byIdentity.size === left.length
  return right.flatMap((item, index) => {
    const other = isNamed ? byIdentity.get(identity(item)) : left.length === right.length ? left[index] : undefined
    return other === undefined ? [] : [[other, item] as const]
  })
}

const inheritUnknown = (from: ReflectMessage, to: ReflectMessage): void => {
  const known = new Set(to.message.$unknown?.map(({ no }) => no))
  const kept = (from.message.$unknown ?? []).filter(({ no }) => !known.has(no))
  if (kept.length > 0) to.message.$unknown = [...(to.message.$unknown ?? []), ...kept]
}

/** A source that stands in a view keeps the times that Python gave it. */
const inheritSourceTimes = (from: ReflectMessage, to: ReflectMessage): void => {
  const meta = from.desc.field.meta
  if (from.desc.typeName !== 'feast.core.DataSource' || meta?.fieldKind !== 'message') return
  if (from.isSet(meta) && !to.isSet(meta)) to.set(meta, reflect(meta.message, clone(meta.message, from.get(meta).message)))
}

const inheritMessage = (from: ReflectMessage, to: ReflectMessage): void => {
  if (identity(from) !== identity(to)) return
  inheritUnknown(from, to)
  inheritSourceTimes(from, to)
  for (const field of from.fields) {
    if (!from.isSet(field) || !to.isSet(field)) continue
    if (field.fieldKind === 'message') inheritMessage(from.get(field), to.get(field))
    if (field.fieldKind === 'list' && field.listKind === 'message') {
      for (const [left, right] of pairs(from.get(field), to.get(field))) inheritMessage(left, right)
    }
    if (field.fieldKind === 'map' && field.mapKind === 'message') {
      const left = from.get(field)
      for (const [key, right] of to.get(field)) {
        if (left.has(key)) inheritMessage(left.get(key) as ReflectMessage, right as ReflectMessage)
      }
    }
  }
}

/** What no definition tells of an object: the registry itself keeps it. */
const kept = new Set(['created_timestamp', 'last_updated_timestamp', 'state', 'current_version_number', 'version_id'])

const inheritMeta = (from: ReflectMessage, to: ReflectMessage): void => {
  const meta = from.desc.field.meta
  if (meta?.fieldKind !== 'message' || !from.isSet(meta)) return
  const merged = reflect(meta.message, clone(meta.message, from.get(meta).message))
  const told = to.isSet(meta) ? to.get(meta) : undefined
  for (const field of told?.fields ?? []) {
    if (kept.has(field.name) || !told?.isSet(field)) continue
    if (field.fieldKind === 'list') {
      const list = merged.get(field)
      list.clear()
      for (const item of told.get(field)) list.add(item)
    } else if (field.fieldKind === 'message') merged.set(field, told.get(field))
  }
  to.set(meta, merged)
}

/**
 * Gives a new definition what the stored object of the same name has beside its definition, in place: when it was made, how far it is
 * materialized, its state and version, the times of the sources inside it, and every field that we do not know, wherever the message
 * that holds it is still there. Intervals and time ranges that the new one tells win.
 *
 * @example
 * inheritStored(stored, next) // next.meta.createdTimestamp is stored.meta.createdTimestamp
 */
export const inheritStored = (stored: RegistryMessage, next: RegistryMessage): void => {
  const { schema } = kindOf(next)
  const [from, to] = [reflect(schema, stored), reflect(schema, next)]
  inheritMeta(from, to)
  inheritMessage(from, to)
}
