import { describe, expect, test } from 'vitest'
import type { Kind, LineageNode } from '../../src/api/contract.ts'
import { collapseGraph, groupAbove } from '../../src/graph/collapse.ts'
import { distances } from '../../src/graph/graph-distance.ts'
import { groupChoices, groupGraph, groupToken } from '../../src/graph/group.ts'
import { graphOfRelationships, mergeGraphs, splitNodeId } from '../../src/graph/lineage-data.ts'

function node(kind: Kind, name: string, more: Partial<LineageNode> = {}): LineageNode {
  return {
    id: `${kind}:${name}`,
    kind,
    name,
    project: 'p',
    upstream: 0,
    downstream: 0,
    state: null,
    ageSeconds: null,
    description: '',
    tags: {},
    owner: '',
    ...more,
  }
}

const many = Array.from({ length: groupAbove + 1 }, (_, index) => node('featureView', `v${index}`))
const hub = node('entity', 'card')
const spokes = many.map(({ id }) => ({ from: hub.id, to: id }))

describe('collapseGraph', () => {
  test('puts many neighbours of one kind into one node, and opens it again', () => {
    const closed = collapseGraph([hub, ...many], spokes, hub.id, new Set())
    expect(closed.nodes.map(({ name }) => name)).toEqual(['card', `${many.length} feature views`])
    expect(closed.edges).toEqual([{ from: hub.id, to: 'group:down:featureView' }])
    const open = collapseGraph([hub, ...many], spokes, hub.id, new Set(['group:down:featureView']))
    expect(open.nodes).toHaveLength(many.length + 1)
  })

  test('leaves alone what is connected with something else, too', () => {
    const service = node('featureService', 's')
    const edges = [...spokes, { from: 'featureView:v0', to: service.id }]
    const { nodes } = collapseGraph([hub, service, ...many], edges, hub.id, new Set())
    expect(nodes.some(({ id }) => id === 'featureView:v0')).toBe(true)
  })
})

describe('groupGraph', () => {
  const risk = { tags: { team: 'risk' } }
  const nodes = [
    node('entity', 'a', risk),
    node('featureView', 'b', { ...risk, state: 'fresh' }),
    node('featureView', 'c', { ...risk, state: 'late' }),
    node('featureView', 'd', { tags: { team: 'growth' }, state: 'never' }),
  ]
  const edges = [
    { from: 'entity:a', to: 'featureView:b' },
    { from: 'entity:a', to: 'featureView:c' },
    { from: 'entity:a', to: 'featureView:d' },
  ]

  test('shows one node a kind and tag, in the state of its worst member', () => {
    const drawn = groupGraph({ nodes, edges }, 'tag:team')
    expect(drawn.nodes.map(({ id, members, state }) => [id, members, state])).toEqual([
      ['group:entity:risk', 1, null],
      ['group:featureView:risk', 2, 'late'],
      ['group:featureView:growth', 1, 'never'],
    ])
    expect(drawn.edges).toHaveLength(2)
  })

  test('offers the tags that many objects have', () => {
    expect(groupChoices([...nodes, node('entity', 'x', { owner: 'ana', tags: { rare: '1' } })])).toEqual(['tag:team', 'owner'])
    expect(groupToken('tag:team', 'risk')).toBe('tag:team=risk')
    expect(groupToken('owner', 'Ana B')).toBe('owner:"Ana B"')
  })
})

test('Feast’s relationships become a graph without its features, each edge once', () => {
  const relationship = { source: { type: 'entity', name: 'driver' }, target: { type: 'featureView', name: 'stats' } }
  const feature = { source: { type: 'feature', name: 'rate' }, target: { type: 'featureView', name: 'stats' } }
  const graph = graphOfRelationships([relationship, relationship, feature], 'p')
  expect(graph.nodes.map(({ id }) => id)).toEqual(['entity:driver', 'featureView:stats'])
  expect(graph.edges).toEqual([{ from: 'entity:driver', to: 'featureView:stats' }])
})

test('graphs are merged without twins, and distance counts both ways', () => {
  const [a, b, c] = [node('dataSource', 'a'), node('featureView', 'b'), node('featureService', 'c')]
  const one = { nodes: [a, b], edges: [{ from: a.id, to: b.id }], truncated: false, total: 2 }
  const two = { nodes: [b, c], edges: [{ from: b.id, to: c.id }], truncated: false, total: 2 }
  const merged = mergeGraphs([one, two])
  expect(merged.nodes).toHaveLength(3)
  expect([...distances(merged, b.id)]).toEqual([
    [b.id, 0],
    [a.id, -1],
    [c.id, 1],
  ])
})

test('a node’s name may hold colons', () => {
  expect(splitNodeId('featureView:a:b')).toEqual({ kind: 'featureView', name: 'a:b' })
})
