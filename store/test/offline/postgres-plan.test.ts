import { afterAll, beforeAll, expect, test } from 'vitest'
import { days } from '../../src/definition/duration.ts'
import { postgresSource } from '../../src/definition/source.ts'
import { float64, int64, string } from '../../src/definition/value-type.ts'
import type { Strategy, ViewRequest } from '../../src/offline/offline.ts'
import { postgresStore, type StoreUnderTest } from './postgres-store.ts'

let under: StoreUnderTest
beforeAll(async () => {
  under = await postgresStore()
  const rows = `SELECT r % 5000 AS driver_id, 'driver ' || r % 5000 AS name, timestamptz '2024-01-01' + r * interval '1 second' AS at, random() AS rate
FROM generate_series(1, 100000) AS r`
  await under.run(
    `CREATE TABLE plain AS ${rows}`,
    `CREATE TABLE indexed AS SELECT * FROM plain`,
    'CREATE INDEX by_driver ON indexed (driver_id, at DESC)',
    `CREATE TABLE wrongly AS SELECT * FROM plain`,
    'CREATE INDEX ON wrongly (at, driver_id)',
    'CREATE INDEX ON wrongly (driver_id)',
    `CREATE INDEX ON wrongly (driver_id, at) WHERE rate > 0.5`,
    `CREATE INDEX ON wrongly USING hash (driver_id)`,
    // Compressed or not, the rows come whole: 8 kB each.
    `CREATE TABLE wide AS SELECT driver_id, at, rate, repeat(md5(at::text), 250) AS document FROM plain WHERE driver_id < 1000`,
    `CREATE VIEW shown AS SELECT * FROM indexed`,
    'ANALYZE plain, indexed, wrongly, wide',
  )
}, 60_000)
afterAll(() => under[Symbol.asyncDispose]())

const viewOf = (table: string, parts: Partial<ViewRequest> = {}): ViewRequest => ({
  name: table,
  source: postgresSource({ table, timestampField: 'at' }),
  joinKeys: [{ key: 'driver_id', rowColumn: 'driver_id', type: int64 }],
  features: [{ sourceColumn: 'rate', name: 'rate', type: float64 }],
  ttl: undefined,
  ...parts,
})

const entityRows = (count: number) =>
  Array.from({ length: count }, (_, row) => ({
    driver_id: BigInt(row % 5000),
    name: `driver ${row % 5000}`,
    event_timestamp: new Date('2024-01-20'),
  }))

const plan = async (view: ViewRequest, rows: number, strategy: Strategy = 'auto') => {
  const [first] = await under.store.pointInTime({ entityRows: entityRows(rows), views: [view], strategy }).plan()
  if (first === undefined) throw new Error('there is no plan')
  return first
}

test('few probes go through an index that has keys and time in this order', async () => {
  const { strategy, reason, recommends, sql } = await plan(viewOf('indexed'), 200)
  expect({ strategy, recommends }).toEqual({ strategy: 'lateral', recommends: undefined })
  expect(reason).toMatch(/^200 looks into index by_driver cost less than reading (100,000|99,9\d\d) rows$/)
  expect(sql).toContain('CROSS JOIN LATERAL')
})

test('the plan that is shown is what PostgreSQL does: it reads the index', async () => {
  const { sql } = await plan(viewOf('indexed'), 200)
  const explained = await under.run(
    `SELECT 1`,
    `EXPLAIN ${sql.replace('pg_temp.charmed_feast_probe', '(SELECT 0 AS id, 1::bigint AS k0, now() AS te)')}`,
  )
  expect(JSON.stringify(explained)).toMatch(/Index (Only )?Scan (Backward )?using by_driver/)
})

test('an index that does not fit is none', async () => {
  expect((await plan(viewOf('wrongly'), 200)).strategy).not.toBe('lateral')
})

test('without an index few keys are filtered there, and one is recommended but not made', async () => {
  const { strategy, reason, recommends } = await plan(viewOf('plain'), 20)
  expect(strategy).toBe('export')
  expect(reason).toMatch(
    /^keys asked for: 20 of about [45],\d{3}, so [19]\d+,\d{3} rows are looked through there and about 4\d\d of them come$/,
  )
  expect(recommends).toBe(undefined)
  expect(await under.run(`SELECT indexname FROM pg_indexes WHERE tablename = 'plain'`)).toEqual([])
})

test('an index is recommended where it saves most of a long time', async () => {
  await under.run(
    `CREATE TABLE large AS SELECT a.driver_id, a.at + b * interval '1 day' AS at, a.rate FROM plain AS a, generate_series(1, 8) AS b`,
    'ANALYZE large',
  )
  const { recommends } = await plan(viewOf('large'), 20)
  expect(recommends).toBe('CREATE INDEX CONCURRENTLY ON large ("driver_id", "at")')
  await under.run(String(recommends))
  expect((await plan(viewOf('large'), 20)).strategy).toBe('lateral')
})

test('when most keys are asked for, all rows are read in one scan and looked up here', async () => {
  const { strategy, reason } = await plan(viewOf('plain'), 5000)
  expect(strategy).toBe('scan')
  expect(reason).toMatch(/^keys asked for: 5,000 of about [45],\d{3}, so all [19]\d+,\d{3} rows of the window are read in one scan$/)
})

test('wide rows stay there: they are sorted, and only the answers come', async () => {
  const features = [{ sourceColumn: 'document', name: 'document', type: string }]
  const { strategy, reason } = await plan(viewOf('wide', { features }), 1000)
  expect(strategy).toBe('sort-merge')
  expect(reason).toMatch(/^rows are 8,0\d\d bytes wide, so (20,000|19,9\d\d) of them are sorted there and only the answers come$/)
})

test('a ttl narrows what is read to the window', async () => {
  const { reason, sql } = await plan(viewOf('plain', { ttl: days(2) }), 5000)
  expect(sql).toContain(`s."at" >= '2024-01-18 00:00:00.000000+00'::timestamptz AND s."at" <= '2024-01-20 00:00:00.000000+00'::timestamptz`)
  expect(reason).toMatch(/so (all )?\d+ rows/)
})

test('views and queries, of which nothing is known but an estimate, are planned too', async () => {
  expect((await plan(viewOf('shown'), 200)).strategy).not.toBe('lateral')
  const source = postgresSource({ name: 'q', query: 'SELECT * FROM indexed', timestampField: 'at' })
  expect((await plan(viewOf('indexed', { source }), 200)).reason).toContain('of a number that nobody counted')
})

test('a forced strategy is said to be one', async () => {
  expect((await plan(viewOf('plain'), 5, 'lateral')).reason).toBe('asked for')
  expect((await plan(viewOf('plain'), 5, 'sort-merge')).reason).toMatch(/^asked for; /)
})
