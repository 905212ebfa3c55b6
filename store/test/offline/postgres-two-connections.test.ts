import { afterAll, beforeAll, expect, test } from 'vitest'
import { postgresSource } from '../../src/definition/source.ts'
import { float64, int64 } from '../../src/definition/value-type.ts'
import type { ViewRequest } from '../../src/offline/offline.ts'
import { openPostgresOffline } from '../../src/offline/postgres.ts'
import { openPool } from '../../src/postgres/pool.ts'
import { parsePostgresUrl } from '../../src/postgres/url.ts'
import { postgresStore, type StoreUnderTest } from './postgres-store.ts'

// Many looks into an index are shared between two connections: that must be seen in nothing but the time.

const probes = 30_000

let under: StoreUnderTest
beforeAll(async () => {
  under = await postgresStore({ max: 3 })
  await under.run(
    `CREATE TABLE history AS SELECT k AS driver_id, timestamptz '2024-01-01' + v * interval '1 hour' AS at, k + v / 10.0::float8 AS rate, 0::bigint AS turn
FROM generate_series(0, ${probes - 1}) AS k, generate_series(0, 1) AS v`,
    'CREATE INDEX by_driver ON history (driver_id, at)',
    'VACUUM ANALYZE history',
  )
})
afterAll(() => under[Symbol.asyncDispose]())

const view: ViewRequest = {
  name: 'history',
  source: postgresSource({ table: 'history', timestampField: 'at' }),
  joinKeys: [{ key: 'driver_id', rowColumn: 'driver_id', type: int64 }],
  features: [
    { sourceColumn: 'rate', name: 'rate', type: float64 },
    { sourceColumn: 'turn', name: 'turn', type: int64 },
  ],
  ttl: undefined,
}

/** Entity rows that ask every key once, from the last to the first. */
const columns = {
  driver_id: BigInt64Array.from({ length: probes }, (_, row) => BigInt(probes - 1 - row)),
  event_timestamp: new BigInt64Array(probes).fill(BigInt(Date.parse('2024-01-01T01:30:00Z')) * 1000n),
}

const read = async (store = under.store) => {
  const rates: number[] = []
  const turns = new Set<unknown>()
  for await (const batch of store.pointInTime({ entityRows: { columns }, views: [view], strategy: 'lateral' }).batches()) {
    for (const { name, values } of batch.columns) {
      if (name === 'rate') rates.push(...Array.from(values, Number))
      if (name === 'turn') for (let row = 0; row < batch.rows; row++) turns.add(values[row])
    }
  }
  return { rates, turns: [...turns] }
}

const answers = Array.from({ length: probes }, (_, row) => probes - 1 - row + 0.1)

test('each row has its answer, whichever connection looked for it', async () => {
  expect((await read()).rates).toEqual(answers)
})

test('where there is but one connection, it does all', async () => {
  await using pool = openPool(parsePostgresUrl(under.url), { max: 1 })
  await using store = openPostgresOffline(pool)
  expect((await read(store)).rates).toEqual(answers)
})

test('training sets that take all connections do not wait for each other', async () => {
  const sets = await Promise.all(Array.from({ length: 6 }, () => read()))
  for (const { rates } of sets) expect(rates).toEqual(answers)
})

test('where the server lets nobody else in, one connection does all', async () => {
  await using pool = openPool(parsePostgresUrl(under.url), { max: 2 })
  await using store = openPostgresOffline(pool)
  // The first connection of this pool is open before the door is shut.
  await pool.query('SELECT 1')
  const [{ name } = {}] = await under.run('SELECT current_database() AS name')
  await under.run(`ALTER DATABASE "${name}" CONNECTION LIMIT 0`)
  try {
    expect((await read(store)).rates).toEqual(answers)
  } finally {
    await under.run(`ALTER DATABASE "${name}" CONNECTION LIMIT -1`)
  }
})

test('both connections see the same moment, however fast others write', async () => {
  let done = false
  const writing = (async () => {
    for (let turn = 1; !done; turn++) await under.run(`UPDATE history SET turn = ${turn} WHERE driver_id % 50 = 0`)
  })()
  try {
    for (let round = 0; round < 6; round++) {
      const { turns } = await read()
      // What is never written keeps 0; the rest has one number more, unless nothing was written yet.
      expect(turns.length).toBeLessThanOrEqual(2)
    }
  } finally {
    done = true
    await writing
  }
  expect((await read()).turns.length).toBe(2)
})
