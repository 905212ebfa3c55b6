import { serverError } from '../errors.ts'
import { neededText, text } from '../query.ts'
import { type AnyRoute, type Call, route } from '../route.ts'

// What Feast 0.67 answers where monitoring, dataset jobs and MLflow are not configured: observed, or read in its servers.
// `docs/reference/rest.md` lists them.

/** Pages show an error for what is only not there: beside them there are no metrics. */
const noMetrics = ({ rooms }: Call): readonly never[] => {
  if (rooms.besidePages) return []
  throw serverError('SERVER_NOT_CONFIGURED', ['Monitoring is not enabled: add data_quality_monitoring section to feature_store.yaml'])
}

const metricParameters = {
  project: neededText('The project'),
  feature_view_name: text(),
  feature_name: text(),
  feature_service_name: text(),
  granularity: text(),
  data_source_type: text(),
  start_date: text(),
  end_date: text(),
}

const monitoring = (method: 'GET' | 'POST', path: string): AnyRoute =>
  route({
    method,
    path: `/monitoring/${path}`,
    right: 'describe',
    cost: 'memory',
    summary: 'Data-quality monitoring, which is not configured',
    query:
      method === 'GET' && path.startsWith('metrics')
        ? metricParameters
        : path.startsWith('jobs')
          ? { project: neededText('The project') }
          : {},
    handle: noMetrics,
  })

const datasetJobs = [
  route({
    method: 'GET',
    path: '/saved_datasets/jobs',
    right: 'describe',
    cost: 'memory',
    summary: 'Jobs that make datasets: none',
    query: { project: text(), status: text() },
    handle: () => ({ jobs: [] }),
  }),
  route({
    method: 'GET',
    path: '/saved_datasets/jobs/{job_id}',
    right: 'describe',
    cost: 'memory',
    summary: 'A job that makes a dataset: there is none',
    query: {},
    handle: ({ path: { job_id: id = '' } }) => {
      throw serverError('SERVER_RECORD_NOT_FOUND', ['Dataset job', id])
    },
  }),
]

/** Routes of Feast's that answer as one without their feature does. */
export const unconfiguredRoutes: readonly AnyRoute[] = [
  ...['metrics/features', 'metrics/feature_views', 'metrics/feature_services', 'metrics/baseline', 'metrics/timeseries'].map((path) =>
    monitoring('GET', path),
  ),
  ...['compute', 'auto_compute', 'compute/log', 'auto_compute/log', 'compute/transient'].map((path) => monitoring('POST', path)),
  monitoring('GET', 'jobs/{job_id}'),
  ...datasetJobs,
]
