import { beforeAll, describe, expect, test } from 'vitest'
import type { Batch } from '../../src/definition/batch.ts'
import { seconds } from '../../src/definition/duration.ts'
import type { DatasetStorage } from '../../src/definition/saved-dataset.ts'
import type { BatchSource } from '../../src/definition/source.ts'
import { float64, int64, string, timestamp } from '../../src/definition/value-type.ts'
import type { OfflineStore, ViewRequest } from '../../src/offline/offline.ts'
import { collect, tuplesOf } from './point-in-time.ts'
import { pulledRows } from './pull.ts'

/** What an engine brings to the tests that all engines pass. */
export interface Engine {
  readonly store: OfflineStore
  /** Makes a source of rows with columns driver_id, event_timestamp, created, rate, name; `made` tells them apart. */
  readonly make: (name: string, rows: Batch) => Promise<BatchSource>
  readonly storage: (name: string) => DatasetStorage
}

const at = (minute: number): bigint => 1_704_067_200_000_000n + BigInt(minute) * 60_000_000n

/** Rows of [driver, minute, created minute, rate, name]. */
const rowsOf = (rows: readonly (readonly [bigint | null, number | null, number | null, number | null, string | null])[]): Batch => {
  const minute = (value: number | null) => (value === null ? null : at(value))
  return {
    rows: rows.length,
    columns: [
      { name: 'driver_id', type: int64, values: rows.map(([driver]) => driver) },
      { name: 'event_timestamp', type: timestamp, values: rows.map(([, event]) => minute(event)) },
      { name: 'created', type: timestamp, values: rows.map(([, , created]) => minute(created)) },
      { name: 'rate', type: float64, values: rows.map(([, , , rate]) => rate) },
      { name: 'name', type: string, values: rows.map(([, , , , name]) => name) },
    ],
  }
}

const viewOf = (source: BatchSource, parts: Partial<ViewRequest> = {}): ViewRequest => ({
  name: source.name,
  source,
  joinKeys: [{ key: 'driver_id', rowColumn: 'driver_id', type: int64 }],
  features: [
    { sourceColumn: 'rate', name: 'rate', type: float64 },
    { sourceColumn: 'name', name: 'name', type: string },
  ],
  ttl: undefined,
  ...parts,
})

/** The tests of an offline store that say nothing of how it works. */
export const describeOfflineStore = (open: () => Promise<Engine>): void => {
  let engine: Engine
  let stats: BatchSource
  beforeAll(async () => {
    engine = await open()
    stats = await engine.make(
      'stats',
      rowsOf([
        [1n, 0, 1, 0.1, 'first'],
        [1n, 10, 11, 0.2, 'second'],
        [1n, 10, 12, 0.3, 'corrected'],
        [1n, 10, null, 0.9, 'uncreated'],
        [2n, 5, 6, null, 'tied'],
        [2n, 5, 6, 0.5, 'tied'],
        [null, 5, 6, 0.7, 'nobody'],
        [3n, null, 6, 0.8, 'never'],
      ]),
    )
  })

  describe('a range', () => {
    test('of one view has its moments, each once, in order', async () => {
      const retrieval = engine.store.range({ views: [viewOf(stats)], start: at(0), end: at(10) })
      expect((await retrieval.header()).map(({ name }) => name)).toEqual(['event_timestamp', 'driver_id', 'rate', 'name'])
      expect(await tuplesOf(retrieval.batches())).toEqual([
        [at(0), 1n, 0.1, 'first'],
        [at(5), 2n, 0.5, 'tied'],
        [at(5), null, null, null],
        [at(10), 1n, 0.3, 'corrected'],
      ])
    })

    test('ends are inclusive, and what was true before the start is known', async () => {
      const other = await engine.make('speeds', rowsOf([[1n, 7, 8, 70, 'slow']]))
      const views = [viewOf(stats), viewOf(other, { features: [{ sourceColumn: 'rate', name: 'speed', type: float64 }] })]
      expect(await tuplesOf(engine.store.range({ views, start: at(7), end: at(10) }).batches())).toEqual([
        [at(7), 1n, 0.1, 'first', 70],
        [at(10), 1n, 0.3, 'corrected', 70],
      ])
      const short = views.map((view) => ({ ...view, ttl: seconds(60) }))
      expect(await tuplesOf(engine.store.range({ views: short, start: at(7), end: at(9) }).batches())).toEqual([
        [at(7), 1n, null, null, 70],
      ])
    })

    test('goes over views of other keys, and of none', async () => {
      const features = [{ sourceColumn: 'rate', name: 'global', type: float64 }]
      const keyless = viewOf(stats, { name: 'keyless', joinKeys: [], features })
      const renamed = viewOf(stats, {
        name: 'renamed',
        joinKeys: [{ key: 'driver_id', rowColumn: 'other', type: int64 }],
        features: [{ sourceColumn: 'rate', name: 'theirs', type: float64 }],
      })
      const retrieval = engine.store.range({ views: [keyless, renamed], start: at(10), end: at(11) })
      expect((await retrieval.header()).map(({ name }) => name)).toEqual(['event_timestamp', 'other', 'global', 'theirs'])
      expect(await tuplesOf(retrieval.batches())).toEqual([
        [at(10), 1n, 0.3, 0.3],
        [at(10), null, 0.3, null],
      ])
    })

    test('that ends before it starts is refused; one of nothing is nothing', async () => {
      const backwards = engine.store.range({ views: [viewOf(stats)], start: at(1), end: at(0) })
      await expect(tuplesOf(backwards.batches())).rejects.toMatchObject({ code: 'STORE_ENTITY_ROWS_INVALID' })
      expect(await tuplesOf(engine.store.range({ views: [viewOf(stats)], start: at(90), end: at(99) }).batches())).toEqual([])
    })
  })

  describe('a saved dataset', () => {
    const entityRows = [
      { label: true, list: [1n, 2n], driver_id: 2n, event_timestamp: new Date('2024-01-01T00:06:00Z') },
      { label: null, list: null, driver_id: 9n, event_timestamp: new Date('2024-01-01T00:06:00Z') },
    ]

    test('is kept with its types and read again', async () => {
      const result = engine.store.pointInTime({ entityRows, views: [viewOf(stats)] })
      await engine.store.persist(engine.storage('kept'), result)
      const kept = engine.store.readDataset(engine.storage('kept'))
      expect(await kept.header()).toEqual([
        { name: 'label', type: { name: 'BOOL' } },
        { name: 'list', type: { name: 'INT64_LIST' } },
        { name: 'driver_id', type: { name: 'INT64' } },
        { name: 'event_timestamp', type: { name: 'UNIX_TIMESTAMP' } },
        { name: 'rate', type: { name: 'DOUBLE' } },
        { name: 'name', type: { name: 'STRING' } },
      ])
      expect(await tuplesOf(kept.batches())).toEqual(await tuplesOf(result.batches()))
    })

    test('is not overwritten unless that is allowed', async () => {
      const result = engine.store.pointInTime({ entityRows, views: [viewOf(stats)] })
      const storage = engine.storage('twice')
      await engine.store.persist(storage, result)
      await expect(engine.store.persist(storage, result)).rejects.toMatchObject({ code: 'STORE_DATASET_EXISTS', status: 409 })
      const one = engine.store.pointInTime({ entityRows: entityRows.slice(0, 1), views: [viewOf(stats)] })
      await engine.store.persist(storage, one, { allowOverwrite: true })
      expect(await tuplesOf(engine.store.readDataset(storage).batches())).toHaveLength(1)
    })

    test('of no rows has its columns', async () => {
      await engine.store.persist(engine.storage('empty'), engine.store.pointInTime({ entityRows: [], views: [viewOf(stats)] }))
      const read = engine.store.readDataset(engine.storage('empty'))
      expect((await read.header()).map(({ name }) => name)).toEqual(['driver_id', 'event_timestamp', 'rate', 'name'])
      expect(await tuplesOf(read.batches())).toEqual([])
    })

    test('in a store of another kind is refused', async () => {
      const result = engine.store.pointInTime({ entityRows, views: [viewOf(stats)] })
      const storage: DatasetStorage = { kind: 'other', type: 'BIGQUERY', message: new Uint8Array() }
      await expect(engine.store.persist(storage, result)).rejects.toMatchObject({ code: 'STORE_DATASET_UNSUPPORTED' })
    })
  })

  describe('writing', () => {
    const columns = {
      source: 'written',
      joinKeys: [{ key: 'driver_id', type: int64 }],
      features: viewOf({ name: '' } as BatchSource).features,
    }

    test('appends rows, whatever the order of their columns; a column that is left out is null', async () => {
      const source = await engine.make('written', rowsOf([[1n, 0, 0, 1, 'old']]))
      const { columns: given } = rowsOf([[2n, 1, null, 2, "it's\ta \\ new\nline"]])
      const batch = { rows: 1, columns: given.filter(({ name }) => name !== 'created').reverse() }
      expect(await engine.store.write(source, [batch])).toBe(1)
      const pulled = await pulledRows(engine.store.pullAll({ ...columns, source }))
      expect(pulled.sort()).toEqual([
        [1n, 1, 'old', at(0), at(0)],
        [2n, 2, "it's\ta \\ new\nline", at(1), null],
      ])
    })

    test('of nothing changes nothing', async () => {
      const source = await engine.make('untouched', rowsOf([[1n, 0, 0, 1, 'old']]))
      expect(await engine.store.write(source, [])).toBe(0)
      expect(await pulledRows(engine.store.pullAll({ ...columns, source }))).toHaveLength(1)
    })

    test('all of it or none: a row that does not fit leaves the source as it was', async () => {
      const source = await engine.make('whole', rowsOf([[1n, 0, 0, 1, 'old']]))
      const good = rowsOf([[2n, 1, 1, 2, 'new']])
      const bad = {
        ...good,
        columns: good.columns.map((each) => (each.name === 'rate' ? { ...each, type: string, values: ['fast'] } : each)),
      }
      await expect(engine.store.write(source, [good, bad])).rejects.toThrow(/fast/)
      expect(await pulledRows(engine.store.pullAll({ ...columns, source }))).toHaveLength(1)
    })

    test('columns that the source lacks, and rows without a time, are refused', async () => {
      const source = await engine.make('strict', rowsOf([[1n, 0, 0, 1, 'old']]))
      const batch = rowsOf([[2n, 1, 1, 2, 'new']])
      const extra = { ...batch, columns: [...batch.columns, { name: 'speed', type: float64, values: [1] }] }
      await expect(engine.store.write(source, [extra])).rejects.toMatchObject({
        code: 'STORE_SOURCE_WRITE_REFUSED',
        message: expect.stringContaining('it has no column "speed"; allowed: created, driver_id, event_timestamp, name, rate'),
      })
      const timeless = { ...batch, columns: batch.columns.filter(({ name }) => name !== 'event_timestamp') }
      await expect(engine.store.write(source, [timeless])).rejects.toMatchObject({ code: 'STORE_SOURCE_WRITE_REFUSED' })
    })
  })

  describe('explaining', () => {
    const explain = (driver: bigint | null, minute: number, parts: Partial<ViewRequest> = {}, limit?: number) =>
      engine.store.explain({
        view: viewOf(stats, parts),
        row: { driver_id: driver },
        eventTime: at(minute),
        feature: 'rate',
        ...(limit === undefined ? {} : { limit }),
      })

    test('shows the chosen row among those that it was chosen from', async () => {
      const { value, candidates, reason, window, more } = await explain(1n, 10)
      expect(value).toBe(0.3)
      expect(candidates.map((each) => [each.verdict, each.eventTime, each.createdTime, each.value])).toEqual([
        ['chosen', at(10), at(12), 0.3],
        ['older', at(10), at(11), 0.2],
        ['older', at(10), null, 0.9],
        ['older', at(0), at(1), 0.1],
      ])
      expect(window).toEqual({ from: undefined, to: at(10) })
      expect(more).toBe(false)
      expect(reason).toBe(
        'the row of 2024-01-01T00:10:00Z is the newest that is not later than 2024-01-01T00:10:00Z; of 3 rows with that time it was created last',
      )
    })

    test('says of ties what decided', async () => {
      const { value, candidates, reason } = await explain(2n, 6)
      expect(value).toBe(0.5)
      expect(candidates.map(({ verdict }) => verdict)).toEqual(['chosen', 'tied'])
      expect(reason).toMatch(/of 2 rows with that time all were created together, and of 2 created together it has the greatest values$/)
    })

    test('shows what comes later, and what the ttl leaves out', async () => {
      const { value, candidates, window, reason } = await explain(1n, 5, { ttl: seconds(120) })
      expect(value).toBe(null)
      expect(candidates.map(({ verdict }) => verdict)).toEqual(['future', 'future', 'future', 'expired'])
      expect(window).toEqual({ from: at(3), to: at(5) })
      expect(reason).toBe(
        'the newest row, of 2024-01-01T00:00:00Z, is older than the ttl allows: it had to be of 2024-01-01T00:03:00Z or later',
      )
    })

    test('says why there is nothing', async () => {
      expect((await explain(7n, 5)).reason).toBe('no row of the source has these keys')
      expect((await explain(1n, -1)).reason).toBe('every row with these keys is later than 2023-12-31T23:59:00Z')
      expect((await explain(null, 5)).reason).toBe('a join key of the row is null, and nothing is equal to null')
    })

    test('shows no more candidates than were asked for, and says so', async () => {
      const { candidates, more, value } = await explain(1n, 20, {}, 2)
      expect(candidates.map(({ verdict }) => verdict)).toEqual(['chosen', 'older'])
      expect([more, value]).toEqual([true, 0.3])
    })

    test('knows only the features of the view', async () => {
      const asked = engine.store.explain({ view: viewOf(stats), row: { driver_id: 1n }, eventTime: at(1), feature: 'speed' })
      await expect(asked).rejects.toMatchObject({
        code: 'STORE_FEATURE_NOT_FOUND',
        message: expect.stringContaining('allowed: name, rate'),
      })
    })
  })

  describe('pulling', () => {
    test('tells how far it is, and what had no key', async () => {
      const progress: number[] = []
      const skipped: number[] = []
      const pulled = engine.store.pullLatest({
        source: stats,
        joinKeys: [{ key: 'driver_id', type: int64 }],
        features: [{ sourceColumn: 'rate', name: 'speed', type: float64 }],
        onProgress: (rows) => progress.push(rows),
        onSkipped: (rows) => skipped.push(rows),
      })
      const [batch] = await collect(pulled)
      expect(batch?.columns.map(({ name, type }) => [name, type])).toEqual([
        ['driver_id', int64],
        ['speed', float64],
      ])
      expect({ progress, skipped }).toEqual({ progress: [2], skipped: [1] })
    })

    test('a view without keys has one newest row', async () => {
      const features = [{ sourceColumn: 'name', name: 'name', type: string }]
      expect(await pulledRows(engine.store.pullLatest({ source: stats, joinKeys: [], features }))).toEqual([['corrected', at(10), at(12)]])
    })

    test('stops at once when it is told to', async () => {
      const controller = new AbortController()
      const batches = engine.store.pullAll({ source: stats, joinKeys: [], features: [], signal: controller.signal })
      controller.abort(new Error('enough'))
      await expect(collect(batches)).rejects.toThrow('enough')
    })
  })

  test('a loop that breaks off ends the work, and the store goes on', async () => {
    const entityRows = Array.from({ length: 70_000 }, () => ({ driver_id: 1n, event_timestamp: new Date('2024-01-01T00:10:00Z') }))
    for (let round = 0; round < 6; round++) {
      for await (const batch of engine.store.pointInTime({ entityRows, views: [viewOf(stats)] }).batches()) {
        expect(batch.rows).toBe(65_536)
        break
      }
    }
    expect((await collect(engine.store.pointInTime({ entityRows, views: [viewOf(stats)] }).batches())).map(({ rows }) => rows)).toEqual([
      65_536, 4_464,
    ])
  })

  test('progress is told by chunk, and an abort stops a join', async () => {
    const entityRows = [{ driver_id: 1n, event_timestamp: new Date('2024-01-01T00:10:00Z') }]
    const progress: number[] = []
    await collect(engine.store.pointInTime({ entityRows, views: [viewOf(stats)], onProgress: (rows) => progress.push(rows) }).batches())
    expect(progress).toEqual([1])
    const aborted = engine.store.pointInTime({ entityRows, views: [viewOf(stats)], signal: AbortSignal.abort(new Error('never mind')) })
    await expect(collect(aborted.batches())).rejects.toThrow('never mind')
  })
}
