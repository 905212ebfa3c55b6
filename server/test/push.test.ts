import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Fixture, openFixture } from './fixture.ts'

let fixture: Fixture
beforeAll(async () => {
  fixture = await openFixture({ openings: { writes: true, data: true } })
  await fixture.sql('CREATE TABLE january AS SELECT n AS driver_id, 0.5 * n AS conv_rate FROM generate_series(1, 30) AS n')
})
afterAll(async () => {
  await fixture[Symbol.asyncDispose]()
  expect(fixture.reported).toEqual([])
})

const at = '2025-11-24T15:30:00Z'
const cityOf = async (driver: bigint) => {
  const { rows } = await fixture.store.readOnline(['live:city'], [{ driver_id: driver }])
  return (rows[0] as Readonly<Record<string, unknown>>).city
}
const rowsOffline = async () => (await fixture.sql(`SELECT count(*)::int AS n FROM driver_stats WHERE city LIKE 'pushed%'`))[0]?.n

describe('rows that are pushed through the API', () => {
  test('as columns are served', async () => {
    const df = { driver_id: [1, 2], city: ['pushed A', 'pushed B'], event_timestamp: [at, at] }
    const response = await fixture.send('POST', '/push', { push_source_name: 'pushed', df, to: 'online' })
    expect([response.status, await response.json()]).toEqual([200, { status: 'ok' }])
    expect([await cityOf(1n), await cityOf(2n), await rowsOffline()]).toEqual(['pushed A', 'pushed B', 0])
  })

  test('as records go into history too where that is asked for; a newer value stays', async () => {
    const old = [{ driver_id: 1, city: 'pushed late', event_timestamp: '2025-11-24T15:00:00Z' }]
    const response = await fixture.send('POST', '/batch-push', { push_source_name: 'pushed', data: old, to: 'online_and_offline' })
    expect([response.status, await response.json()]).toEqual([200, { status: 'ok', rows_pushed: 1 }])
    expect([await cityOf(1n), await rowsOffline()]).toEqual(['pushed A', 1])
  })

  test('by an annotation tool get the time of now where they have none', async () => {
    const records = [{ driver_id: '9007199254740993', city: 'pushed by a tool' }]
    const response = await fixture.send('POST', '/webhook/label-ingest', { push_source_name: 'pushed', records })
    expect([response.status, await response.json()]).toEqual([200, { status: 'ok', records_ingested: 1, push_source: 'pushed' }])
    expect([await cityOf(9_007_199_254_740_993n), await rowsOffline()]).toEqual(['pushed by a tool', 2])
  })

  test.each([
    [{ push_source_name: 'none', df: { driver_id: [1] } }, 422],
    [{ push_source_name: 'pushed', df: { driver_id: [1, 2], city: ['x'] } }, 422],
    [{ push_source_name: 'pushed', df: { driver_id: ['x'], city: ['x'], event_timestamp: [at] } }, 422],
    [{ push_source_name: 'pushed', df: { driver_id: [1], city: ['x'], event_timestamp: ['yesterday'] } }, 422],
    [{ push_source_name: 'pushed', df: { driver_id: 1 } }, 422],
    [{ push_source_name: 'pushed', df: { driver_id: [1] }, to: 'moon' }, 422],
  ])('are refused for %j', async (body, status) => {
    expect((await fixture.send('POST', '/push', body)).status).toBe(status)
  })

  test('are refused without --allow-writes', async () => {
    const reader = await fixture.another({ openings: {} })
    const response = await fetch(`${reader.url}/push`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ push_source_name: 'pushed', df: {} }),
    })
    expect(response.status).toBe(403)
  })
})

test('a training set of a service is exported as rows', async () => {
  const entity_df = { driver_id: [1001], event_timestamp: ['2025-11-24T12:00:00Z'] }
  const response = await fixture.send('POST', '/training-dataset/export', { feature_service: 'ranking', entity_df })
  expect(await response.json()).toMatchObject({
    row_count: 1,
    feature_service: 'ranking',
    columns: expect.arrayContaining(['driver_id', 'conv_rate', 'trips']),
    data: [{ driver_id: '1001', conv_rate: 0, trips: '0' }],
  })
})

test('rows of a dataset that is a table are shown, as many as are asked for', async () => {
  const dataset = {
    name: 'january',
    project: 'rides',
    features: ['stats:conv_rate'],
    join_keys: ['driver_id'],
    storage_type: 'postgres',
    storage_path: 'january',
  }
  const made = await fixture.send('POST', '/saved_datasets', dataset)
  expect(made.status).toBe(200)
  expect(await fixture.json('/saved_datasets/data/january?project=rides&limit=2')).toEqual({
    columns: ['driver_id', 'conv_rate'],
    rows: [
      { driver_id: 1, conv_rate: '0.5' },
      { driver_id: 2, conv_rate: '1.0' },
    ],
    total_rows: 30,
    sample_size: 2,
  })
  expect((await fixture.get('/saved_datasets/data/none?project=rides')).status).toBe(404)
})
