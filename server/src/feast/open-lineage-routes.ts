import { serverError } from '../errors.ts'
import { text } from '../query.ts'
import { type AnyRoute, route } from '../route.ts'

// OpenLineage is not configured here. Feast's registry server has no such routes then (404); beside pages, which ask all the same, there is nothing.

const nothing: Readonly<Record<string, object>> = {
  graph: { nodes: [], edges: [], symlinks: [], total_nodes: 0 },
  namespaces: { namespaces: [] },
  events: { events: [], total: 0 },
  jobs: { jobs: [], total: 0 },
  runs: { runs: [], total: 0 },
}

const query = { namespace: text(), job_namespace: text(), job_name: text(), limit: text(), offset: text() }

/** What Feast's lineage page asks of an OpenLineage consumer. */
export const openLineageRoutes: readonly AnyRoute[] = Object.entries(nothing).map(([name, body]) =>
  route({
    method: 'GET',
    path: `/lineage/openlineage/${name}`,
    right: 'describe',
    cost: 'memory',
    summary: 'OpenLineage, which is not configured',
    query,
    handle: ({ rooms }) => {
      if (!rooms.besidePages) throw serverError('SERVER_ROUTE_NOT_FOUND', [])
      return body
    },
  }),
)
