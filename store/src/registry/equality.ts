import { type Comparable, type ComparableMessage, comparableOf } from './comparable.ts'
import type { RegistryMessage } from './kind.ts'

/** One difference between two definitions: where it is, and what stands there in each. `undefined`: nothing does. */
export interface Change {
  /** In Feast's field names: `ttl`, `tags[team]`, `features[conv_rate].value_type`. */
  readonly path: string
  readonly before: unknown
  readonly after: unknown
}

const isList = (value: Comparable | undefined): value is readonly Comparable[] => Array.isArray(value)
const isMap = (value: Comparable | undefined): value is ReadonlyMap<string, Comparable> => value instanceof Map
const isMessage = (value: Comparable | undefined): value is ComparableMessage =>
  typeof value === 'object' && !Array.isArray(value) && !(value instanceof Map)

const plain = (value: Comparable | undefined): unknown => {
  if (isMap(value)) return Object.fromEntries([...value].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => [key, plain(item)]))
  if (isList(value)) return value.map(plain)
  if (isMessage(value)) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]))
  return value
}

/** What tells an element of a list from its siblings: a field its name, a projection its alias or its view's name. */
const elementName = (value: Comparable): string | undefined => {
  if (!isMessage(value)) return undefined
  const name = value.name ?? (value.feature_view_name_alias || value.feature_view_name)
  return typeof name === 'string' && name !== '' ? name : undefined
}

const named = (list: readonly Comparable[]): ReadonlyMap<string, Comparable> | undefined => {
  const map = new Map(list.flatMap((item) => (elementName(item) === undefined ? [] : [[elementName(item) ?? '', item] as const])))
  return map.size === list.length ? map : undefined
}

const entryChanges = (path: string, before: ReadonlyMap<string, Comparable>, after: ReadonlyMap<string, Comparable>): Change[] =>
  [...new Set([...before.keys(), ...after.keys()])]
    .sort()
    .flatMap((key) => valueChanges(`${path}[${key}]`, before.get(key), after.get(key)))

const listChanges = (path: string, before: readonly Comparable[], after: readonly Comparable[]): Change[] => {
  const [left, right] = [named(before), named(after)]
  if (left && right) {
    const changes = entryChanges(path, left, right)
    const [oldOrder, newOrder] = [[...left.keys()].filter((key) => right.has(key)), [...right.keys()].filter((key) => left.has(key))]
    const isMoved = oldOrder.some((key, index) => newOrder[index] !== key)
    return isMoved ? [...changes, { path: `${path} (order)`, before: oldOrder, after: newOrder }] : changes
  }
  const isSame = before.length === after.length && before.every((item, index) => valueChanges('', item, after[index]).length === 0)
  return isSame ? [] : [{ path, before: plain(before), after: plain(after) }]
}

/** How one tree of values differs from another. */
export const valueChanges = (path: string, before: Comparable | undefined, after: Comparable | undefined): Change[] => {
  if (isMap(before) && isMap(after)) return entryChanges(path, before, after)
  if (isList(before) && isList(after)) return listChanges(path, before, after)
  if (isMessage(before) && isMessage(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
    return names.flatMap((name) => valueChanges(path === '' ? name : `${path}.${name}`, before[name], after[name]))
  }
  return Object.is(before, after) ? [] : [{ path, before: plain(before), after: plain(after) }]
}

/**
 * How a definition differs from another of its kind: all that it says is compared, more than Python compares.
 * Not compared: times, intervals, states, the project, the order of tags, and what the releases of Feast word differently.
 *
 * @example
 * changesBetween(stored, desired) // [{ path: 'ttl', before: '86400s', after: '3600s' }]
 */
export const changesBetween = (before: RegistryMessage, after: RegistryMessage): readonly Change[] =>
  valueChanges('', comparableOf(before), comparableOf(after))

/**
 * Whether two messages say the same: {@link changesBetween} finds nothing.
 *
 * @example
 * isSameDefinition(stored, desired) // true after an apply
 */
export const isSameDefinition = (one: RegistryMessage, other: RegistryMessage): boolean =>
  one.$typeName === other.$typeName && changesBetween(one, other).length === 0
