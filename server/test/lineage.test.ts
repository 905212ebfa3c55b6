import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { around, edgesAmong, type Graph, pathsBetween } from '../src/lineage/graph.ts'
import { type Fixture, openFixture } from './fixture.ts'

let fixture: Fixture
beforeAll(async () => {
  fixture = await openFixture()
})
afterAll(async () => {
  await fixture[Symbol.asyncDispose]()
  expect(fixture.reported).toEqual([])
})

const ids = (list: unknown) => (list as readonly { readonly id: string }[]).map(({ id }) => id).toSorted()

describe('the graph around an object', () => {
  test('has its neighbours, and how many each of them has', async () => {
    const graph = await fixture.json('/lineage/objects/featureView/stats?project=rides&depth=1')
    expect(ids(graph.nodes)).toEqual(['dataSource:hourly', 'entity:driver', 'featureService:ranking', 'featureView:stats'])
    expect(graph.nodes).toContainEqual(
      expect.objectContaining({ id: 'entity:driver', upstream: 0, downstream: 2, description: 'Who drives' }),
    )
    expect(graph.edges).toHaveLength(3)
    expect(graph).toMatchObject({ truncated: false, total: 4 })
  })

  test('goes one way only when that is asked for, and as deep as asked', async () => {
    const down = await fixture.json('/lineage/objects/entity/driver?project=rides&depth=2&direction=down')
    expect(ids(down.nodes)).toEqual(['entity:driver', 'featureService:ranking', 'featureView:live', 'featureView:stats'])
    const up = await fixture.json('/lineage/objects/entity/driver?project=rides&depth=2&direction=up')
    expect(ids(up.nodes)).toEqual(['entity:driver'])
  })

  test('runs through features when they are asked for', async () => {
    const graph = await fixture.json('/lineage/graph?project=rides&features=true')
    expect(graph.edges).toContainEqual({ from: 'featureView:stats', to: 'feature:stats:trips' })
    expect(graph.edges).toContainEqual({ from: 'feature:stats:trips', to: 'featureService:ranking' })
    expect(graph.edges).not.toContainEqual({ from: 'featureView:stats', to: 'featureService:ranking' })
  })

  test('of what is not there is not found', async () => {
    expect((await fixture.get('/lineage/objects/featureView/none?project=rides&depth=1')).status).toBe(404)
    expect((await fixture.get('/lineage/objects/featureView/stats?project=rides&depth=7')).status).toBe(422)
  })
})

describe('the ways between two objects', () => {
  test('are told with their nodes, shortest first', async () => {
    const { paths, nodes, truncated } = await fixture.json('/lineage/path?project=rides&from=dataSource:hourly&to=featureService:ranking')
    expect(paths).toEqual([['dataSource:hourly', 'featureView:stats', 'featureService:ranking']])
    expect([ids(nodes), truncated]).toEqual([['dataSource:hourly', 'featureService:ranking', 'featureView:stats'], false])
  })

  test('are none where there are none', async () => {
    expect(await fixture.json('/lineage/path?project=rides&from=featureService:ranking&to=entity:driver')).toEqual({
      paths: [],
      nodes: [],
      truncated: false,
    })
  })
})

describe('any graph', () => {
  /** Every node feeds the two after it: many ways, and no end of them. */
  const ladder = (size: number): Graph => {
    const nodes = Array.from({ length: size }, (_, n) => `entity:${n}`)
    const next = (n: number, by: number) => (n + by >= 0 && n + by < size ? [`entity:${n + by}`] : [])
    return {
      objects: new Map(),
      nodes: new Set(nodes),
      down: new Map(nodes.map((id, n) => [id, [...next(n, 1), ...next(n, 2)]])),
      up: new Map(nodes.map((id, n) => [id, [...next(n, -1), ...next(n, -2)]])),
    }
  }

  test('is walked as far as asked, and no farther', () => {
    const graph = ladder(50)
    expect(around(graph, 'entity:20', { depth: 2, direction: 'both' })).toHaveLength(9)
    expect(edgesAmong(graph, ['entity:1', 'entity:2', 'entity:9'])).toEqual([{ from: 'entity:1', to: 'entity:2' }])
  })

  test('with more ways than are told is cut, and says so', () => {
    const { paths, more } = pathsBetween(ladder(24), 'entity:0', 'entity:12', 20)
    expect([paths.length, more, paths[0]?.length]).toEqual([20, true, 7])
    for (const path of paths) expect(new Set(path).size).toBe(path.length)
  })
})
