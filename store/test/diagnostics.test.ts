import { type TracingChannelSubscribers, tracingChannel } from 'node:diagnostics_channel'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testDatabase } from '../../house/postgres.ts'
import { type StoreEvent, traced } from '../src/diagnostics.ts'
import { entity, featureService, featureView, float64, int64, openStore, postgresSource, pushSource, type Store } from '../src/index.ts'

const driver = entity({ name: 'driver', joinKey: 'driver_id', valueType: int64 })
const trips = postgresSource({ table: 'trips', timestampField: 'at' })
const stats = featureView({
  name: 'stats',
  entities: [driver],
  schema: { rate: float64 },
  source: pushSource({ name: 'pushed', batchSource: trips }),
})
const pricing = featureService({ name: 'pricing', features: [stats] })
const at = new Date('2026-01-01T00:00:00Z')

let store: Store
beforeAll(async () => {
  const { host, port, user, password, database, url } = await testDatabase()
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query('CREATE TABLE trips (driver_id bigint, rate double precision, at timestamptz)')
  await client.end()
  const postgres = `{type: postgres, host: ${host}, port: ${port}, database: ${database}, user: ${user}, password: "${password}", sslmode: disable}`
  const yaml = `project: rides\nregistry: {registry_type: sql, path: ${url}}\noffline_store: ${postgres}\nonline_store: ${postgres}\n`
  store = await openStore({ env: { FEATURE_STORE_YAML_BASE64: Buffer.from(yaml).toString('base64') } })
})
afterAll(() => store[Symbol.asyncDispose]())

/** What is told while something runs: how each operation began, and how it ended. */
const heard = async (run: () => Promise<void>): Promise<readonly unknown[]> => {
  const told: unknown[] = []
  const channels = (['apply', 'materialize', 'push', 'online-read'] as const).map((operation) => {
    const subscribers: TracingChannelSubscribers<StoreEvent> = {
      start: ({ error: _, ...event }: StoreEvent & { error?: unknown }) => told.push(event),
      end: () => undefined,
      asyncStart: () => undefined,
      asyncEnd: (event) => told.push(`${event.operation} ended${'error' in event && event.error !== undefined ? ' badly' : ''}`),
      error: () => undefined,
    }
    const channel = tracingChannel<unknown, StoreEvent>(`charmed-feast:${operation}`)
    channel.subscribe(subscribers)
    return () => channel.unsubscribe(subscribers)
  })
  try {
    await run()
  } finally {
    for (const end of channels) end()
  }
  return told
}

test('whoever listens hears what a store is asked for, and how it ended, without a key or a value', async () => {
  const told = await heard(async () => {
    await store.apply([driver, stats, pricing])
    await store.push('pushed', [{ driver_id: 1001n, rate: 0.5, at }])
    await store.materialize({ start: at, end: at, views: ['stats'] })
    await store.readOnline(['stats:rate'], [{ driver_id: 1001n }, { driver_id: 7n }])
    await store.readOnline(pricing, { columns: { driver_id: [1001n] } })
  })
  const event = { project: 'rides', rows: 0 }
  expect(told).toEqual([
    { ...event, operation: 'apply', about: ['driver', 'stats', 'pricing'] },
    'apply ended',
    { ...event, operation: 'push', about: ['pushed'], rows: 1 },
    'push ended',
    { ...event, operation: 'materialize', about: ['stats'] },
    'materialize ended',
    { ...event, operation: 'online-read', about: ['stats:rate'], rows: 2 },
    'online-read ended',
    { ...event, operation: 'online-read', about: ['pricing'], rows: 1 },
    'online-read ended',
  ])
})

test('a call that fails is told of as one', async () => {
  const told = await heard(() => expect(store.push('nobody', [])).rejects.toThrow('nobody'))
  expect(told.at(-1)).toBe('push ended badly')
})

test('unheard, not even the event is made', async () => {
  const unmade = () => expect.unreachable()
  expect(await traced('apply', unmade, async () => 7)).toBe(7)
})
