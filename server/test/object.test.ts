import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Fixture, openFixture } from './fixture.ts'

let fixture: Fixture
beforeAll(async () => {
  fixture = await openFixture()
})
afterAll(async () => {
  await fixture[Symbol.asyncDispose]()
  expect(fixture.reported).toEqual([])
})

const names = (list: unknown): readonly string[] =>
  (list as readonly { readonly name?: string; readonly spec?: { readonly name: string } }[]).map(
    (each) => each.spec?.name ?? each.name ?? '',
  )

describe('lists', () => {
  test('tell the objects of a project under the key of their kind', async () => {
    const { featureViews, pagination } = await fixture.json('/api/v1/feature_views?project=rides')
    expect(names(featureViews)).toEqual(['live', 'stats'])
    expect(pagination).toEqual({ totalCount: 2, totalPages: 1 })
  })

  test('come in pages, and say whether there is more', async () => {
    const { dataSources, pagination } = await fixture.json('/data_sources?project=rides&page=1&limit=1')
    expect(names(dataSources)).toEqual(['hourly'])
    expect(pagination).toEqual({ page: 1, limit: 1, totalCount: 2, totalPages: 2, hasNext: true })
  })

  test('of a project that is not there are empty', async () => {
    expect(await fixture.json('/entities?project=none')).toEqual({ entities: [], pagination: {} })
  })

  test.each([
    ['limit=0', 'limit is 0; it has to be at least 1'],
    ['limit=101', 'limit is 101; it has to be at most 100'],
    ['page=x', 'page is "x", no whole number'],
    ['sort_order=up', 'sort_order is "up"; allowed: asc, desc'],
    ['include_relationships=maybe', 'include_relationships is "maybe", no boolean'],
  ])('refuse %s and say why', async (query, why) => {
    const response = await fixture.get(`/entities?project=rides&${query}`)
    expect(response.status).toBe(422)
    expect(await response.json()).toMatchObject({
      status_code: 422,
      error_type: 'RequestValidationError',
      detail: `cannot read the request: ${why}`,
    })
  })

  test('keep what a token query matches', async () => {
    const found = async (q: string) => names((await fixture.json(`/feature_views?project=rides&q=${encodeURIComponent(q)}`)).featureViews)
    expect(await found('tag:team=risk')).toEqual(['stats'])
    expect(await found('-tag:team=risk')).toEqual(['live'])
    expect(await found('owner:ada')).toEqual(['stats'])
    expect(await found('type:STRING')).toEqual(['live'])
    expect(await found('source:pushed')).toEqual(['live'])
    expect(await found('service:ranking')).toEqual(['stats'])
    expect(await found('state:never')).toEqual(['live', 'stats'])
    expect(await found('name:stats name:live')).toEqual(['live', 'stats'])
    expect(await found('ada risk')).toEqual(['stats'])
    expect(await found('constructor')).toEqual([])
  })

  test('keep only the fields that are asked for, in their places', async () => {
    const { featureViews } = await fixture.json(
      '/feature_views?project=rides&fields=spec.name,computed&sort_by=computed.featureCount&sort_order=desc',
    )
    expect(featureViews).toMatchObject([
      { spec: { name: 'stats' }, computed: { featureCount: 2, usedBy: 1, state: 'never', ttlSeconds: 172_800, owner: 'ada@example.com' } },
      { spec: { name: 'live' }, computed: { featureCount: 1, usedBy: 0, ttlSeconds: null } },
    ])
    expect((featureViews as readonly object[])[0]).not.toHaveProperty('meta')
  })

  test('of features name their views and types', async () => {
    const { features } = await fixture.json('/features?project=rides&sort_by=name')
    expect(features).toEqual([
      { name: 'city', featureView: 'live', type: 'String', kind: 'feature' },
      { name: 'conv_rate', featureView: 'stats', type: 'Float64', description: 'Offers that became rides', kind: 'feature' },
      { name: 'trips', featureView: 'stats', type: 'Int64', kind: 'feature' },
    ])
  })
})

describe('one object', () => {
  test('is told with its definition as code, in both languages', async () => {
    const view = await fixture.json('/feature_views/stats?project=rides&include_relationships=true')
    expect(view).toMatchObject({
      type: 'featureView',
      spec: { name: 'stats', ttl: '172800s' },
      definitions: {
        python: expect.stringContaining('ttl=timedelta(days=2)'),
        typescript: expect.stringContaining('conv_rate: field(float64, { description: "Offers that became rides" })'),
      },
    })
    expect(view.relationships).toContainEqual({
      source: { type: 'entity', name: 'driver' },
      target: { type: 'featureView', name: 'stats' },
    })
  })

  test.each([
    ['/entities/none?project=rides', 'Entity none does not exist in project rides'],
    ['/feature_views/none?project=rides', 'Feature view none does not exist in project rides'],
    ['/projects/none', 'Project none does not exist'],
    ['/features/stats/none?project=rides', 'Feature none not found in feature view stats in project rides'],
  ])('that is not there is told as Feast tells it: %s', async (path, detail) => {
    const response = await fixture.get(path)
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({ detail, error_type: 'FeastObjectNotFoundException' })
  })
})

describe('answers', () => {
  test('carry the version of the registry as their tag, and 304 when it is known', async () => {
    const first = await fixture.get('/api/v1/entities?project=rides')
    const etag = first.headers.get('etag') ?? ''
    expect(etag).toBe(`"${first.headers.get('x-registry-version')}"`)
    const again = await fixture.get('/api/v1/entities?project=rides', { headers: { 'if-none-match': etag } })
    expect([again.status, await again.text()]).toEqual([304, ''])
  })

  test('that hold ages are tagged by time too', async () => {
    const timed = await fixture.get('/feature_views?project=rides&fields=computed')
    expect(timed.headers.get('etag')).not.toBe(`"${timed.headers.get('x-registry-version')}"`)
  })

  test('open nothing to other origins', async () => {
    const response = await fixture.get('/projects', { headers: { origin: 'https://evil.example' } })
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
  })

  test('tell a wrong method from a wrong path', async () => {
    expect((await fixture.send('DELETE', '/api/v1/projects')).status).toBe(405)
    expect((await fixture.get('/api/v1/nothing')).status).toBe(404)
  })

  test('follow what others apply, without being asked to refresh', async () => {
    const before = (await fixture.get('/projects')).headers.get('x-registry-version')
    const { entity, int32 } = await import('@charmed-feast/store')
    await fixture.store.apply([entity({ name: 'rider', valueType: int32 })])
    await expect.poll(async () => (await fixture.get('/projects')).headers.get('x-registry-version')).not.toBe(before)
    expect((await fixture.get('/entities/rider?project=rides')).status).toBe(200)
  })
})
