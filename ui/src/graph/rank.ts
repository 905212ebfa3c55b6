import type { Kind } from '../api/contract.ts'

export interface LayoutNode {
  readonly id: string
  readonly kind: Kind
}

export interface LayoutEdge {
  readonly from: string
  readonly to: string
}

/** A graph by number: what layout runs on. `up[n]` are the numbers of what feeds `n`. */
export interface IndexedGraph {
  readonly up: readonly (readonly number[])[]
  readonly down: readonly (readonly number[])[]
}

/** Edges of unknown nodes and of a node to itself are left out. */
export function indexGraph(nodes: readonly LayoutNode[], edges: readonly LayoutEdge[]): IndexedGraph {
  const numbers = new Map(nodes.map(({ id }, number) => [id, number]))
  const up: number[][] = nodes.map(() => [])
  const down: number[][] = nodes.map(() => [])
  for (const { from, to } of edges) {
    const a = numbers.get(from)
    const b = numbers.get(to)
    if (a === undefined || b === undefined || a === b) continue
    down[a]?.push(b)
    up[b]?.push(a)
  }
  return { up, down }
}

/** Where a kind stands in the story of the data: sources and entities, views, features, services, datasets. */
const stages: Readonly<Partial<Record<Kind, number>>> = {
  project: 0,
  entity: 0,
  dataSource: 0,
  featureView: 1,
  onDemandFeatureView: 1,
  streamFeatureView: 1,
  labelView: 1,
  feature: 2,
  featureService: 3,
  savedDataset: 4,
}

function stageOf({ kind }: LayoutNode): number {
  return stages[kind] ?? 1
}

/**
 * The rank of each node: its stage, and within the stage the longest way to it, so that a view fed by a view stands right of it.
 * A cycle, which no registry should hold, ends where it began. Ranks that nobody has are closed up.
 */
export function rankNodes(nodes: readonly LayoutNode[], { up }: IndexedGraph): readonly number[] {
  const stage = nodes.map(stageOf)
  const depth: number[] = nodes.map(() => -1)
  const open = new Set<number>()
  const visit = (node: number): number => {
    const known = depth[node] ?? 0
    if (known >= 0) return known
    if (open.has(node)) return 0
    open.add(node)
    let deepest = 0
    for (const other of up[node] ?? []) if (stage[other] === stage[node]) deepest = Math.max(deepest, visit(other) + 1)
    open.delete(node)
    depth[node] = deepest
    return deepest
  }
  const wanted = nodes.map((_, node) => (stage[node] ?? 0) * 100_000 + visit(node))
  const dense = new Map([...new Set(wanted)].toSorted((a, b) => a - b).map((value, rank) => [value, rank]))
  return wanted.map((value) => dense.get(value) ?? 0)
}
