import { serverError } from '../errors.ts'
import { listParameters, pageOf, sorted } from '../page.ts'
import { flag } from '../query.ts'
import { type AnyRoute, route } from '../route.ts'

const allowCache = flag(true, '`false` reads the registry anew')

/** The routes of projects. */
export const projectRoutes: readonly AnyRoute[] = [
  route({
    method: 'GET',
    path: '/projects',
    right: 'describe',
    cost: 'snapshot',
    summary: 'The projects of the registry',
    query: { allow_cache: allowCache, ...listParameters },
    handle: ({ query, index }) => {
      const sortable = ({ json, name }: (typeof index.projects)[number]) => ({ value: json, name, project: name })
      const { items, pagination } = pageOf(sorted(index.projects, sortable, { by: query.sort_by, order: query.sort_order }), query)
      return { projects: items.map(({ json }) => json), pagination }
    },
  }),
  route({
    method: 'GET',
    path: '/projects/{name}',
    right: 'describe',
    cost: 'snapshot',
    summary: 'One project',
    query: { allow_cache: allowCache },
    handle: ({ path: { name = '' }, index }) => {
      const project = index.project(name).get('project', name)
      if (project === undefined) throw serverError('SERVER_PROJECT_NOT_FOUND', [name])
      return project.json
    },
  }),
]
