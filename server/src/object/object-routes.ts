import { serverError } from '../errors.ts'
import type { Json, JsonObject } from '../json.ts'
import { alwaysPageOf, listParameters, pageOf, pageParameters, sorted } from '../page.ts'
import { flag, neededText, type Parameter, type Parameters, texts } from '../query.ts'
import type { ProjectIndex, RegistryIndex } from '../registry/registry-index.ts'
import type { RestObject } from '../registry/rest-object.ts'
import { type AnyRoute, route } from '../route.ts'
import type { Collection } from './collection.ts'
import { computedOf } from './computed.ts'
import { definitionsOf } from './definition.ts'
import { type Listing, listing, listingParameters } from './listing.ts'

const common = {
  allow_cache: flag(true, '`false` reads the registry anew'),
  include_relationships: flag(false, 'The relationships of each object, by name'),
}
const project = neededText('The project')

const filterParameters = (collection: Collection): Parameters => ({
  ...Object.fromEntries(Object.entries(collection.filters).map(([name, filter]) => [name, filter.parameter])),
  ...(collection.tagged ? { tags: texts('`key:value`, all of which an object has') } : {}),
})

const tagPairs = (tags: unknown): readonly (readonly [string, string])[] =>
  (Array.isArray(tags) ? tags.map(String) : [])
    .filter((tag) => tag.includes(':'))
    .map((tag) => [tag.slice(0, tag.indexOf(':')), tag.slice(tag.indexOf(':') + 1)])

const listed = (collection: Collection, index: ProjectIndex, query: Readonly<Record<string, unknown>>): readonly RestObject[] => {
  const tags = tagPairs(query.tags)
  const tests = Object.entries(collection.filters).flatMap(([name, { keep }]) => {
    const value = query[name]
    return typeof value === 'string' && value !== '' ? [keep(value, index)] : []
  })
  return collection.kinds
    .flatMap((kind) => index.list(kind))
    .filter((object) => tags.every(([key, value]) => object.head.tags[key] === value) && tests.every((test) => test(object)))
}

const relationships = (collection: Collection, index: ProjectIndex, name: string): Json =>
  index
    .related(collection.related, name, { indirect: true })
    .map(({ source, target }) => ({ source: { ...source }, target: { ...target } }))

const relationshipsByName = (collection: Collection, objects: readonly { readonly index: ProjectIndex; readonly object: RestObject }[]) =>
  Object.fromEntries(objects.map(({ index, object }) => [object.name, relationships(collection, index, object.name)]))

const jsonOf = (collection: Collection, object: RestObject, index: ProjectIndex): JsonObject =>
  collection.extend?.(object, index) ?? object.json

const shownItem = (collection: Collection, index: ProjectIndex, object: RestObject) => ({
  value: jsonOf(collection, object, index),
  name: object.name,
  project: object.project,
  index,
  object,
})

const listRoute = (collection: Collection): AnyRoute =>
  route({
    method: 'GET',
    path: `/${collection.path}`,
    right: 'describe',
    cost: 'snapshot',
    summary: `The ${collection.path.replaceAll('_', ' ')} of a project`,
    query: { project, ...common, ...listParameters, ...listingParameters, ...filterParameters(collection) },
    handle: ({ query, index, rooms }) => {
      const found = index.project(query.project)
      const all = listed(collection, found, query).map((object) => shownItem(collection, found, object))
      const list: Listing = listing(query, { now: rooms.now(), index })
      const matching = list.filter(all)
      const { items, pagination } = pageOf(sorted(matching, list.sortable, { by: query.sort_by, order: query.sort_order }), query)
      return {
        [collection.key]: items.map(list.show),
        pagination,
        ...(query.include_relationships ? { relationships: relationshipsByName(collection, items) } : {}),
      }
    },
  })

const acrossRoute = (collection: Collection): AnyRoute =>
  route({
    method: 'GET',
    path: `/${collection.path}/all`,
    right: 'describe',
    cost: 'snapshot',
    summary: `The ${collection.path.replaceAll('_', ' ')} of all projects`,
    query: { ...common, ...pageParameters, ...listingParameters, ...datasetParameters(collection) },
    handle: ({ query, index, rooms }) => {
      const all = index.projects.flatMap(({ name }) => {
        const found = index.project(name)
        return listed(collection, found, query).map((object) => {
          const item = shownItem(collection, found, object)
          return { ...item, value: { ...item.value, project: name } }
        })
      })
      const list = listing(query, { now: rooms.now(), index })
      const matching = list.filter(all)
      const { items, pagination } = alwaysPageOf(sorted(matching, list.sortable, { by: query.sort_by, order: query.sort_order }), query)
      return {
        [collection.key]: items.map(list.show),
        pagination,
        ...(query.include_relationships ? { relationships: relationshipsByName(collection, all) } : {}),
      }
    },
  })

/** Of the filters, lists over all projects know only those of datasets. */
const datasetParameters = (collection: Collection): Readonly<Record<string, Parameter<unknown>>> =>
  collection.path === 'saved_datasets' ? filterParameters({ ...collection, tagged: false }) : {}

/** An object by its name. @throws SERVER_OBJECT_NOT_FOUND */
export const findObject = (
  collection: Collection,
  index: RegistryIndex,
  id: { readonly project: string; readonly name: string },
): RestObject => {
  const found = index.project(id.project)
  const object = (collection.found ?? collection.kinds).map((kind) => found.get(kind, id.name)).find((each) => each !== undefined)
  if (object === undefined) throw serverError('SERVER_OBJECT_NOT_FOUND', [collection.words, id.name, id.project])
  return object
}

const oneRoute = (collection: Collection): AnyRoute =>
  route({
    method: 'GET',
    path: `/${collection.path}/{name}`,
    right: 'describe',
    cost: 'snapshot',
    summary: `One of the ${collection.path.replaceAll('_', ' ')}`,
    query: { project, ...common, ...listingParameters },
    handle: ({ query, path: { name = '' }, index, rooms }) => {
      const found = index.project(query.project)
      const object = findObject(collection, index, { project: query.project, name })
      const list = listing(query, { now: rooms.now(), index })
      const definitions = collection.defined ? definitionsOf(object) : undefined
      return {
        ...list.show(shownItem(collection, found, object)),
        computed: computedOf(object, found, rooms.now()),
        ...collection.beside?.(object, found),
        ...(query.include_relationships ? { relationships: relationships(collection, found, name) } : {}),
        ...(definitions === undefined ? {} : { featureDefinition: definitions.python, definitions }),
      }
    },
  })

/** The routes that read a family. */
export const objectRoutes = (collection: Collection): readonly AnyRoute[] => [
  listRoute(collection),
  ...(collection.across ? [acrossRoute(collection)] : []),
  oneRoute(collection),
]
