import { type Json, valueAt } from './json.ts'
import { integer, oneOf, text } from './query.ts'

/** Feast's pagination object: members that are zero or false are left out. */
export interface Pagination {
  readonly page?: number
  readonly limit?: number
  readonly totalCount?: number
  readonly totalPages?: number
  readonly hasNext?: true
  readonly hasPrevious?: true
}

/** The most items that a page may have: Feast's. */
export const pageLimit = 100

/** The parameters of a list that is whole unless a page is asked for. */
export const listParameters = {
  page: integer({ fallback: undefined, least: 1 }),
  limit: integer({ fallback: undefined, least: 1, most: pageLimit }),
  sort_by: text('A member: `name`, `created_timestamp`, or a path such as `spec.owner`'),
  sort_order: oneOf(['asc', 'desc'], 'asc'),
}

/** The parameters of a list that always comes in pages. */
export const pageParameters = {
  page: integer({ fallback: 1, least: 1 }),
  limit: integer({ fallback: 50, least: 1, most: pageLimit }),
  sort_by: text(),
  sort_order: text('`desc` turns the order round'),
}

const shown = (page: number, limit: number, total: number): Pagination => {
  const totalPages = Math.ceil(total / limit)
  return {
    page,
    limit,
    ...(total === 0 ? {} : { totalCount: total, totalPages }),
    ...(page < totalPages ? { hasNext: true } : {}),
    ...(page > 1 ? { hasPrevious: true } : {}),
  }
}

/** A page of a list that is whole unless page and limit are both given. Nothing at all has the pagination `{}`. */
export const pageOf = <T>(items: readonly T[], { page, limit }: { page: number | undefined; limit: number | undefined }) => {
  if (items.length === 0) return { items, pagination: {} }
  if (page === undefined || limit === undefined) return { items, pagination: { totalCount: items.length, totalPages: 1 } }
  return { items: items.slice((page - 1) * limit, page * limit), pagination: shown(page, limit, items.length) }
}

/** A page of a list that always comes in pages. */
export const alwaysPageOf = <T>(items: readonly T[], { page, limit }: { page: number; limit: number }) => ({
  items: items.slice((page - 1) * limit, page * limit),
  pagination: shown(page, limit, items.length),
})

type Key = string | number

const keyOf = (value: Json | undefined): Key => {
  if (typeof value === 'number') return value
  if (typeof value === 'boolean') return Number(value)
  return typeof value === 'string' ? value.toLowerCase() : ''
}

const compare = (a: Key, b: Key): number => {
  if (typeof a === typeof b) return a < b ? -1 : a > b ? 1 : 0
  // What has no value comes first; a number never meets a text otherwise.
  return typeof a === 'string' ? (a === '' ? -1 : 1) : b === '' ? 1 : -1
}

/** What an item is sorted by, and what breaks ties so that pages stay as they are. */
export interface Sortable {
  readonly value: Json
  readonly name: string
  readonly project: string
}

/** Feast sorts Python objects: its names of their attributes, and where JSON has them. Others are paths into the JSON. */
const attributes: Readonly<Record<string, readonly string[]>> = {
  name: ['name'],
  created_timestamp: ['meta', 'createdTimestamp'],
  last_updated_timestamp: ['meta', 'lastUpdatedTimestamp'],
  join_key: ['spec', 'joinKey'],
  value_type: ['spec', 'valueType'],
  feature_view: ['featureView'],
}

const sortValue = ({ value, name }: Sortable, by: string): Json | undefined => {
  if (by === 'name') return name
  const path = (Object.hasOwn(attributes, by) ? attributes[by] : undefined) ?? by.split('.')
  return valueAt(value, path) ?? valueAt(value, ['spec', ...path])
}

/**
 * Sorts a list by a member. Ties are broken by name, then project; without a member the list stays as it is.
 *
 * @example
 * sorted(items, (item) => ({ value: item, name: item.name, project: 'demo' }), { by: 'name', order: 'desc' })
 */
export const sorted = <T>(
  items: readonly T[],
  sortable: (item: T) => Sortable,
  { by, order }: { by: string | undefined; order: string | undefined },
): readonly T[] => {
  if (by === undefined || by.trim() === '') return items
  const sign = order === 'desc' ? -1 : 1
  const keyed = items.map((item) => {
    const keys = sortable(item)
    return { item, keys, key: keyOf(sortValue(keys, by)) }
  })
  keyed.sort((a, b) => sign * compare(a.key, b.key) || compare(a.keys.name, b.keys.name) || compare(a.keys.project, b.keys.project))
  return keyed.map(({ item }) => item)
}
