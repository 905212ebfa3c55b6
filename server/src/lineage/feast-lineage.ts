import { serverError } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import { listParameters, pageOf, type Sortable, sorted } from '../page.ts'
import { flag, neededText, text } from '../query.ts'
import type { ProjectIndex } from '../registry/registry-index.ts'
import type { Relationship } from '../registry/relationship.ts'
import { type AnyRoute, route } from '../route.ts'

const allow_cache = flag(true, '`false` reads the registry anew')
const project = neededText('The project')

interface Paging {
  readonly page: number | undefined
  readonly limit: number | undefined
  readonly sort_by: string | undefined
  readonly sort_order: string | undefined
}

const sortable = (each: Relationship): Sortable => ({ value: { ...each.source }, name: each.source.name, project: each.target.name })

/** Feast sorts relationships by attributes that they do not have: the order stays. */
const paged = (list: readonly Relationship[], query: Paging) =>
  pageOf(query.sort_by?.includes('.') === true ? sorted(list, sortable, { by: query.sort_by, order: query.sort_order }) : list, query)

const filtered = (list: readonly Relationship[], type: string | undefined, name: string | undefined): readonly Relationship[] => {
  if ((type ?? '') === '' || (name ?? '') === '') return list
  return list.filter(({ source, target }) => [source, target].some((end) => end.type === type && end.name === name))
}

const filters = {
  filter_object_type: text('With a name: only what an object of this type has a part in'),
  filter_object_name: text(),
}

const pageJson = (items: readonly JsonObject[], query: Paging) => {
  const sort = (value: JsonObject): Sortable => ({ value, name: JSON.stringify(value), project: '' })
  return pageOf(
    query.sort_by === undefined || query.sort_by === '' ? items : sorted(items, sort, { by: query.sort_by, order: query.sort_order }),
    query,
  )
}

/** The objects of a project by Feast's lists; views lie one level deeper there, by their type. */
const listsOf = (index: ProjectIndex): Readonly<Record<string, readonly JsonObject[]>> => {
  const anyView = ({ type, ...rest }: JsonObject): JsonObject => (typeof type === 'string' ? { [type]: rest } : rest)
  const plain = ({ type: _, ...rest }: JsonObject): JsonObject => rest
  const stored = ['feature-view', 'stream-feature-view', 'on-demand-feature-view'] as const
  const feature = (kind: string) => index.features.filter((each) => each.kind === kind).map((each): JsonObject => ({ ...each }))
  return {
    entities: index.list('entity').map(({ json }) => json),
    dataSources: index.list('data-source').map(({ json }) => json),
    featureViews: stored.flatMap((kind) => index.list(kind).map(({ json }) => anyView(json))),
    labelViews: index.list('label-view').map(({ json }) => plain(json)),
    featureServices: index.list('feature-service').map(({ json }) => json),
    features: index.features.map((each): JsonObject => ({ ...each })),
    labels: feature('label'),
    savedDatasets: index.list('saved-dataset').map(({ json }) => json),
  }
}

/** Feast's types of objects that relationships are asked for by. */
const objectTypes = ['dataSource', 'entity', 'featureView', 'featureService', 'feature', 'savedDataset']

/** Feast's routes of lineage that are about a whole project, and about all. */
export const feastLineageRoutes: readonly AnyRoute[] = [
  route({
    method: 'GET',
    path: '/lineage/registry',
    right: 'describe',
    cost: 'snapshot',
    summary: 'The relationships of a project',
    query: { project, allow_cache, ...filters, ...listParameters },
    handle: ({ query, index }) => {
      const { direct, indirect } = index.project(query.project).relationships
      const [type, name] = [query.filter_object_type, query.filter_object_name]
      const [first, second] = [paged(filtered(direct, type, name), query), paged(filtered(indirect, type, name), query)]
      return {
        relationships: first.items,
        indirect_relationships: second.items,
        relationships_pagination: first.pagination,
        indirect_relationships_pagination: second.pagination,
      }
    },
  }),
  route({
    method: 'GET',
    path: '/lineage/registry/all',
    right: 'describe',
    cost: 'snapshot',
    summary: 'The relationships of all projects',
    query: { allow_cache, ...filters },
    handle: ({ query, index }) => {
      const of = (part: 'direct' | 'indirect') =>
        index.projects.flatMap(({ name }) =>
          filtered(index.project(name).relationships[part], query.filter_object_type, query.filter_object_name).map((each) => ({
            ...each,
            project: name,
          })),
        )
      return { relationships: of('direct'), indirect_relationships: of('indirect') }
    },
  }),
  route({
    method: 'GET',
    path: '/lineage/complete',
    right: 'describe',
    cost: 'snapshot',
    summary: 'The objects and the relationships of a project',
    query: { project, allow_cache, ...listParameters },
    handle: ({ query, index }) => {
      const found = index.project(query.project)
      const lists = Object.entries(listsOf(found)).map(([key, items]) => [key, pageJson(items, query)] as const)
      const [direct, indirect] = [paged(found.relationships.direct, query), paged(found.relationships.indirect, query)]
      return {
        project: query.project,
        objects: Object.fromEntries(lists.map(([key, { items }]) => [key, items])),
        relationships: direct.items,
        indirectRelationships: indirect.items,
        pagination: {
          ...Object.fromEntries(lists.map(([key, { pagination }]) => [key, pagination])),
          relationships: direct.pagination,
          indirectRelationships: indirect.pagination,
        },
      }
    },
  }),
  route({
    method: 'GET',
    path: '/lineage/complete/all',
    right: 'describe',
    cost: 'snapshot',
    summary: 'The objects and the relationships of all projects',
    query: { allow_cache },
    handle: ({ index }) => ({
      projects: index.projects.map(({ name }) => {
        const found = index.project(name)
        const lists = Object.entries(listsOf(found)).map(([key, items]) => [key, items.map((item) => ({ ...item, project: name }))])
        const { direct, indirect } = found.relationships
        return { project: name, objects: Object.fromEntries(lists), relationships: direct, indirectRelationships: indirect }
      }),
    }),
  }),
]

/** The relationships of one object, as Feast answers them. @throws SERVER_VALUE_INVALID for a type that it does not know */
export const objectRelationships = (
  index: ProjectIndex,
  object: { readonly type: string; readonly name: string; readonly indirect: boolean },
  query: Paging,
) => {
  if (!objectTypes.includes(object.type))
    throw serverError('SERVER_VALUE_INVALID', ['object type', object.type, `allowed: ${objectTypes.join(', ')}`])
  const { items, pagination } = paged(index.related(object.type, object.name, object), query)
  // Protobuf leaves an empty list out.
  return { ...(items.length === 0 ? {} : { relationships: items }), pagination }
}
