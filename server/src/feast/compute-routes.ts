import { isObject, type JsonObject } from '../json.ts'
import { flag, integer, neededText, text } from '../query.ts'
import type { ProjectIndex } from '../registry/registry-index.ts'
import type { RestObject } from '../registry/rest-object.ts'
import { type AnyRoute, type Rooms, route } from '../route.ts'

const allow_cache = flag(true, '`false` reads the registry anew')

/** Feast's classes by the type in feature_store.yaml. */
const engineClasses: Readonly<Record<string, string>> = {
  local: 'LocalComputeEngine',
  lambda: 'LambdaComputeEngine',
  k8s: 'KubernetesComputeEngine',
  'spark.engine': 'SparkComputeEngine',
  'snowflake.engine': 'SnowflakeComputeEngine',
  'ray.engine': 'RayComputeEngine',
}

/** The type alone is told: an engine's other options may hold secrets. */
const engineOf = ({ config }: Rooms): JsonObject => {
  const { type } = config.batchEngine
  return { engineType: type, engineClass: engineClasses[type] ?? type, config: { type } }
}

const materialized = (index: ProjectIndex) => [
  ...index.list('feature-view').map((view) => ({ view, type: 'Batch' })),
  ...index.list('stream-feature-view').map((view) => ({ view, type: 'Stream' })),
]

const intervalsOf = (view: RestObject): readonly JsonObject[] => {
  const { meta } = view.json
  return isObject(meta) && Array.isArray(meta.materializationIntervals) ? meta.materializationIntervals.filter(isObject) : []
}

const infoOf = ({ view, type }: { readonly view: RestObject; readonly type: string }): JsonObject => {
  const intervals = intervalsOf(view)
  const spec = isObject(view.json.spec) ? view.json.spec : {}
  const overrides = spec.batchEngine ?? null
  return {
    name: view.name,
    type,
    online: spec.online ?? true,
    lastMaterialized: intervals.at(-1)?.endTime ?? null,
    hasOverride: overrides !== null,
    overrides,
    materializationIntervals: intervals,
  }
}

/** The intervals that the registry knows, as Feast shows them: as jobs that succeeded. Real runs are at `/runs`. */
const jobsOf = (index: ProjectIndex): readonly JsonObject[] =>
  index
    .list('feature-view')
    .flatMap((view) =>
      intervalsOf(view).map(({ startTime, endTime }, at) => ({
        id: `${view.name}-${at}`,
        featureView: view.name,
        status: 'SUCCEEDED',
        startTime: startTime ?? null,
        endTime: endTime ?? null,
      })),
    )
    .toSorted((a, b) => (String(a.startTime) < String(b.startTime) ? 1 : -1))

/** The routes of engines and their jobs. */
export const computeRoutes: readonly AnyRoute[] = [
  route({
    method: 'GET',
    path: '/compute_engines',
    right: 'describe',
    cost: 'snapshot',
    summary: 'What materializes the views of a project',
    query: { project: neededText('The project'), allow_cache },
    handle: ({ query, index, rooms }) => {
      const views = materialized(index.project(query.project)).map(infoOf)
      return { engine: { ...engineOf(rooms), featureViewCount: views.length, project: query.project }, featureViews: views }
    },
  }),
  route({
    method: 'GET',
    path: '/compute_engines/all',
    right: 'describe',
    cost: 'snapshot',
    summary: 'What materializes the views of all projects',
    query: { allow_cache, page: integer({ fallback: 1, least: 1 }), limit: integer({ fallback: 50, least: 1, most: 100 }) },
    handle: ({ query: { page, limit }, index, rooms }) => {
      const engines = index.projects.map(({ name }) => ({
        ...engineOf(rooms),
        project: name,
        featureViewCount: index.project(name).list('feature-view').length,
      }))
      return { engines: engines.slice((page - 1) * limit, page * limit), pagination: { page, limit, total: engines.length } }
    },
  }),
  route({
    method: 'GET',
    path: '/materialization_jobs',
    right: 'describe',
    cost: 'snapshot',
    summary: 'The intervals that views were materialized for',
    query: {
      project: neededText('The project'),
      allow_cache,
      status: text('Only jobs with this status'),
      feature_view: text('Only jobs of a view'),
      page: integer({ fallback: undefined, least: 1 }),
      limit: integer({ fallback: undefined, least: 1, most: 100 }),
      sort_by: text('Taken and not heeded, as in Feast'),
      sort_order: text(),
    },
    handle: ({ query, index }) => {
      const { page, limit, status = '', feature_view: view = '' } = query
      const jobs = jobsOf(index.project(query.project))
        .filter((job) => status === '' || job.status === status.toUpperCase())
        .filter((job) => view === '' || job.featureView === view)
      const shown = page === undefined || limit === undefined ? jobs : jobs.slice((page - 1) * limit, page * limit)
      return { jobs: shown, pagination: { page: page ?? 0, limit: limit ?? 0, total: jobs.length } }
    },
  }),
]
