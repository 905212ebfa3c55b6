import { isObject, type Json, type JsonObject } from '../json.ts'
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

/** Members that are wanted of an object, and of what is inside them; without any the whole is wanted. */
type Wanted = ReadonlyMap<string, Wanted>

const wantedOf = (paths: readonly (readonly string[])[]): Wanted => {
  const groups = Map.groupBy(paths, ([first]) => first ?? '')
  return new Map(
    [...groups].map(([name, list]) => {
      const rest = list.map((path) => path.slice(1))
      return [name, rest.some((path) => path.length === 0) ? new Map() : wantedOf(rest)]
    }),
  )
}

const pick = (value: Json, wanted: Wanted): Json => {
  if (wanted.size === 0) return value
  if (Array.isArray(value)) return value.map((item: Json) => pick(item, wanted))
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, item]) => {
      const inside = wanted.get(name)
      return inside === undefined ? [] : [[name, pick(item, inside)]]
    }),
  )
}

/** Keeps some paths of an object, in their places; through lists they go into each of their items. */
export const project = (value: JsonObject, paths: readonly (readonly string[])[]): JsonObject => {
  const kept = pick(value, wantedOf(paths))
  return isObject(kept) ? kept : {}
}

/** Compiles what a request says of a list, once. */
export const listing = (query: ListingQuery, at: { readonly now: bigint; readonly index: RegistryIndex }): Listing => {
  const paths = (query.fields ?? '').split(',').flatMap((path) => (path.trim() === '' ? [] : [path.trim().split('.')]))
  const shown = (item: Item): JsonObject =>
    paths.some(([first]) => first === 'computed') ? { ...item.value, computed: computedOf(item.object, item.index, at.now) } : item.value
  const matches = query.q === undefined || query.q.trim() === '' ? undefined : compileQuery(query.q, at.now)
  const needsComputed = query.sort_by?.startsWith('computed') === true
  return {
    filter: (items) => (matches === undefined ? items : items.filter((item) => matches(subjectOf(item.object, item.index)))),
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
