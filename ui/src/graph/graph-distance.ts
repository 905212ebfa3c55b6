import type { LineageGraph, NodeId } from '../api/contract.ts'

/** How far each node is from the object in the middle: negative upstream, positive downstream, by the shortest way. */
export function distances(graph: LineageGraph, focus: NodeId): ReadonlyMap<NodeId, number> {
  const found = new Map<NodeId, number>([[focus, 0]])
  for (const direction of [-1, 1] as const) {
    let frontier: readonly NodeId[] = [focus]
    for (let step = 1; frontier.length > 0; step += 1) {
      const next = new Set<NodeId>()
      for (const { from, to } of graph.edges) {
        const [near, far] = direction === 1 ? [from, to] : [to, from]
        if (frontier.includes(near) && !found.has(far)) next.add(far)
      }
      for (const id of next) found.set(id, step * direction)
      frontier = [...next]
    }
  }
  return found
}
