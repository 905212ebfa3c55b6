import { useQueries } from '@tanstack/react-query'
import { useMemo } from 'react'
import { get, segment } from '../api/client.ts'
import type { LineageEdge, LineageGraph, LineageNode, NodeId } from '../api/contract.ts'
import type { Relationships } from '../api/feast.ts'
import { readKind } from '../kind/kind.ts'

type Answer = Relationships & Partial<LineageGraph>

/** `featureView:driver_stats` as its kind and name; the name may hold colons. */
export function splitNodeId(id: NodeId): { readonly kind: string; readonly name: string } {
  const colon = id.indexOf(':')
  return { kind: id.slice(0, colon), name: id.slice(colon + 1) }
}

/** A graph from Feast's own answer, which has no nodes. Features are left out: their views say it. */
export function graphOfRelationships(relationships: Relationships['relationships'], project: string): LineageGraph {
  const nodes = new Map<NodeId, LineageNode>()
  const edges = new Map<string, LineageEdge>()
  const note = ({ type, name }: { readonly type: string; readonly name: string }): NodeId | null => {
    const kind = readKind(type)
    if (kind === null || kind === 'feature') return null
    const id = `${kind}:${name}`
    if (!nodes.has(id)) {
      nodes.set(id, {
        id,
        kind,
        name,
        project,
        upstream: 0,
        downstream: 0,
        state: null,
        ageSeconds: null,
        description: '',
        tags: {},
        owner: '',
      })
    }
    return id
  }
  for (const { source, target } of relationships) {
    const from = note(source)
    const to = note(target)
    if (from === null || to === null || from === to) continue
    edges.set(`${from} ${to}`, { from, to })
  }
  return { nodes: [...nodes.values()], edges: [...edges.values()], truncated: false, total: nodes.size }
}

/** Feast's stand-in for views without entities: nobody made it, nobody looks for it. */
const standIn = 'entity:__dummy'

function withoutStandIn(graph: LineageGraph): LineageGraph {
  if (!graph.nodes.some(({ id }) => id === standIn)) return graph
  const nodes = graph.nodes.filter(({ id }) => id !== standIn)
  const edges = graph.edges.filter(({ from }) => from !== standIn)
  return { ...graph, nodes, edges, total: graph.total - 1 }
}

export function readGraph(answer: Answer, project: string): LineageGraph {
  if (!answer.nodes || !answer.edges) return withoutStandIn(graphOfRelationships(answer.relationships, project))
  const { nodes, edges, truncated = false, total = nodes.length } = answer
  return withoutStandIn({ nodes, edges, truncated, total })
}

/** Graphs put together: the nodes and edges of all, each once. */
export function mergeGraphs(graphs: readonly LineageGraph[]): LineageGraph {
  const nodes = new Map<NodeId, LineageNode>()
  const edges = new Map<string, LineageEdge>()
  for (const graph of graphs) {
    for (const node of graph.nodes) nodes.set(node.id, node)
    for (const edge of graph.edges) edges.set(`${edge.from} ${edge.to}`, edge)
  }
  const total = Math.max(nodes.size, ...graphs.map((graph) => graph.total))
  return { nodes: [...nodes.values()], edges: [...edges.values()], truncated: graphs.some((graph) => graph.truncated), total }
}

interface LineageRequest {
  readonly project: string
  readonly focus: NodeId
  /** Nodes whose neighbours were asked for as well. */
  readonly expanded: readonly NodeId[]
  readonly depth: number
}

/** The graph around an object, and around what was expanded in it; one request each, kept by the cache. */
export function useLineage({ project, focus, expanded, depth }: LineageRequest) {
  const ids = [focus, ...expanded.filter((id) => id !== focus)]
  const answers = useQueries({
    queries: ids.map((id) => {
      const { kind, name } = splitNodeId(id)
      const path = `lineage/objects/${kind}/${segment(name)}`
      const params = { project, depth: id === focus ? depth : 1 }
      return { queryKey: [path, params], queryFn: ({ signal }: { signal: AbortSignal }) => get<Answer>(path, params, signal) }
    }),
  })
  const main = answers[0]
  const loaded = answers.flatMap(({ data }) => (data ? [data] : []))
  const stamp = answers.map(({ dataUpdatedAt }) => dataUpdatedAt).join(' ')
  // biome-ignore lint/correctness/useExhaustiveDependencies: the stamp changes with the answers
  const graph = useMemo(() => mergeGraphs(loaded.map((answer) => readGraph(answer, project))), [stamp, project])
  return { graph, isPending: main?.isPending ?? true, error: main?.error ?? null, refetch: () => void main?.refetch() }
}
