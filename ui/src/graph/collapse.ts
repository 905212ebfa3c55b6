import type { Kind, LineageEdge, LineageNode, NodeId } from '../api/contract.ts'
import { kinds } from '../kind/kind.ts'

/** A node to draw: an object, or a group of objects of one kind that feed or are fed by the same one. */
export interface DrawnNode extends LineageNode {
  /** How many objects a group stands for; `null` for an object. */
  readonly members: number | null
}

export interface DrawnGraph {
  readonly nodes: readonly DrawnNode[]
  readonly edges: readonly LineageEdge[]
}

/** More of a kind on one side than this and they become one node. */
export const groupAbove = 12

function groupKey(side: 'up' | 'down', kind: Kind): string {
  return `group:${side}:${kind}`
}

/**
 * Collapses what hangs on the object in the middle and on nothing else: 400 views of one entity become "400 feature views",
 * which a click opens (`open` holds the ids of opened groups).
 */
export function collapseGraph(
  nodes: readonly LineageNode[],
  edges: readonly LineageEdge[],
  focus: NodeId | null,
  open: ReadonlySet<string>,
): DrawnGraph {
  const degree = new Map<NodeId, number>()
  for (const { from, to } of edges) {
    degree.set(from, (degree.get(from) ?? 0) + 1)
    degree.set(to, (degree.get(to) ?? 0) + 1)
  }
  const sideOf = new Map<NodeId, 'up' | 'down'>()
  for (const { from, to } of edges) {
    if (to === focus) sideOf.set(from, 'up')
    if (from === focus) sideOf.set(to, 'down')
  }
  const loose = nodes.filter(({ id }) => sideOf.has(id) && degree.get(id) === 1)
  const groups = Map.groupBy(loose, ({ id, kind }) => groupKey(sideOf.get(id) ?? 'up', kind))
  const gone = new Map<NodeId, string>()
  const extra: DrawnNode[] = []
  for (const [key, members] of groups) {
    const [first] = members
    if (members.length <= groupAbove || open.has(key) || !first) continue
    for (const { id } of members) gone.set(id, key)
    extra.push({
      ...first,
      id: key,
      name: `${members.length} ${kinds[first.kind].many}`,
      description: '',
      upstream: 0,
      downstream: 0,
      state: null,
      ageSeconds: null,
      members: members.length,
    })
  }
  const drawn = nodes.filter(({ id }) => !gone.has(id)).map((node): DrawnNode => ({ ...node, members: null }))
  const lines = new Map<string, LineageEdge>()
  for (const edge of edges) {
    const from = gone.get(edge.from) ?? edge.from
    const to = gone.get(edge.to) ?? edge.to
    lines.set(`${from} ${to}`, { from, to })
  }
  return { nodes: [...drawn, ...extra], edges: [...lines.values()] }
}
