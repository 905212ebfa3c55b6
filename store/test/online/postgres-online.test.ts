import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabase } from '../../../house/postgres.ts'
import type { SourceBatch } from '../../src/definition/batch.ts'
import { seconds } from '../../src/definition/duration.ts'
import { entity } from '../../src/definition/entity.ts'
import { featureView } from '../../src/definition/feature-view.ts'
import { float64, int64, string } from '../../src/definition/value-type.ts'
import type { OnlineStore } from '../../src/online/online.ts'
import { compileReadPlan } from '../../src/online/plan.ts'
import { postgresOnline } from '../../src/online/postgres-online.ts'
import { postgresReader } from '../../src/online/postgres-reader.ts'
import { Reading } from '../../src/online/read.ts'
import { openPool, type Pool } from '../../src/postgres/pool.ts'
import { parsePostgresUrl } from '../../src/postgres/url.ts'

const driver = entity({ name: 'driver', joinKey: 'driver_id', valueType: int64 })
const view = (name: string) =>
  featureView({ name, entities: [driver], ttl: seconds(100), schema: { rate: float64, trips: int64, city: string } })
const stats = view('stats')

let pool: Pool
let online: OnlineStore

interface Row {
  readonly id: bigint | null
  readonly rate: number | null
  readonly at: bigint
  readonly created: bigint | null
}

const batch = (rows: readonly Row[]): SourceBatch => ({
  rows: rows.length,
  columns: [
    { name: 'driver_id', type: int64, values: rows.map(({ id }) => id) },
    { name: 'rate', type: float64, values: rows.map(({ rate }) => rate) },
    { name: 'trips', type: int64, values: rows.map(({ at }) => at) },
    { name: 'city', type: string, values: rows.map(() => 'Köln') },
  ],
  eventTimes: rows.map(({ at }) => at * 1_000_000n),
  createdTimes: rows.map(({ created }) => (created === null ? null : created * 1_000_000n)),
})

const read = async (
  name: string,
  ids: readonly bigint[],
  options: { now?: bigint; stale?: boolean; python?: boolean; snapshot?: boolean } = {},
) => {
  const of = view(name)
  const stored = of.fields.map((field) => ({ view: of, alias: name, joinKeyMap: {}, field }))
  const plan = compileReadPlan(stored, {
    keyVersion: 3,

    integers: 'bigint',
    tableOf: (each) => online.tableOf(each),
  })
  const reading = new Reading(
    plan,
    { rows: ids.length, column: () => ids },
    { now: (options.now ?? 0n) * 1_000_000n, statuses: options.python ? 'python' : 'true', staleValues: options.stale ?? false },
  )
  await online.read(reading, { snapshot: options.snapshot ?? false })
  return reading.columns()
}

const count = async (name: string): Promise<number> => {
  const { rows } = await pool.query<{ n: bigint }>(`SELECT count(*) AS n FROM "rides_${name}"`)
  return Number(rows[0]?.n)
}

describe.each(['wire', 'pg'] as const)('an online store on PostgreSQL, read over %s', (over) => {
  beforeAll(async () => {
    const target = parsePostgresUrl((await testDatabase()).url)
    pool = openPool(target, { max: 4 })
    const reader = postgresReader(target, { connections: 4, over, reload: async () => target })
    online = postgresOnline({
      pool,
      reader,
      schema: 'public',
      project: 'rides',
      keyVersion: 3,
      keyVersionStated: true,
      vectorEnabled: false,
      openaiCompatible: false,
    })
  })
  afterAll(async () => {
    await online[Symbol.asyncDispose]()
  })

  test('makes the tables that are missing, as often as it is asked', async () => {
    await online.createTables([stats, stats])
    await online.createTables([stats])
    expect(await count('stats')).toBe(0)
    const { rows } = await pool.query<{ def: string }>(
      `SELECT indexdef AS def FROM pg_indexes WHERE tablename = 'rides_stats' ORDER BY indexname`,
    )
    expect(rows.map(({ def }) => def)).toEqual([
      'CREATE INDEX rides_stats_ek ON public.rides_stats USING btree (entity_key)',
      "CREATE INDEX rides_stats_fts_idx ON public.rides_stats USING gin (to_tsvector('english'::regconfig, value_text))",
      'CREATE UNIQUE INDEX rides_stats_pkey ON public.rides_stats USING btree (entity_key, feature_name)',
    ])
  })

  test('reads what was loaded, in the order of the request, each repeated row too', async () => {
    const rows = [1n, 2n, 3n].map((id) => ({ id, rate: Number(id) / 2, at: id, created: null }))
    const loaded = await online.load(stats, [batch(rows)], { distinct: true })
    expect(loaded).toEqual({ rows: 3, skippedRows: 0, values: 9, written: undefined })
    const [rate, trips, city] = await read('stats', [3n, 9n, 1n, 3n])
    expect(rate?.values).toEqual([1.5, null, 0.5, 1.5])
    expect(trips?.values).toEqual([3n, null, 1n, 3n])
    expect(city?.values).toEqual(['Köln', null, 'Köln', 'Köln'])
    expect([...(rate?.statuses ?? [])]).toEqual([1, 3, 1, 1])
    expect([...(rate?.eventTimes ?? [])]).toEqual([3_000_000n, 0n, 1_000_000n, 3_000_000n])
  })

  test('tells a null, an unknown entity and an expired value apart, or says what Python says', async () => {
    await online.createTables([view('aged')])
    const rows = [
      { id: 1n, rate: null, at: 50n, created: null },
      { id: 2n, rate: 2, at: 20n, created: null },
    ]
    await online.load(view('aged'), [batch(rows)], { distinct: true })
    const [rate] = await read('aged', [1n, 2n, 3n], { now: 121n })
    expect([rate?.values, [...(rate?.statuses ?? [])]]).toEqual([
      [null, null, null],
      [2, 4, 3],
    ])
    const [kept] = await read('aged', [2n], { now: 121n, stale: true })
    expect([kept?.values, [...(kept?.statuses ?? [])]]).toEqual([[2], [4]])
    const [python] = await read('aged', [1n, 2n, 3n], { now: 121n, python: true })
    expect([python?.values, [...(python?.statuses ?? [])]]).toEqual([
      [null, 2, null],
      [1, 1, 3],
    ])
    const [exact] = await read('aged', [2n], { now: 120n })
    expect(exact?.values).toEqual([2])
  })

  test('leaves rows without a key out and counts them', async () => {
    await online.createTables([view('keyless')])
    const rows = [
      { id: null, rate: 1, at: 1n, created: null },
      { id: 7n, rate: 2, at: 1n, created: null },
    ]
    const loaded = await online.load(view('keyless'), [batch(rows)], { distinct: false })
    expect(loaded).toMatchObject({ rows: 1, skippedRows: 1, written: 3 })
    expect(await count('keyless')).toBe(3)
  })

  test('keeps the newest value whatever the order, the batches and the path', async () => {
    const row = fc.record({
      id: fc.bigInt({ min: 1n, max: 3n }),
      rate: fc.integer({ min: 0, max: 1000 }),
      at: fc.bigInt({ min: 1n, max: 4n }),
      created: fc.option(fc.bigInt({ min: 1n, max: 2n })),
    })
    let run = 0
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(row, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 4 }), async (loads) => {
        const name = `order_${run++}`
        await online.createTables([view(name)])
        const newest = new Map<bigint, Row>()
        for (const rows of loads) {
          await online.load(view(name), [batch(rows)], { distinct: new Set(rows.map(({ id }) => id)).size === rows.length })
          for (const each of rows) {
            const known = newest.get(each.id)
            const isNewer =
              known === undefined || each.at > known.at || (each.at === known.at && (each.created ?? -1n) >= (known.created ?? -1n))
            if (isNewer) newest.set(each.id, each)
          }
        }
        const [rate] = await read(name, [1n, 2n, 3n])
        expect(rate?.values).toEqual([1n, 2n, 3n].map((id) => newest.get(id)?.rate ?? null))
      }),
      { numRuns: 25 },
    )
  })

  test('treats a created time beyond the year 10000, which Python writes for none, as none', async () => {
    await online.createTables([view('garbage')])
    await online.load(view('garbage'), [batch([{ id: 1n, rate: 1, at: 1n, created: 253_402_300_800n }])], { distinct: true })
    await online.load(view('garbage'), [batch([{ id: 1n, rate: 2, at: 1n, created: 5n }])], { distinct: true })
    expect((await read('garbage', [1n]))[0]?.values).toEqual([2])
  })

  test('enters a job with its values, and a failure without them', async () => {
    await online.createTables([view('jobs')])
    const request = { project: 'rides', view: 'jobs', start: 0n, end: 10_000_000n, requestedBy: 'ada' }
    const [good, bad] = ['00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002']
    const rows = [{ id: 1n, rate: 1, at: 1n, created: null }]
    await online.load(view('jobs'), [batch(rows)], { distinct: true, job: { id: good ?? '', ...request } })
    const broken = (async function* () {
      yield batch([{ id: 2n, rate: 2, at: 2n, created: null }])
      throw new Error('the source went away')
    })()
    await expect(online.load(view('jobs'), broken, { distinct: true, job: { id: bad ?? '', ...request } })).rejects.toThrow(
      'the source went away',
    )
    expect(await count('jobs')).toBe(3)
    const jobs = await online.jobs('rides', { view: 'jobs', limit: 10 })
    expect(jobs.map(({ id, state, rows: taken, error, recorded }) => ({ id, state, taken, error, recorded }))).toEqual([
      { id: bad, state: 'failed', taken: 0n, error: 'the source went away', recorded: false },
      { id: good, state: 'succeeded', taken: 1n, error: '', recorded: false },
    ])
    expect((await online.unrecordedJobs('rides')).map(({ id }) => id)).toEqual([good])
    await online.markRecorded([good ?? ''])
    expect(await online.unrecordedJobs('rides')).toEqual([])
  })

  test('reads a large request side by side, and as one statement where all must be of one moment', async () => {
    const ids = Array.from({ length: 300 }, (_, at) => BigInt(at % 5))
    const [whole, parts] = await Promise.all([read('stats', ids, { snapshot: true }), read('stats', ids)])
    expect(parts).toEqual(whole)
    expect(whole[0]?.values.slice(0, 5)).toEqual([null, 0.5, 1, 1.5, null])
  })

  test('leaves the key of a table that it filled straight in place', async () => {
    const { rows } = await pool.query<{ def: string }>(
      `SELECT indexdef AS def FROM pg_indexes WHERE tablename = 'rides_stats' ORDER BY indexname`,
    )
    expect(rows).toHaveLength(3)
    expect(rows.at(-1)?.def).toContain('UNIQUE INDEX rides_stats_pkey')
  })
})
