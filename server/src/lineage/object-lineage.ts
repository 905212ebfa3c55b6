import { listParameters } from '../page.ts'
import { flag, neededText } from '../query.ts'
import { type AnyRoute, route } from '../route.ts'
import { objectRelationships } from './feast-lineage.ts'

/** The lineage of one object. */
export const objectLineageRoutes: readonly AnyRoute[] = [
  route({
    method: 'GET',
    path: '/lineage/objects/{object_type}/{object_name}',
    right: 'describe',
    cost: 'snapshot',
    summary: 'The relationships of one object',
    query: {
      project: neededText('The project'),
      include_indirect: flag(false, 'What it reaches through others too'),
      allow_cache: flag(true, '`false` reads the registry anew'),
      ...listParameters,
    },
    handle: ({ query, path: { object_type: type = '', object_name: name = '' }, index }) =>
      objectRelationships(index.project(query.project), { type, name, indirect: query.include_indirect }, query),
  }),
]
