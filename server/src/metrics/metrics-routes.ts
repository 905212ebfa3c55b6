import type { JsonObject } from '../json.ts'
import { alwaysPageOf, listParameters, type Sortable, sorted } from '../page.ts'
import { flag, integer, text } from '../query.ts'
import { featuresOf } from '../registry/feature.ts'
import type { ProjectIndex, RegistryIndex } from '../registry/registry-index.ts'
import type { RestObject } from '../registry/rest-object.ts'
import { type AnyRoute, route } from '../route.ts'
import { isoOf } from '../time.ts'

const allow_cache = flag(true, '`false` reads the registry anew')
const storedViews = (index: ProjectIndex): readonly RestObject[] => index.views.filter(({ kind }) => kind !== 'label-view')

const countsOf = (index: ProjectIndex) => ({
  entities: index.list('entity').length,
  dataSources: index.list('data-source').length,
  savedDatasets: index.list('saved-dataset').length,
  features: index.features.length,
  featureViews: storedViews(index).length,
  featureServices: index.list('feature-service').length,
})

const listsOf = (index: ProjectIndex) => ({
  featureServices: index.list('feature-service').map(({ name, project }) => ({ name, project })),
  featureViews: storedViews(index).map((view) => ({
    name: view.name,
    project: view.project,
    type: view.json.type,
    featureCount: featuresOf(view).length,
  })),
})

const ownCounts = (index: ProjectIndex) => ({
  labelViews: index.list('label-view').length,
  permissions: index.list('permission').length,
  onDemandFeatureViews: index.list('on-demand-feature-view').length,
  streamFeatureViews: index.list('stream-feature-view').length,
})

const lastUpdated = (index: RegistryIndex): string | null => {
  const times = index.snapshot.list('project').flatMap((project) => {
    const { lastUpdatedTimestamp: at } = project.message.meta ?? {}
    return at === undefined ? [] : [at.seconds * 1_000_000n + BigInt(Math.trunc(at.nanos / 1000))]
  })
  const newest = times.toSorted((a, b) => (a < b ? -1 : 1)).at(-1)
  return newest === undefined ? null : isoOf(newest)
}

const total = (counts: readonly ReturnType<typeof countsOf>[]) =>
  counts.reduce(
    (sum, each) => ({
      entities: sum.entities + each.entities,
      dataSources: sum.dataSources + each.dataSources,
      savedDatasets: sum.savedDatasets + each.savedDatasets,
      features: sum.features + each.features,
      featureViews: sum.featureViews + each.featureViews,
      featureServices: sum.featureServices + each.featureServices,
    }),
    { entities: 0, dataSources: 0, savedDatasets: 0, features: 0, featureViews: 0, featureServices: 0 },
  )

const countsRoute = route({
  method: 'GET',
  path: '/metrics/resource_counts',
  right: 'describe',
  cost: 'snapshot',
  summary: 'How many objects of each kind there are',
  query: { project: text('One project; all when left out'), allow_cache, lists: flag(true, '`false` leaves the lists of objects out') },
  handle: ({ query, index }) => {
    const registryLastUpdated = lastUpdated(index)
    if (query.project !== undefined && query.project !== '') {
      const found = index.project(query.project)
      const counts = countsOf(found)
      if (!query.lists) return { project: query.project, counts: { ...counts, ...ownCounts(found) }, registryLastUpdated }
      return { project: query.project, counts, ...listsOf(found), projects: [{ name: query.project }], registryLastUpdated }
    }
    const found = index.projects.map(({ name, head }) => ({ name, description: head.description, index: index.project(name) }))
    const counts = found.map((each) => countsOf(each.index))
    const perProject = Object.fromEntries(found.map(({ name }, at) => [name, counts[at]]))
    const lists = found.map((each) => listsOf(each.index))
    return {
      total: total(counts),
      perProject,
      ...(query.lists
        ? { featureServices: lists.flatMap((each) => each.featureServices), featureViews: lists.flatMap((each) => each.featureViews) }
        : {}),
      projects: found.map(({ name, description }) => ({ name, description })),
      registryLastUpdated,
    }
  },
})

const byPopularity = (a: { readonly key: string; readonly views: readonly unknown[] }, b: typeof a): number =>
  b.views.length - a.views.length || (a.key < b.key ? 1 : a.key > b.key ? -1 : 0)

const tagsRoute = route({
  method: 'GET',
  path: '/metrics/popular_tags',
  right: 'describe',
  cost: 'snapshot',
  summary: 'The tags that most feature views have',
  query: { project: text('One project; all when left out'), limit: integer({ fallback: 4 }), allow_cache },
  handle: ({ query, index }) => {
    const names = query.project !== undefined && query.project !== '' ? [query.project] : index.projects.map(({ name }) => name)
    const views = names.flatMap((name) => storedViews(index.project(name)))
    const tagged = views.flatMap(({ name, project, head }) =>
      Object.entries(head.tags).map(([key, value]) => ({ key, value, name, project })),
    )
    const groups = Map.groupBy(tagged, ({ key, value }) => JSON.stringify([key, value]))
    const tags = [...groups.values()]
      .map((each) => ({ key: each[0]?.key ?? '', value: each[0]?.value ?? '', views: each }))
      .sort(byPopularity)
    return {
      popular_tags: tags.slice(0, query.limit).map(({ key, value, views: having }) => ({
        tag_key: key,
        tag_value: value,
        feature_views: having.map(({ name, project }) => ({ name, project })),
        total_feature_views: having.length,
      })),
      metadata: { totalFeatureViews: views.length, totalTags: tags.length, limit: query.limit },
    }
  },
})

/** What Feast's server noted of a user's visits, in the registry's metadata: ours reads it and notes nothing. */
const visitsOf = (index: RegistryIndex, project: string, user: string): readonly JsonObject[] => {
  const noted = index.snapshot.metadata(project).get(`recently_visited_${user}`)
  try {
    const visits: unknown = JSON.parse(noted ?? '[]')
    // Feast writes a list of objects there.
    return Array.isArray(visits) ? (visits as readonly JsonObject[]) : []
  } catch {
    return [] // somebody else's value under Feast's key
  }
}

const visitsRoute = route({
  method: 'GET',
  path: '/metrics/recently_visited',
  right: 'describe',
  cost: 'memory',
  summary: 'What the user looked at last, as Feast noted it',
  query: { project: text('One project; all when left out'), object: text('`entities`, `feature_views`, …'), ...listParameters },
  handle: ({ query, index, caller }) => {
    const one = query.project !== undefined && query.project !== ''
    const names = one ? [query.project ?? ''] : index.projects.map(({ name }) => name)
    const all = names.flatMap((name) => visitsOf(index, name, caller.user ?? 'anonymous'))
    const sortable = (value: JsonObject): Sortable => ({ value, name: String(value.object_name), project: String(value.project) })
    const ordered = one ? all : sorted(all, sortable, { by: 'timestamp', order: 'desc' })
    const visits = ordered.filter(({ object }) => (query.object ?? '') === '' || object === query.object).slice(-100)
    const list = sorted(visits, sortable, { by: query.sort_by, order: query.sort_order })
    if (query.page === undefined && query.limit === undefined) return { visits: list, pagination: { totalCount: list.length } }
    const { items, pagination } = alwaysPageOf(list, { page: query.page ?? 1, limit: query.limit ?? 50 })
    return { visits: items, pagination }
  },
})

/** The routes of counts and tags. */
export const metricsRoutes: readonly AnyRoute[] = [countsRoute, tagsRoute, visitsRoute]
