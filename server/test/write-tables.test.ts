import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Fixture, openFixture } from './fixture.ts'

let fixture: Fixture
beforeEach(async () => {
  fixture = await openFixture({ openings: { writes: true } })
})
afterEach(() => fixture[Symbol.asyncDispose]())

const remove = () => fixture.send('DELETE', '/feature_views/live?project=rides')
const hasTable = async (): Promise<boolean> => (await fixture.sql(`SELECT to_regclass('rides_live') AS name`))[0]?.name !== null

/** Looks until a backend waits for what a statement names; gives its number. */
const waiting = async (condition: string): Promise<number> => {
  for (;;) {
    const [found] = await fixture.sql(`SELECT pid FROM pg_locks WHERE NOT granted AND ${condition}`)
    if (found !== undefined) return Number(found.pid)
  }
}
const forTable = `relation = 'rides_live'::regclass AND mode = 'AccessExclusiveLock'`

test('a view that somebody registers again while a server drops its table has a table', async () => {
  const live = (await fixture.store.list('feature-view')).filter(({ name }) => name === 'live')
  await fixture.sql('BEGIN')
  await fixture.sql('SELECT FROM rides_live')
  const removed = remove()
  await waiting(forTable)
  let applied = false
  const again = fixture.store.apply(live).then(() => {
    applied = true
  })
  // Either it waits for its turn, or it is through.
  while (!applied && (await fixture.sql(`SELECT FROM pg_locks WHERE NOT granted AND locktype = 'advisory'`)).length === 0);
  await fixture.sql('COMMIT')
  expect((await removed).status).toBe(200)
  await again
  expect(await hasTable()).toBe(true)
})

test('a table that a server did not get to drop goes with the next apply', async () => {
  await fixture.sql('BEGIN')
  await fixture.sql('SELECT FROM rides_live')
  const removed = remove()
  await fixture.sql('SELECT pg_terminate_backend($1)', [await waiting(forTable)])
  expect((await removed).status).toBeGreaterThanOrEqual(500)
  await fixture.sql('COMMIT')
  expect([await fixture.store.registry.get('feature-view', 'rides', 'live'), await hasTable()]).toEqual([undefined, true])
  await fixture.store.apply([])
  expect(await hasTable()).toBe(false)
})

test('a computed view that is written online gets a table, and loses it when it is removed', async () => {
  const spec = {
    name: 'score',
    entities: ['driver'],
    entityColumns: [{ name: 'driver_id', valueType: 'INT64' }],
    features: [{ name: 'score', valueType: 'DOUBLE' }],
    sources: {
      asked: {
        requestDataSource: { type: 'REQUEST_SOURCE', name: 'asked', requestDataOptions: { schema: [{ name: 'km', valueType: 'DOUBLE' }] } },
      },
    },
    mode: 'python',
    writeToOnlineStore: true,
  }
  const change = (action: string, object: unknown) => ({
    project: 'rides',
    changes: [{ action, kind: 'onDemandFeatureView', name: 'score', object }],
    undo: null,
  })
  const version = async () => (await fixture.get('/projects?allow_cache=false')).headers.get('x-registry-version') ?? ''
  const table = async () => (await fixture.sql(`SELECT to_regclass('rides_score') AS name`))[0]?.name
  const apply = async (body: unknown) => (await fixture.send('POST', '/apply', body, { 'if-match': `"${await version()}"` })).status
  expect(await apply(change('create', { spec }))).toBe(200)
  expect(await table()).toBe('rides_score')
  expect(await apply(change('delete', null))).toBe(200)
  expect(await table()).toBeNull()
})
