/*
 * Who said which field (Kubernetes' server-side apply, KEP 555), with lists taken whole: a manager owns paths of maps down to what is no map.
 */

/** One entry of `metadata.managedFields`. */
export interface ManagedFields {
  readonly manager: string
  readonly operation: 'Apply' | 'Update'
  readonly apiVersion: string
  readonly time: string
  readonly fieldsType: 'FieldsV1'
  readonly fieldsV1: FieldTree
  readonly subresource?: string
}

/** Fields as `f:name`, each with what is below it. */
export interface FieldTree {
  readonly [field: string]: FieldTree
}

type Mapping = Readonly<Record<string, unknown>>

const isMapping = (value: unknown): value is Mapping => typeof value === 'object' && value !== null && !Array.isArray(value)

/** What nobody owns: identity, and what the server itself writes. */
const unowned = new Set(['apiVersion', 'kind', 'metadata.name', 'metadata.namespace', 'metadata.uid', 'metadata.resourceVersion'])
for (const name of ['creationTimestamp', 'deletionTimestamp', 'generation', 'managedFields', 'selfLink', 'generateName']) {
  unowned.add(`metadata.${name}`)
}

/**
 * The fields that an object says, as paths of names.
 *
 * @example
 * leavesOf({ data: { a: '1' } })   // [['data', 'a']]
 */
export function leavesOf(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (unowned.has(path.join('.'))) return []
  if (!isMapping(value) || (Object.keys(value).length === 0 && path.length > 0)) return path.length === 0 ? [] : [path]
  return Object.entries(value).flatMap(([key, below]) => leavesOf(below, [...path, key]))
}

/** The value at a path. */
export function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((at, key) => (isMapping(at) ? at[key] : undefined), value)
}

/** Paths as a tree of `f:` names. */
export function treeOf(paths: readonly (readonly string[])[]): FieldTree {
  const first = new Map<string, (readonly string[])[]>()
  for (const [key, ...rest] of paths) {
    if (key === undefined) continue
    const below = first.get(key) ?? []
    if (rest.length > 0) below.push(rest)
    first.set(key, below)
  }
  return Object.fromEntries([...first].map(([key, below]) => [`f:${key}`, treeOf(below)]))
}

/** The paths of a tree. */
export function pathsOf(tree: FieldTree, above: readonly string[] = []): readonly (readonly string[])[] {
  return Object.entries(tree).flatMap(([field, below]) => {
    const path = [...above, field.slice(2)]
    return Object.keys(below).length === 0 ? [path] : pathsOf(below, path)
  })
}

const isBelow = (path: readonly string[], above: readonly string[]): boolean => above.every((key, index) => path[index] === key)

/** Whether two paths are one, or one is inside the other. */
export function touches(left: readonly string[], right: readonly string[]): boolean {
  return isBelow(left, right) || isBelow(right, left)
}

/**
 * The value without what is at a path; maps that are empty then go too.
 *
 * @example
 * without({ data: { a: '1' }, kind: 'Secret' }, ['data', 'a'])   // { kind: 'Secret' }
 */
export function without(value: unknown, [key, ...rest]: readonly string[]): unknown {
  if (key === undefined || !isMapping(value) || !(key in value)) return value
  const { [key]: below, ...others } = value
  const left = rest.length === 0 ? undefined : without(below, rest)
  if (left === undefined || (isMapping(left) && Object.keys(left).length === 0)) return others
  return { ...others, [key]: left }
}
