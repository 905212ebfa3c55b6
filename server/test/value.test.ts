import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Facts, reasonOf } from '../src/value/reason.ts'
import { type Fixture, noon, openFixture } from './fixture.ts'

let fixture: Fixture
beforeAll(async () => {
  fixture = await openFixture({ openings: { data: true } })
  await fixture.store.materialize({ start: new Date('2025-11-20'), end: new Date('2025-11-24T13:00:00Z'), views: ['stats'] })
})
afterAll(async () => {
  await fixture[Symbol.asyncDispose]()
  expect(fixture.reported.map((error) => (error instanceof Error ? error.message : error))).toEqual([
    expect.stringContaining('cannot execute setval() in a read-only transaction'),
  ])
})

const post = async (path: string, body: unknown) => {
  const response = await fixture.send('POST', `/api/v1/${path}`, body)
  // The tests read members of what they asked for.
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

describe('a preview', () => {
  const asked = { project: 'rides', view: 'stats', limit: 2, as_of: null, entity: null }

  test('gives the newest rows of the source, whole numbers as text', async () => {
    const { status, body } = await post('preview/feature_view', asked)
    expect(status).toBe(200)
    expect(body).toMatchObject({
      columns: [
        { name: 'driver_id', type: 'INT64', role: 'join_key', ref: null, masked: false },
        { name: 'event_timestamp', role: 'event_timestamp' },
        { name: 'created', role: 'created_timestamp' },
        { name: 'conv_rate', type: 'DOUBLE', role: 'feature', ref: 'stats:conv_rate' },
        { name: 'trips', type: 'INT64' },
      ],
      rows: [
        ['1003', '2025-11-24T15:00:00Z', '2025-11-24T16:00:00Z', 0.5, '50'],
        ['1002', '2025-11-24T14:00:00Z', '2025-11-24T15:00:00Z', 0.4, '40'],
      ],
      truncated: true,
    })
  })

  test('of a key, as of a moment, gives the rows of that key until then', async () => {
    const { body } = await post('preview/feature_view', { ...asked, entity: { driver_id: '1002' }, as_of: '2025-11-24T12:00:00Z' })
    expect(body).toMatchObject({ rows: [['1002', '2025-11-24T11:00:00Z', '2025-11-24T12:00:00Z', 0.1, '10']], truncated: false })
  })

  test('takes no more rows than it may, and says so', async () => {
    expect(await post('preview/feature_view', { ...asked, limit: 101 })).toMatchObject({
      status: 422,
      body: { detail: 'cannot read the request: body.limit has to be a whole number from 1 to 100' },
    })
  })

  test('cannot write, whatever the source of the view says', async () => {
    await fixture.sql('CREATE TABLE touched (n int)')
    const { postgresSource, featureView, int64, entity } = await import('@charmed-feast/store')
    const source = postgresSource({
      name: 'evil',
      query: "SELECT 1::bigint AS driver_id, now() AS at, setval('counter', 5) AS trips",
      timestampField: 'at',
    })
    await fixture.sql('CREATE SEQUENCE counter')
    const driver = entity({ name: 'driver', joinKey: 'driver_id', valueType: int64 })
    await fixture.store.apply([featureView({ name: 'evil', entities: [driver], schema: { trips: int64 }, source })])
    await fixture.server.rooms.feed.refresh()
    const { status } = await post('preview/feature_view', { ...asked, view: 'evil' })
    expect(status).toBeGreaterThanOrEqual(400)
    expect(await fixture.sql('SELECT last_value::int AS n, is_called FROM counter')).toEqual([{ n: 1, is_called: false }])
  })

  test('is refused where stored values are not opened', async () => {
    const closed = await fixture.another({ openings: {} })
    const response = await fetch(`${closed.url}/api/v1/preview/feature_view`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(asked),
    })
    expect(response.status).toBe(403)
    expect(await response.json()).toMatchObject({ code: 'SERVER_FORBIDDEN', detail: expect.stringContaining('--allow-data') })
  })
})

describe('a question to the online store', () => {
  const asked = {
    project: 'rides',
    features: ['stats:conv_rate', 'stats:trips'],
    feature_service: null,
    entities: [{ driver_id: '1001' }, { driver_id: '9' }],
  }

  test('tells each value with its status and its time', async () => {
    const { status, body } = await post('online/explain', { ...asked, full_feature_names: false, twin: false })
    expect(status).toBe(200)
    expect(body.columns).toMatchObject([{ name: 'driver_id', role: 'join_key' }, { ref: 'stats:conv_rate' }, { ref: 'stats:trips' }])
    expect(body.rows).toMatchObject([
      [{ value: '1001' }, { status: 'PRESENT', eventTime: '2025-11-24T13:00:00Z', twin: null }, { value: '30', status: 'PRESENT' }],
      [{ value: '9' }, { value: null, status: 'NOT_FOUND', eventTime: null }, { value: null, status: 'NOT_FOUND' }],
    ])
  })

  test('beside history says why they agree or not', async () => {
    const { body } = await post('online/explain', { ...asked, full_feature_names: false, twin: true })
    const [known, unknown] = body.rows as readonly (readonly { readonly twin: { readonly reason: string } | null }[])[]
    expect(known?.[2]?.twin).toMatchObject({ value: '30', reason: 'equal', ttlSeconds: 172_800, materializedTo: '2025-11-24T13:00:00Z' })
    expect(unknown?.[1]?.twin?.reason).toBe('entity_unknown')
  })

  test('is told what a row has to hold', async () => {
    expect(await fixture.json('/api/v1/online/inputs?project=rides&feature_service=ranking')).toEqual({
      inputs: [{ name: 'driver_id', type: 'INT64', role: 'join_key', entity: 'driver' }],
      features: [
        { ref: 'stats:conv_rate', name: 'conv_rate', type: 'DOUBLE' },
        { ref: 'stats:trips', name: 'trips', type: 'INT64' },
      ],
    })
  })

  test.each([
    [{ driver_id: 'x' }, 422],
    [{ driver_id: 1.5 }, 422],
    [{}, 400],
  ])('refuses the row %j', async (entity, expected) => {
    expect((await post('online/explain', { ...asked, entities: [entity] })).status).toBe(expected)
  })
})

describe('a preview of a training set', () => {
  test('joins each row as of its moment, and shows what it could have been', async () => {
    const { status, body } = await post('historical/preview', {
      ...{ project: 'rides', features: ['stats:trips'], feature_service: null, sql: null, source: null, start: null, end: null },
      rows: [{ driver_id: '1001', event_timestamp: '2025-11-24T14:00:00Z' }],
      full_feature_names: false,
    })
    expect(body).toMatchObject({
      columns: [{ name: 'driver_id' }, { name: 'event_timestamp' }, { name: 'trips', ref: 'stats:trips' }],
      rows: [['1001', '2025-11-24T14:00:00Z', '30']],
      explanations: {
        stats: [
          {
            entity: { driver_id: '1001' },
            asOf: '2025-11-24T14:00:00Z',
            windowStart: '2025-11-22T14:00:00Z',
            candidates: [
              { eventTime: '2025-11-24T10:00:00Z', verdict: 'superseded', values: { trips: '0' } },
              { eventTime: '2025-11-24T13:00:00Z', verdict: 'chosen', values: { trips: '30' } },
            ],
          },
        ],
      },
    })
    expect(status).toBe(200)
  })
})

describe('the reason of a difference', () => {
  const hour = 3_600_000_000n
  const facts: Facts = {
    ...{ online: 1, offline: 2, status: 'PRESENT', eventTime: noon - hour, materializedTo: noon, ttl: 0n, now: noon, computed: false },
  }

  test.each<[string, Partial<Facts>]>([
    ['equal', { online: '5', offline: '5' }],
    ['entity_unknown', { online: null, offline: null, status: 'NOT_FOUND', eventTime: 0n }],
    ['transform_differs', { computed: true }],
    ['type_coerced', { online: 0.10000000149011612, offline: 0.1 }],
    ['type_coerced', { online: '5', offline: 5 }],
    ['expired_by_ttl', { online: null, status: 'OUTSIDE_MAX_AGE' }],
    ['pushed_newer', { eventTime: noon + hour }],
    ['pushed_newer', { materializedTo: null }],
    ['never_materialized', { online: null, status: 'NOT_FOUND', eventTime: 0n, materializedTo: null }],
    ['materialized_before_event', {}],
  ])('is %s (row %#)', (reason, given) => {
    expect(reasonOf({ ...facts, ...given })).toBe(reason)
  })
})
