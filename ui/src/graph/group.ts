import type { LineageEdge, LineageGraph, LineageNode } from '../api/contract.ts'
import { kinds } from '../kind/kind.ts'
import type { DrawnGraph, DrawnNode } from './collapse.ts'

/** What nodes of a whole project can be put together by: the owner, or a tag. */
export function groupChoices(nodes: readonly LineageNode[]): readonly string[] {
  const counts = new Map<string, number>()
  for (const { tags } of nodes) for (const key of Object.keys(tags)) counts.set(`tag:${key}`, (counts.get(`tag:${key}`) ?? 0) + 1)
  const tags = [...counts].filter(([, count]) => count > nodes.length / 4).toSorted(([, a], [, b]) => b - a)
  return [...tags.map(([key]) => key), ...(nodes.some(({ owner }) => owner !== '') ? ['owner'] : [])]
}

function memberValue(node: LineageNode, by: string): string {
  return by === 'owner' ? node.owner : (node.tags[by.slice(4)] ?? '')
}

/** The token that finds a group's members: `tag:team=risk`. */
export function groupToken(by: string, value: string): string {
  const text = by === 'owner' ? `owner:${value}` : `${by}=${value}`
  return /\s/.test(value) ? text.replace(value, `"${value}"`) : text
}

function worst(members: readonly LineageNode[]): DrawnNode['state'] {
  return (['late', 'ageing', 'fresh', 'never'] as const).find((state) => members.some((member) => member.state === state)) ?? null
}

/**
 * A whole project as a map that can be read: one node a kind and group ("risk: 100 feature views") with the edges between them,
 * in the state of its worst member. 900 objects of five teams become twenty nodes.
 */
export function groupGraph({ nodes, edges }: Pick<LineageGraph, 'nodes' | 'edges'>, by: string): DrawnGraph {
  const groupOf = new Map<string, string>()
  const groups = Map.groupBy(nodes, (node) => `group:${node.kind}:${memberValue(node, by)}`)
  const drawn: DrawnNode[] = []
  for (const [id, members] of groups) {
    const [first] = members
    if (!first) continue
    for (const member of members) groupOf.set(member.id, id)
    const { one, many } = kinds[first.kind]
    drawn.push({
      ...first,
      id,
      name: memberValue(first, by) || 'no group',
      description: `${members.length} ${members.length === 1 ? one : many}`,
      upstream: 0,
      downstream: 0,
      state: worst(members),
      ageSeconds: null,
      members: members.length,
    })
  }
  const lines = new Map<string, LineageEdge>()
  for (const edge of edges) {
    const from = groupOf.get(edge.from)
    const to = groupOf.get(edge.to)
    if (from === undefined || to === undefined || from === to) continue
    lines.set(`${from} ${to}`, { from, to })
  }
  return { nodes: drawn, edges: [...lines.values()] }
}
