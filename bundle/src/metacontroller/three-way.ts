type Mapping = Readonly<Record<string, unknown>>

const isMapping = (value: unknown): value is Mapping => typeof value === 'object' && value !== null && !Array.isArray(value)

/** By these, where every item of both lists has it, lists are merged as maps. */
const mergeKeys = ['containerPort', 'port', 'name', 'uid', 'ip']

const keyOf = (...lists: readonly (readonly unknown[])[]): string | undefined => {
  const items = lists.flat()
  return items.length === 0 ? undefined : mergeKeys.find((key) => items.every((item) => isMapping(item) && item[key] !== undefined))
}

const asMap = (list: readonly unknown[], key: string): Mapping =>
  Object.fromEntries(list.map((item) => [String(isMapping(item) ? item[key] : ''), item]))

const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

const mergeLists = (observed: readonly unknown[], lastApplied: readonly unknown[], desired: readonly unknown[]): unknown => {
  const key = keyOf(observed, lastApplied, desired)
  if (key === undefined) return desired
  const merged = mergeThreeWay(asMap(observed, key), asMap(lastApplied, key), asMap(desired, key))
  return isMapping(merged) ? Object.values(merged) : desired
}

/**
 * What an object is to be: as it is, without what was asked for before and is no more, with what is asked for now. What others added stays.
 *
 * @example
 * mergeThreeWay({ a: 1, b: 2, c: 3 }, { a: 1, b: 2 }, { a: 9 })   // { a: 9, c: 3 }
 */
export const mergeThreeWay = (observed: unknown, lastApplied: unknown, desired: unknown): unknown => {
  if (Array.isArray(desired)) return Array.isArray(observed) ? mergeLists(observed, asList(lastApplied), desired) : desired
  if (!isMapping(desired) || !isMapping(observed)) return desired
  const last = isMapping(lastApplied) ? lastApplied : {}
  const merged = new Map(Object.entries(observed).filter(([key]) => !(key in last) || key in desired))
  for (const [key, value] of Object.entries(desired)) merged.set(key, mergeThreeWay(observed[key], last[key], value))
  return Object.fromEntries(merged)
}

const sortKeys = (_: string, value: unknown): unknown =>
  isMapping(value) ? Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1))) : value

/** Whether two values are one as JSON, in whatever order their keys are. */
export const isSameJson = (left: unknown, right: unknown): boolean => JSON.stringify(left, sortKeys) === JSON.stringify(right, sortKeys)
