import { kindWord } from '../object/kind-word.ts'
import type { ProjectIndex } from '../registry/registry-index.ts'
import type { End } from '../registry/relationship.ts'
import type { RestObject } from '../registry/rest-object.ts'

/** `dataSource:driver_stats`, `feature:view:feature`: kind, colon, name. */
export type NodeId = string

/** What feeds, and what it feeds. */
export interface Edge {
  readonly from: NodeId
  readonly to: NodeId
}

/** The whole lineage of a project, to walk in. */
export interface Graph {
  /** The objects behind the nodes that are no features. */
  readonly objects: ReadonlyMap<NodeId, RestObject>
  readonly nodes: ReadonlySet<NodeId>
  readonly up: ReadonlyMap<NodeId, readonly NodeId[]>
  readonly down: ReadonlyMap<NodeId, readonly NodeId[]>
}

const nodeId = (object: RestObject): NodeId => `${kindWord(object.kind)}:${object.name}`

const endId = ({ type, name }: End, project: ProjectIndex): NodeId => {
  const view = type === 'featureView' || type === 'labelView' ? project.view(name) : undefined
  return view === undefined ? `${type}:${name}` : nodeId(view)
}

/** Feast draws no entities of stream views. */
const streamEntities = (project: ProjectIndex): readonly Edge[] =>
  project
    .list('stream-feature-view')
    .flatMap((view) => (view.stored.message.spec?.entities ?? []).map((entity) => ({ from: `entity:${entity}`, to: nodeId(view) })))

const objectEdges = (project: ProjectIndex): readonly Edge[] => {
  const { direct, datasets } = project.relationships
  const drawn = [...direct, ...datasets].filter(({ source }) => source.type !== 'feature')
  return [...drawn.map(({ source, target }) => ({ from: endId(source, project), to: endId(target, project) })), ...streamEntities(project)]
}

/** With features the way from a view to a service goes through those that the service takes. */
const featureEdges = (project: ProjectIndex): readonly Edge[] => {
  const owned = project.features.flatMap(({ featureView, name }) => {
    const view = project.view(featureView)
    return view === undefined ? [] : [{ from: nodeId(view), to: `feature:${featureView}:${name}` }]
  })
  const taken = project
    .list('feature-service')
    .flatMap((service) =>
      (service.stored.message.spec?.features ?? []).flatMap(({ featureViewName, featureColumns }) =>
        featureColumns.map(({ name }) => ({ from: `feature:${featureViewName}:${name}`, to: nodeId(service) })),
      ),
    )
  return [...owned, ...taken]
}

const isService = (id: NodeId): boolean => id.startsWith('featureService:')
const isView = (id: NodeId): boolean => /^\w*View:/.test(id) || id.startsWith('labelView:') || id.startsWith('featureView:')

const neighbours = (edges: readonly Edge[], end: 'from' | 'to'): ReadonlyMap<NodeId, readonly NodeId[]> => {
  const other = end === 'from' ? 'to' : 'from'
  const groups = Map.groupBy(edges, (edge) => edge[end])
  return new Map([...groups].map(([id, list]) => [id, [...new Set(list.map((edge) => edge[other]))]]))
}

/** Draws the lineage of a project. */
export const graphOf = (project: ProjectIndex, { features }: { readonly features: boolean }): Graph => {
  const plain = objectEdges(project).filter(({ from, to }) => from !== to && !(features && isView(from) && isService(to)))
  const edges = features ? [...plain, ...featureEdges(project)] : plain
  const kinds = ['entity', 'data-source', 'feature-service', 'saved-dataset'] as const
  const listed: readonly RestObject[] = [...kinds.flatMap((kind) => project.list(kind) as readonly RestObject[]), ...project.views]
  const objects = new Map(listed.map((object) => [nodeId(object), object]))
  const nodes = new Set([...objects.keys(), ...edges.flatMap(({ from, to }) => [from, to])])
  return { objects, nodes, up: neighbours(edges, 'to'), down: neighbours(edges, 'from') }
}

/** The nodes around one, nearest first. */
export const around = (
  graph: Graph,
  start: NodeId,
  options: { readonly depth: number; readonly direction: 'up' | 'down' | 'both' },
): readonly NodeId[] => {
  const seen = new Set([start])
  const walk = (ways: ReadonlyMap<NodeId, readonly NodeId[]>): readonly (readonly NodeId[])[] => {
    const layers: NodeId[][] = []
    const visited = new Set([start])
    let layer = [start]
    for (let step = 0; step < options.depth && layer.length > 0; step++) {
      layer = [...new Set(layer.flatMap((id) => ways.get(id) ?? []))].filter((id) => !visited.has(id))
      for (const id of layer) visited.add(id)
      layers.push(layer)
    }
    return layers
  }
  const up = options.direction === 'down' ? [] : walk(graph.up)
  const down = options.direction === 'up' ? [] : walk(graph.down)
  for (let step = 0; step < options.depth; step++) for (const id of [...(up[step] ?? []), ...(down[step] ?? [])]) seen.add(id)
  return [...seen]
}

/** The edges between some nodes. */
export const edgesAmong = (graph: Graph, ids: Iterable<NodeId>): readonly Edge[] => {
  const kept = new Set(ids)
  return [...kept].flatMap((from) => (graph.down.get(from) ?? []).filter((to) => kept.has(to)).map((to) => ({ from, to })))
}

/** The ways from one node to another, shortest first, at most `most` of them and not longer than `longest` steps. */
export const pathsBetween = (
  graph: Graph,
  from: NodeId,
  to: NodeId,
  most: number,
  longest = 12,
): { readonly paths: readonly (readonly NodeId[])[]; readonly more: boolean } => {
  const paths: (readonly NodeId[])[] = []
  // Only what leads to the goal is walked: a wide graph has few ways that do.
  const leading = new Set([to, ...around(graph, to, { depth: longest, direction: 'up' })])
  let open: readonly (readonly NodeId[])[] = leading.has(from) ? [[from]] : []
  for (let step = 0; step < longest && open.length > 0 && paths.length <= most; step++) {
    const longer = open.flatMap((path) =>
      (graph.down.get(path.at(-1) ?? '') ?? []).filter((id) => leading.has(id) && !path.includes(id)).map((id) => [...path, id]),
    )
    paths.push(...longer.filter((path) => path.at(-1) === to))
    open = longer.filter((path) => path.at(-1) !== to).slice(0, 5000)
  }
  return { paths: paths.slice(0, most), more: paths.length > most }
}
