import { createHash } from 'node:crypto'
import type { DescEnum, DescField, DescMessage } from '@bufbuild/protobuf'
import { type ReflectMessage, reflect } from '@bufbuild/protobuf/reflect'
import { type Duration, FeatureSet_FieldPresence, type Timestamp, timestampDate } from '@bufbuild/protobuf/wkt'
import { canonical } from './canonical.ts'
import { kindOf, type RegistryMessage } from './kind.ts'

/** A message as plain values with Feast's field names: a message is an object, a protobuf map is a Map, an enum value is its name. */
export type Comparable = string | number | bigint | boolean | readonly Comparable[] | ReadonlyMap<string, Comparable> | ComparableMessage

/** A message inside {@link Comparable}. */
export interface ComparableMessage {
  readonly [field: string]: Comparable
}

const digest = (bytes: Uint8Array): string => `${bytes.length} bytes, sha256 ${createHash('sha256').update(bytes).digest('hex')}`

const durationText = ({ seconds, nanos }: Duration): string => {
  const fraction = nanos === 0 ? '' : `.${String(Math.abs(nanos)).padStart(9, '0').replace(/0+$/, '')}`
  return `${seconds === 0n && nanos < 0 ? '-' : ''}${seconds}${fraction}s`
}

/** The JSON text that custom sources hold: an object of texts. Python leaves out a table or query as "", the REST registry as null. */
const configuration = (bytes: Uint8Array): Comparable => {
  let parsed: unknown
  try {
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return digest(bytes) // not JSON: a custom source of somebody else's, compared by its bytes
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return digest(bytes)
  const told = Object.entries(parsed).filter(
    // Written since 0.67, and always this for PostgreSQL.
    ([key, value]) => key !== 'saved_dataset_storage_class' || !String(value).endsWith('.SavedDatasetPostgreSQLStorage'),
  )
  return Object.fromEntries(
    told.map(([key, value]) => [key, value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value)]),
  )
}

/** Reflection hands values over untyped: the field says what they are. */
const one = (value: unknown, enumType: DescEnum | undefined): Comparable => {
  if (value instanceof Uint8Array) return digest(value)
  if (enumType && typeof value === 'number') return enumType.value[value]?.name ?? value
  if (typeof value === 'object') return messageTree(value as ReflectMessage)
  return value as string | number | bigint | boolean
}

const isTold = (message: ReflectMessage, field: DescField): boolean => {
  if (field.fieldKind === 'list' || field.fieldKind === 'map') return true
  return message.isSet(field) || field.presence === FeatureSet_FieldPresence.IMPLICIT
}

const fieldTree = (message: ReflectMessage, field: DescField): Comparable => {
  if (field.fieldKind === 'list') return [...message.get(field)].map((item) => one(item, field.enum))
  if (field.fieldKind === 'map') return new Map([...message.get(field)].map(([key, item]) => [String(key), one(item, field.enum)]))
  return one(message.get(field), field.enum)
}

const messageTree = (message: ReflectMessage): Comparable => {
  const { typeName }: DescMessage = message.desc
  if (typeName === 'google.protobuf.Duration') return durationText(message.message as Duration)
  if (typeName === 'google.protobuf.Timestamp') return timestampDate(message.message as Timestamp).toISOString()
  const tree: Record<string, Comparable> = {}
  for (const field of message.fields) {
    if (!isTold(message, field)) continue
    const isConfiguration = typeName === 'feast.core.DataSource.CustomSourceOptions' && field.name === 'configuration'
    tree[field.name] = isConfiguration ? configuration(message.get(field) as Uint8Array) : fieldTree(message, field)
  }
  return tree
}

/**
 * What a definition says, without what differs between two writers of the same definition (see {@link canonical}).
 *
 * @example
 * comparableOf(featureView) // { name: 'driver_stats', ttl: '86400s', features: [{ name: 'conv_rate', value_type: 'FLOAT', … }], … }
 */
export const comparableOf = (message: RegistryMessage): ComparableMessage => {
  const plain = canonical(message)
  const tree = messageTree(reflect(kindOf(message).schema, plain)) as ComparableMessage
  // A kind that has a spec has nothing else to compare but what a saved dataset tells of its rows.
  const { spec, meta } = tree
  if (spec === undefined) return tree
  return { ...(spec as ComparableMessage), ...(meta as ComparableMessage | undefined) }
}
