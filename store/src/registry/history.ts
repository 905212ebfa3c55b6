import { type Comparable, type ComparableMessage, comparableOf } from './comparable.ts'
import { valueChanges } from './equality.ts'
import { kindOf, type RegistryMessage } from './kind.ts'

/** A version of a view, as `feature_view_version_history` keeps it. */
export interface ViewVersion {
  readonly view: string
  readonly number: number
  /** The kind of the view: {@link Kind.historyType}. */
  readonly type: string
  readonly bytes: Uint8Array
  /** UTC microseconds; an SQL registry keeps whole seconds. */
  readonly created: bigint
  /** A UUID. */
  readonly id: string
}

const viewFields = ['features', 'entities', 'entity_columns', 'source_views']
const codeFields = ['feature_transformation', 'aggregations', 'mode']

/** The fields whose change makes a new version, by kind, as Feast 0.67 has it: what a view computes, not where or how long. */
const versionedFields: Readonly<Record<string, readonly string[]>> = {
  feature_view: viewFields,
  stream_feature_view: [...viewFields, ...codeFields, 'timestamp_field'],
  on_demand_feature_view: ['features', 'entity_columns', 'sources', ...codeFields],
  label_view: ['features'],
}

const unordered = new Set(['features', 'entities', 'entity_columns'])

const isMessage = (value: Comparable | undefined): value is ComparableMessage =>
  typeof value === 'object' && !Array.isArray(value) && !(value instanceof Map)

const sortKey = (value: Comparable): string => (isMessage(value) ? String(value.name) : String(value))

/** A pickled function differs from one Python to the next; its source text tells whether the code changed. */
const withoutBody = (value: Comparable): Comparable => {
  if (!isMessage(value)) return value
  return Object.fromEntries(Object.entries(value).flatMap(([key, item]) => (key === 'body' ? [] : [[key, withoutBody(item)]])))
}

const versionedValue = (field: string, value: Comparable): Comparable => {
  if (field === 'feature_transformation') return withoutBody(value)
  return unordered.has(field) && Array.isArray(value) ? value.toSorted((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1)) : value
}

const versionedPart = (message: RegistryMessage): ComparableMessage => {
  const fields = versionedFields[kindOf(message).historyType ?? ''] ?? []
  const told = Object.entries(comparableOf(message)).filter(([field]) => fields.includes(field))
  return Object.fromEntries(told.map(([field, value]) => [field, versionedValue(field, value)]))
}

/**
 * Whether a view computes something else than before, so that the registry keeps the old version.
 *
 * @example
 * isNewVersion(stored, next) // true for another feature, false for another ttl
 */
export const isNewVersion = (before: RegistryMessage, after: RegistryMessage): boolean =>
  valueChanges('', versionedPart(before), versionedPart(after)).length > 0

/** The number of a view's next version. Python starts at 0 and fails when a deleted project left versions behind; we go on after them. */
export const nextVersionNumber = (versions: readonly ViewVersion[]): number => Math.max(-1, ...versions.map(({ number }) => number)) + 1
