import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Kind } from '../../src/api/contract.ts'
import { type Layout, layoutGraph, nodeSize } from '../../src/graph/layout.ts'
import { indexGraph, type LayoutEdge, type LayoutNode, rankNodes } from '../../src/graph/rank.ts'

const kinds: readonly Kind[] = ['entity', 'dataSource', 'featureView', 'onDemandFeatureView', 'featureService', 'savedDataset']
const stage: Readonly<Partial<Record<Kind, number>>> = {
  entity: 0,
  dataSource: 0,
  featureView: 1,
  onDemandFeatureView: 1,
  featureService: 3,
  savedDataset: 4,
}

const graph = fc.array(fc.constantFrom(...kinds), { minLength: 1, maxLength: 60 }).chain((list) => {
  const nodes = list.map((kind, index): LayoutNode => ({ id: `${kind}:${index}`, kind }))
  const pick = fc.integer({ min: 0, max: nodes.length - 1 })
  const edges = fc.array(fc.tuple(pick, pick), { maxLength: 120 }).map((pairs) =>
    pairs.flatMap(([a, b]): LayoutEdge[] => {
      const from = nodes[Math.min(a, b)]
      const to = nodes[Math.max(a, b)]
      if (!from || !to || from.id === to.id) return []
      return (stage[from.kind] ?? 0) <= (stage[to.kind] ?? 0) ? [{ from: from.id, to: to.id }] : [{ from: to.id, to: from.id }]
    }),
  )
  return fc.record({ nodes: fc.constant(nodes), edges })
})

function overlapping(layout: Layout): readonly string[] {
  const all = [...layout.nodes.values()]
  return all.flatMap((one, position) =>
    all
      .slice(position + 1)
      .filter((other) => one.rank === other.rank && Math.abs(one.y - other.y) < nodeSize.height)
      .map((other) => `${one.id} and ${other.id}`),
  )
}

/** How many pairs of edges cross; what ordering is judged by. */
function countCrossings(places: ReadonlyMap<string, { readonly rank: number; readonly y: number }>, edges: readonly LayoutEdge[]): number {
  const lines = edges.flatMap(({ from, to }) => {
    const start = places.get(from)
    const end = places.get(to)
    return start && end ? [{ rank: start.rank, to: end.rank, a: start.y, b: end.y }] : []
  })
  return lines.reduce((sum, one, position) => {
    const crossed = lines
      .slice(position + 1)
      .filter((other) => one.rank === other.rank && one.to === other.to && (one.a - other.a) * (one.b - other.b) < 0)
    return sum + crossed.length
  }, 0)
}

/** A registry like those of the budgets: views of sources and entities, services of views. */
function registry(views: number): { readonly nodes: LayoutNode[]; readonly edges: LayoutEdge[] } {
  const nodes: LayoutNode[] = []
  const edges: LayoutEdge[] = []
  const add = (kind: Kind, count: number) => {
    for (let index = 0; index < count; index += 1) nodes.push({ id: `${kind}:${index}`, kind })
  }
  add('entity', views / 10)
  add('dataSource', views / 2)
  add('featureView', views)
  add('featureService', views / 5)
  for (let view = 0; view < views; view += 1) {
    edges.push({ from: `entity:${view % (views / 10)}`, to: `featureView:${view}` })
    edges.push({ from: `dataSource:${(view * 7) % (views / 2)}`, to: `featureView:${view}` })
    edges.push({ from: `featureView:${view}`, to: `featureService:${(view * 13) % (views / 5)}` })
  }
  return { nodes, edges }
}

describe('layoutGraph', () => {
  test('overlaps no two nodes, and every node has a place', () => {
    fc.assert(
      fc.property(graph, ({ nodes, edges }) => {
        const layout = layoutGraph(nodes, edges)
        expect(layout.nodes.size).toBe(nodes.length)
        expect(overlapping(layout)).toEqual([])
      }),
    )
  })

  test('lets every edge lead to the right', () => {
    fc.assert(
      fc.property(graph, ({ nodes, edges }) => {
        const { nodes: placed } = layoutGraph(nodes, edges)
        for (const { from, to } of edges) expect(placed.get(from)?.x ?? 0).toBeLessThan(placed.get(to)?.x ?? 0)
      }),
    )
  })

  test('ends on a cycle, which a broken registry may hold', () => {
    const nodes: LayoutNode[] = [
      { id: 'a', kind: 'featureView' },
      { id: 'b', kind: 'featureView' },
    ]
    const edges = [
      { from: 'a', to: 'b' },
      { from: 'b', to: 'a' },
      { from: 'a', to: 'a' },
      { from: 'a', to: 'nowhere' },
    ]
    expect(layoutGraph(nodes, edges).nodes.size).toBe(2)
  })

  test('leaves fewer crossings than the order that nodes come in', () => {
    const { nodes, edges } = registry(60)
    const ranks = rankNodes(nodes, indexGraph(nodes, edges))
    const rows = new Map<number, number>()
    const asTheyCome = new Map(
      nodes.map(({ id }, number) => {
        const rank = ranks[number] ?? 0
        const y = rows.get(rank) ?? 0
        rows.set(rank, y + 1)
        return [id, { rank, y }]
      }),
    )
    expect(countCrossings(layoutGraph(nodes, edges).nodes, edges)).toBeLessThan(countCrossings(asTheyCome, edges) / 2)
  })

  test('places 10,000 nodes within 150 ms', () => {
    const { nodes, edges } = registry(5560)
    expect(nodes.length).toBeGreaterThan(10_000)
    layoutGraph(nodes, edges)
    const times = [1, 2, 3].map(() => {
      const start = performance.now()
      layoutGraph(nodes, edges)
      return performance.now() - start
    })
    expect(Math.min(...times)).toBeLessThan(150)
  })

  test('begins all ranks at the top when asked', () => {
    const { nodes, edges } = registry(100)
    const tops = Map.groupBy([...layoutGraph(nodes, edges, { fromTop: true }).nodes.values()], ({ rank }) => rank)
    for (const row of tops.values()) expect(Math.min(...row.map(({ y }) => y))).toBe(0)
  })
})
