import { serverError } from '../errors.ts'
import { compileQuery, subjectOf } from '../object/match.ts'
import { listParameters } from '../page.ts'
import { flag, integer, neededText, oneOf, text } from '../query.ts'
import type { ProjectIndex } from '../registry/registry-index.ts'
import { type AnyRoute, route } from '../route.ts'
import { objectRelationships } from './feast-lineage.ts'
import { around, edgesAmong, type Graph, graphOf, type NodeId, pathsBetween } from './graph.ts'
import { nodeJson } from './node.ts'

/** The most nodes that are sent: more than that nobody reads. */
const nodeLimit = 2000
const pathLimit = 20

const project = neededText('The project')
const allow_cache = flag(true, '`false` reads the registry anew')
const features = flag(false, 'Edges run through features')

const shown = (graph: Graph, index: ProjectIndex, ids: readonly NodeId[], options: { readonly now: bigint; readonly whole: boolean }) => {
  const kept = ids.length > nodeLimit ? (options.whole ? [] : ids.slice(0, nodeLimit)) : ids
  return {
    nodes: kept.map((id) => nodeJson(graph, index, id, options.now)),
    edges: edgesAmong(graph, kept),
    truncated: ids.length > nodeLimit,
    total: ids.length,
  }
}

/** The id of an object by Feast's word for its type, or by ours; a view answers to `featureView` whichever kind it is. */
const startOf = (graph: Graph, index: ProjectIndex, type: string, name: string): NodeId => {
  const view = type.endsWith('View') ? index.view(name) : undefined
  const found = view === undefined ? `${type}:${name}` : [...graph.objects].find(([, object]) => object === view)?.[0]
  if (found === undefined || !graph.nodes.has(found)) throw serverError('SERVER_OBJECT_NOT_FOUND', [type, name, index.name])
  return found
}

const objectRoute = route({
  method: 'GET',
  path: '/lineage/objects/{object_type}/{object_name}',
  right: 'describe',
  cost: 'snapshot',
  summary: 'The relationships of one object; with `depth` the graph around it',
  query: {
    project,
    include_indirect: flag(false, 'What it reaches through others too'),
    allow_cache,
    ...listParameters,
    depth: integer({ fallback: undefined, least: 1, most: 6 }),
    direction: oneOf(['up', 'down', 'both'], 'both'),
    features,
  },
  handle: ({ query, path: { object_type: type = '', object_name: name = '' }, index, rooms }) => {
    const found = index.project(query.project)
    const options = { type, name, indirect: query.include_indirect }
    if (query.depth === undefined) return objectRelationships(found, options, query)
    const graph = graphOf(found, { features: query.features || type === 'feature' })
    const ids = around(graph, startOf(graph, found, type, name), { depth: query.depth, direction: query.direction })
    const related = found.related(type, name, options)
    return { relationships: related, ...shown(graph, found, ids, { now: rooms.now(), whole: false }) }
  },
})

const graphRoute = route({
  method: 'GET',
  path: '/lineage/graph',
  right: 'describe',
  cost: 'snapshot',
  summary: 'The lineage of a whole project, or of what a query keeps of it',
  query: { project, allow_cache, q: text('A token query'), features },
  handle: ({ query, index, rooms }) => {
    const found = index.project(query.project)
    const graph = graphOf(found, { features: query.features })
    const now = rooms.now()
    const matches = query.q === undefined || query.q.trim() === '' ? undefined : compileQuery(query.q, now)
    const ids = [...graph.nodes].filter((id) => {
      const object = graph.objects.get(id)
      return matches === undefined || (object !== undefined && matches(subjectOf(object, found)))
    })
    return shown(graph, found, ids, { now, whole: true })
  },
})

const pathRoute = route({
  method: 'GET',
  path: '/lineage/path',
  right: 'describe',
  cost: 'snapshot',
  summary: 'The ways from one object to another',
  query: { project, allow_cache, from: neededText('`dataSource:driver_stats`'), to: neededText('`featureService:pricing`') },
  handle: ({ query, index, rooms }) => {
    const found = index.project(query.project)
    const isFeature = [query.from, query.to].some((id) => id.startsWith('feature:'))
    const graph = graphOf(found, { features: isFeature })
    const idOf = (id: string): NodeId => startOf(graph, found, id.slice(0, id.indexOf(':')), id.slice(id.indexOf(':') + 1))
    const { paths, more } = pathsBetween(graph, idOf(query.from), idOf(query.to), pathLimit)
    const ids = [...new Set(paths.flat())]
    return { paths, nodes: ids.map((id) => nodeJson(graph, found, id, rooms.now())), truncated: more }
  },
})

/** The lineage of one object, of a project as a graph, and the ways between two objects. */
export const objectLineageRoutes: readonly AnyRoute[] = [graphRoute, pathRoute, objectRoute]
