import { Int64, Table, TimestampMicrosecond, tableFromArrays, vectorFromArray } from 'apache-arrow'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  days,
  entity,
  featureService,
  featureView,
  float64,
  int64,
  onDemandFeatureView,
  pythonFeatureView,
  type Store,
} from '../src/index.ts'
import { engines, type Place, ridesPlace } from './rides.ts'

const driver = entity({ name: 'driver', joinKey: 'driver_id', valueType: int64 })
const noon = (day: number): Date => new Date(Date.UTC(2026, 0, day, 12))

describe.each(engines)('on %s', (engine) => {
  let place: Place
  let store: Store
  beforeAll(async () => {
    place = await ridesPlace(engine)
    store = await place.open()
    const stats = featureView({ name: 'stats', entities: [driver], ttl: days(2), source: place.source })
    await store.apply([stats, featureService({ name: 'all', features: [stats] })])
  })
  afterAll(async () => {
    await store[Symbol.asyncDispose]()
    await place[Symbol.asyncDispose]()
  })

  const rows = [
    { driver_id: 2n, event_timestamp: noon(2) },
    { driver_id: 1n, event_timestamp: noon(3) },
  ]
  const expected = [
    { driver_id: 2n, event_timestamp: noon(2), rate: 2.125, trips: 21 },
    { driver_id: 1n, event_timestamp: noon(3), rate: 1.25, trips: 12 },
  ]
  const set = (entityRows: Extract<Parameters<Store['readHistorical']>[1], { entityRows: unknown }>['entityRows']) =>
    store.readHistorical(['stats:rate', 'stats:trips'], { entityRows })

  describe('a view without a schema', () => {
    test('gets the columns of its source that are no keys and no times, with their types', async () => {
      const view = (await store.catalog()).view('stats')
      expect(view?.fields.map(({ name, type }) => [name, type.name])).toEqual([
        ['rate', 'DOUBLE'],
        ['trips', 'INT32'],
      ])
    })

    test('is taken whole by a service, and applied again without a change', async () => {
      const service = await store.service('all')
      expect(service.projections).toMatchObject([{ view: 'stats', features: ['rate', 'trips'] }])
      const stats = featureView({ name: 'stats', entities: [driver], ttl: days(2), source: place.source })
      expect((await store.plan([stats, featureService({ name: 'all', features: [stats] })])).differences).toEqual([])
    })

    test('is refused when its source is not to be looked at', async () => {
      const view = featureView({ name: 'blind', entities: [driver], source: place.source })
      await expect(store.plan([view], { skipSourceValidation: true })).rejects.toThrow(
        'it has no schema, and its source is not to be looked at',
      )
    })

    test('is no reason to stay without features when the source has none', async () => {
      const keys = featureView({
        name: 'keys',
        entities: [driver, ...['rate', 'trips'].map((name) => entity({ name, valueType: float64 }))],
        source: place.source,
      })
      await expect(store.plan([keys])).rejects.toThrow('it has keys and times and nothing else')
    })
  })

  describe('entity rows', () => {
    async function* arriving() {
      yield* rows
    }
    const columns = { driver_id: [2n, 1n], event_timestamp: rows.map((row) => row.event_timestamp) }
    const micros = rows.map((row) => BigInt(row.event_timestamp.getTime()) * 1000n)

    test('may be rows, rows as they arrive, or columns', async () => {
      for (const given of [rows, arriving(), { columns }]) expect(await (await set(given)).toRows()).toEqual(expected)
    })

    test('may be an Arrow table, with times to the microsecond', async () => {
      const stamps = vectorFromArray(
        micros.map((each) => Number(each / 1000n)),
        new TimestampMicrosecond('UTC'),
      )
      const table = new Table({ driver_id: vectorFromArray([2n, 1n], new Int64()), event_timestamp: stamps })
      expect(await (await set({ arrow: table })).toRows()).toEqual(expected)
      const plain = tableFromArrays({ driver_id: BigInt64Array.from([2n, 1n]), event_timestamp: rows.map((row) => row.event_timestamp) })
      expect(await (await set({ arrow: plain })).toRows()).toEqual(expected)
    })

    test('that arrived once do not arrive twice', async () => {
      const stream = arriving()
      const from = await set(stream)
      await from.toRows()
      await expect(from.toRows()).rejects.toThrow('can be read once')
    })

    test('may be a query of the offline store', async () => {
      const found = await (
        await set({ sql: `SELECT 2::bigint AS driver_id, timestamptz '2026-01-02 12:00:00+00' AS event_timestamp` })
      ).toRows()
      expect(found).toEqual(expected.slice(0, 1))
    })
  })

  describe('a set that is saved', () => {
    test('is found by its name, with the rows that it had', async () => {
      const saved = await (await set(rows)).save('january', { tags: { model: 'pricing' }, description: 'first' })
      expect(saved).toMatchObject({ name: 'january', features: ['stats:rate', 'stats:trips'], joinKeys: ['driver_id'] })
      expect(await (await store.savedDataset('january')).toRows()).toEqual(expected)
      expect(await store.list('saved-dataset')).toEqual([saved])
      const object = (await store.snapshot()).get('saved-dataset', 'rides', 'january')
      expect(object?.message.meta).toMatchObject({
        minEventTimestamp: { seconds: 1_767_355_200n },
        maxEventTimestamp: { seconds: 1_767_441_600n },
      })
    })

    test('is not written over unless that is said, and keeps the service that it came from', async () => {
      await expect((await set(rows)).save('january')).rejects.toMatchObject({ code: 'STORE_DATASET_EXISTS' })
      const whole = await store.readHistorical(await store.service('all'), { entityRows: rows.slice(1) }, { fullFeatureNames: true })
      expect(await whole.save('january', { allowOverwrite: true })).toMatchObject({ featureServiceName: 'all', fullFeatureNames: true })
      expect(await (await store.savedDataset('january')).toRows()).toEqual([
        { driver_id: 1n, event_timestamp: noon(3), stats__rate: 1.25, stats__trips: 12 },
      ])
      await expect(store.savedDataset('february')).rejects.toMatchObject({ code: 'STORE_REGISTRY_OBJECT_NOT_FOUND' })
    })
  })

  test('a range without an end ends now, and without a start is as long as the longest ttl', async () => {
    const moments = (await (await store.readHistorical(['stats:rate'], {})).toRows()).map((row) => Object(row).event_timestamp)
    expect(moments.map(Number).sort()).toEqual([noon(2), noon(2), noon(3), noon(3)].map(Number))
  })

  test('features whose code is Python’s are an error that names their view, or nulls when they are skipped', async () => {
    const stats = featureView({ name: 'stats', entities: [driver], ttl: days(2), source: place.source })
    const ours = onDemandFeatureView({ name: 'ours', sources: [stats], schema: { double: float64 }, transform: () => ({ double: 2 }) })
    await using writer = await place.open({ definitions: [ours] })
    await writer.apply([stats, ours])
    // What another program wrote: a view whose function is no placeholder of ours.
    await writer.registry.edit(
      { kind: 'on-demand-feature-view', project: 'rides', name: 'ours' },
      ({ spec }) => {
        const code = spec?.featureTransformation?.transformation
        if (code?.case === 'userDefinedFunction') code.value.name = 'theirs'
      },
      { now: 1n },
    )
    await writer.refreshRegistry()
    const asked = ['stats:rate', 'ours:double']
    await expect(writer.readOnline(asked, [{ driver_id: 1n }])).rejects.toThrow('"ours"')
    const online = await writer.readOnline(asked, [{ driver_id: 1n }], { skipOnDemand: true })
    expect([online.rows[0]?.double, online.statuses.double]).toEqual([null, ['NOT_FOUND']])
    const history = await writer.readHistorical(asked, { entityRows: rows }, { skipOnDemand: true })
    expect(await history.toRows()).toMatchObject([
      { rate: 2.125, double: null },
      { rate: 1.25, double: null },
    ])
    await expect(store.apply([pythonFeatureView({ name: 'ours', sources: [stats], schema: { double: float64 } })])).rejects.toThrow(
      'its code is Python',
    )
  })
})
