import { isObject, type Json, type JsonObject, valueAt } from '../json.ts'
import type { Sortable } from '../page.ts'
import { text } from '../query.ts'
import type { ProjectIndex, RegistryIndex } from '../registry/registry-index.ts'
import type { RestObject } from '../registry/rest-object.ts'
import { computedOf } from './computed.ts'
import { compileQuery, subjectOf } from './match.ts'

/** What our lists take beside Feast's. */
export const listingParameters = {
  q: text('A token query: words, `tag:team=risk`, `-owner:ada`, `state:late`'),
  fields: text('Paths to keep, separated by commas: `spec.name,meta.lastUpdatedTimestamp,computed`'),
}

/** An object on its way into a list. */
export interface Item {
  readonly value: JsonObject
  readonly name: string
  readonly project: string
  readonly index: ProjectIndex
  readonly object: RestObject
}

/** What a request wants of a list. */
export interface Listing {
  readonly filter: (items: readonly Item[]) => readonly Item[]
  readonly sortable: (item: Item) => Sortable
  readonly show: (item: Item) => JsonObject
}

/** What is asked for: only these parts of the request count here. */
export interface ListingQuery {
  readonly q?: string | undefined
  readonly fields?: string | undefined
  readonly sort_by?: string | undefined
}

const merge = (into: Record<string, Json>, path: readonly string[], value: Json): void => {
  const [first, ...rest] = path
  if (first === undefined) return
  if (rest.length === 0) into[first] = value
  else {
    const inner: Record<string, Json> = isObject(into[first]) ? { ...into[first] } : {}
    merge(inner, rest, value)
    into[first] = inner
  }
}

/** Keeps some paths of an object, in their places. */
export const project = (value: JsonObject, paths: readonly (readonly string[])[]): JsonObject => {
  const kept: Record<string, Json> = {}
  for (const path of paths) {
    const found = valueAt(value, path)
    if (found !== undefined) merge(kept, path, found)
  }
  return kept
}

/** Compiles what a request says of a list, once. */
export const listing = (query: ListingQuery, at: { readonly now: bigint; readonly index: RegistryIndex }): Listing => {
  const paths = (query.fields ?? '').split(',').flatMap((path) => (path.trim() === '' ? [] : [path.trim().split('.')]))
  const shown = (item: Item): JsonObject =>
    paths.some(([first]) => first === 'computed') ? { ...item.value, computed: computedOf(item.object, item.index, at.now) } : item.value
  const matches = query.q === undefined || query.q.trim() === '' ? undefined : compileQuery(query.q, at.now)
  const needsComputed = query.sort_by?.startsWith('computed') === true
  return {
    filter: (items) => (matches === undefined ? items : items.filter((item) => matches(subjectOf(item.object, item.index, at.now)))),
    sortable: ({ value, name, project: owner, object, index }) => ({
      value: needsComputed ? { ...value, computed: computedOf(object, index, at.now) } : value,
      name,
      project: owner,
    }),
    show: (item) => (paths.length === 0 ? item.value : project(shown(item), paths)),
  }
}

/** Whether an answer to this depends on the clock. */
export const isTimed = (query: ListingQuery): boolean =>
  query.q !== undefined || query.fields?.includes('computed') === true || query.sort_by?.startsWith('computed') === true
