import { objectPath } from '../../kubernetes/object.ts'
import type { Fixture } from './fixture.ts'
import type { Meaning } from './meaning.ts'
import type { Tree } from './tree.ts'

/** A path into a {@link Tree}. Keys may hold dots (files do), so it is a list; printed, its parts are joined by dots. */
export type TreePath = readonly string[]

/** One value that is not as expected. */
export interface GoldenDifference {
  readonly path: string
  readonly expected: Meaning | undefined
  readonly actual: Meaning | undefined
}

/** What a comparison found. */
export interface Comparison {
  /** How many values were looked at. */
  readonly asserted: number
  readonly differences: readonly GoldenDifference[]
}

/** Whether a path lies under one that a recording names; `*` is all of it. */
function isUnder(path: TreePath, names: readonly string[]): boolean {
  const text = path.join('.')
  return names.some((name) => name === '*' || text === name || text.startsWith(`${name}.`))
}

/** Where more than recorded is allowed: plans may have more keys, services and checks, the cluster more objects and fields. */
function allowsMore(path: TreePath): boolean {
  return (path[0] === 'containers' && (path[2] === 'plan' || path[2] === 'services')) || (path[0] === 'kubernetes' && path[1] === 'changed')
}

/**
 * Compares what a hook left with what a recording expects, by the rules of the recordings' README. Nothing is asserted under its
 * `defectPaths` and `mayDiffer`.
 */
export function compareTrees(fixture: Fixture, expected: Tree, actual: Tree): Comparison {
  const passedOver = [...(fixture.defectPaths ?? []), ...(fixture.mayDiffer ?? [])]
  const differences: GoldenDifference[] = []
  let asserted = 0
  const compare = (path: TreePath, left: Meaning | undefined, right: Meaning | undefined): void => {
    if (isUnder(path, passedOver)) return
    if (isMapping(left) && isMapping(right)) {
      const keys = allowsMore(path) ? Object.keys(left) : [...new Set([...Object.keys(left), ...Object.keys(right)])]
      for (const key of keys) compare([...path, key], left[key], right[key])
      return
    }
    asserted += 1
    if (!isEqual(left, right, allowsMore(path))) differences.push({ path: path.join('.'), expected: left, actual: right })
  }
  for (const part of Object.keys(expected)) compare([part], expected[part], actual[part])
  const labels = lostLabels(fixture, passedOver, actual)
  return { asserted, differences: [...differences, ...labels] }
}

/** Lists are as long as recorded; where more is allowed, their items may say more. */
function isEqual(left: Meaning | undefined, right: Meaning | undefined, more: boolean): boolean {
  if (isList(left) && isList(right)) return left.length === right.length && left.every((item, index) => isEqual(item, right[index], more))
  if (!isMapping(left) || !isMapping(right)) return left === right
  const keys = more ? Object.keys(left) : [...new Set([...Object.keys(left), ...Object.keys(right)])]
  return keys.every((key) => isEqual(left[key], right[key], more))
}

/** A label that an object had before and that the recording took away must not be there. */
function lostLabels({ state, expect }: Fixture, passedOver: readonly string[], actual: Tree): GoldenDifference[] {
  return (expect.kubernetes?.changed ?? []).flatMap((object) => {
    const path = ['kubernetes', 'changed', objectPath(object)]
    const before = state.kubernetes?.objects.find((each) => objectPath(each) === objectPath(object))
    const gone = Object.keys(before?.metadata.labels ?? {}).filter((label) => object.metadata.labels?.[label] === undefined)
    return gone.flatMap((label) => {
      const now = find(actual, [...path, 'metadata', 'labels', label])
      const at = [...path, 'metadata', 'labels', label]
      return now === undefined || isUnder(at, passedOver) ? [] : [{ path: at.join('.'), expected: undefined, actual: now }]
    })
  })
}

/** The value at a path, or undefined. */
export function find(tree: Meaning | undefined, path: TreePath): Meaning | undefined {
  return path.reduce<Meaning | undefined>((value, key) => {
    if (isList(value)) return value[Number(key)]
    return isMapping(value) ? value[key] : undefined
  }, tree)
}

/** The tree with another value at a path; undefined takes it away. */
export function replace(tree: Meaning, [key, ...path]: TreePath, value: Meaning | undefined): Meaning {
  if (key === undefined) return value ?? null
  if (isList(tree)) return tree.map((item, index) => (String(index) === key ? replace(item, path, value) : item))
  const entries = new Map(Object.entries(isMapping(tree) ? tree : {}))
  if (path.length === 0 && value === undefined) entries.delete(key)
  else entries.set(key, replace(entries.get(key) ?? {}, path, value))
  return Object.fromEntries(entries)
}

export function isMapping(value: Meaning | undefined): value is { readonly [key: string]: Meaning } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function isList(value: Meaning | undefined): value is readonly Meaning[] {
  return Array.isArray(value)
}
