import { serverError } from '../errors.ts'
import type { Json, JsonObject } from '../json.ts'
import { alwaysPageOf, listParameters, pageOf, pageParameters, type Sortable, sorted } from '../page.ts'
import { flag, neededText, text } from '../query.ts'
import type { RestFeature } from '../registry/feature.ts'
import type { ProjectIndex } from '../registry/registry-index.ts'
import { type AnyRoute, route } from '../route.ts'
import { freshnessOf } from '../run/freshness.ts'
import { isoOf } from '../time.ts'
import { quoted, variableOf } from './code.ts'
import { featureSubject, servicesOf } from './feature-subject.ts'
import { type ListingQuery, listingParameters, project as projected } from './listing.ts'
import { compileQuery } from './match.ts'

const common = {
  allow_cache: flag(true, '`false` reads the registry anew'),
  include_relationships: flag(false, 'The relationships of each feature, by name'),
}

/** A feature on its way into a list. */
interface Item {
  readonly feature: RestFeature
  readonly project: ProjectIndex
  readonly value: JsonObject
}

const computedOf = ({ feature, project }: Pick<Item, 'feature' | 'project'>, now: bigint): JsonObject => {
  const view = project.view(feature.featureView)
  const freshness = view === undefined ? undefined : freshnessOf(view, now)
  const updated = view?.head.lastUpdated
  return {
    featureCount: null,
    usedBy: servicesOf(feature, project).length,
    state: freshness?.state ?? null,
    ageSeconds: freshness?.ageSeconds ?? null,
    ttlSeconds: freshness?.ttlSeconds ?? null,
    description: feature.description ?? '',
    owner: view?.head.owner ?? '',
    lastUpdated: updated === undefined ? null : isoOf(updated),
  }
}

/** Lists that are made once for a state of the registry: those that pages are asked for again and again. */
const prepared = new WeakMap<ProjectIndex, Map<string, readonly Item[]>>()
const preparedOrders: readonly (string | undefined)[] = ['name', 'featureView', 'type']

const once = (project: ProjectIndex, key: string, make: () => readonly Item[]): readonly Item[] => {
  const known = prepared.get(project) ?? new Map<string, readonly Item[]>()
  prepared.set(project, known)
  const items = known.get(key) ?? make()
  known.set(key, items)
  return items
}

const itemsOf = (project: ProjectIndex, kind: RestFeature['kind']): readonly Item[] =>
  once(project, kind, () =>
    project.features.filter((each) => each.kind === kind).map((feature) => ({ feature, project, value: { ...feature } })),
  )

type Query = ListingQuery & { readonly sort_order?: string | undefined }

const ordered = (items: readonly Item[], query: Query, now: bigint): readonly Item[] => {
  const timed = query.sort_by?.startsWith('computed') === true
  const sortable = (item: Item): Sortable => ({
    value: timed ? { ...item.value, computed: computedOf(item, now) } : item.value,
    name: item.feature.name,
    project: `${item.project.name}\0${item.feature.featureView}`,
  })
  return sorted(items, sortable, { by: query.sort_by, order: query.sort_order })
}

const matching = (items: readonly Item[], query: Query, now: bigint): readonly Item[] => {
  const matches = query.q === undefined || query.q.trim() === '' ? undefined : compileQuery(query.q, now)
  return matches === undefined ? items : items.filter((item) => matches(featureSubject(item.feature, item.project)))
}

const listed = (items: readonly Item[], query: Query, now: bigint): readonly Item[] => ordered(matching(items, query, now), query, now)

const shown = (item: Item, { fields = '' }: ListingQuery, now: bigint): JsonObject => {
  const paths = fields.split(',').flatMap((path) => (path.trim() === '' ? [] : [path.trim().split('.')]))
  if (paths.length === 0) return item.value
  const timed = paths.some(([first]) => first === 'computed')
  return projected(timed ? { ...item.value, computed: computedOf(item, now) } : item.value, paths)
}

const related = (items: readonly Item[]): Readonly<Record<string, Json>> =>
  Object.fromEntries(items.map(({ feature, project }) => [feature.name, relationships(feature.name, project)]))

const relationships = (name: string, project: ProjectIndex): Json =>
  project.related('feature', name, { indirect: true }).map(({ source, target }) => ({ source: { ...source }, target: { ...target } }))

const jsonOf = (feature: RestFeature): JsonObject => ({ ...feature })

/** Features of stored and computed views, and labels, which are listed apart. */
type Family = { readonly path: 'features' | 'labels'; readonly kind: RestFeature['kind'] }

const listRoute = ({ path, kind }: Family): AnyRoute =>
  route({
    method: 'GET',
    path: `/${path}`,
    right: 'describe',
    cost: 'snapshot',
    summary: `The ${path} of a project`,
    query: {
      project: neededText('The project'),
      feature_view: text(`Only the ${path} of a view`),
      name: text('Only those of a name'),
      ...common,
      ...listParameters,
      ...listingParameters,
    },
    handle: ({ query, index, rooms }) => {
      const project = index.project(query.project)
      const now = rooms.now()
      const { feature_view: view = '', name = '', q = '' } = query
      const all = itemsOf(project, kind)
      const kept =
        view === '' && name === ''
          ? all
          : all.filter(({ feature }) => (view === '' || feature.featureView === view) && (name === '' || feature.name === name))
      const isPrepared = kept === all && q === '' && preparedOrders.includes(query.sort_by)
      const key = `${kind} ${query.sort_by} ${query.sort_order}`
      const items = isPrepared ? once(project, key, () => ordered(all, query, now)) : listed(kept, query, now)
      const page = pageOf(items, query)
      return {
        [path]: page.items.map((item) => shown(item, query, now)),
        pagination: page.pagination,
        ...(query.include_relationships ? { relationships: related(page.items) } : {}),
      }
    },
  })

const acrossRoute = ({ path, kind }: Family): AnyRoute =>
  route({
    method: 'GET',
    path: `/${path}/all`,
    right: 'describe',
    cost: 'snapshot',
    summary: `The ${path} of all projects`,
    query: { ...common, ...pageParameters, ...listingParameters },
    handle: ({ query, index, rooms }) => {
      const items = index.projects.flatMap(({ name }) => {
        const project = index.project(name)
        return itemsOf(project, kind).map((item): Item => ({ ...item, value: { ...item.value, project: name } }))
      })
      const now = rooms.now()
      const page = alwaysPageOf(listed(items, query, now), query)
      return {
        [path]: page.items.map((item) => shown(item, query, now)),
        pagination: page.pagination,
        ...(query.include_relationships ? { relationships: related(items) } : {}),
      }
    },
  })

const oneRoute = route({
  method: 'GET',
  path: '/features/{feature_view}/{name}',
  right: 'describe',
  cost: 'memory',
  summary: 'One feature',
  query: { project: neededText('The project'), ...common },
  handle: ({ query, path: { feature_view: view = '', name = '' }, index, rooms }) => {
    const project = index.project(query.project)
    const feature = project.features.find((each) => each.featureView === view && each.name === name)
    if (feature === undefined) throw serverError('SERVER_FEATURE_NOT_FOUND', [name, view, query.project])
    const python = `from feast import Field\nfrom feast.types import ${(feature.type.match(/[A-Z]\w*/g) ?? []).join(', ')}\n\n${variableOf(name)} = Field(name=${quoted(name)}, dtype=${feature.type})\n`
    return {
      ...jsonOf(feature),
      computed: computedOf({ feature, project }, rooms.now()),
      ...(query.include_relationships ? { relationships: relationships(name, project) } : {}),
      featureDefinition: python,
    }
  },
})

/** The routes of features and labels. */
export const featureRoutes: readonly AnyRoute[] = [
  ...(['feature', 'label'] as const).flatMap((kind) => [listRoute({ path: `${kind}s`, kind }), acrossRoute({ path: `${kind}s`, kind })]),
  oneRoute,
]
