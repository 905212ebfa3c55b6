import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fileSource } from '../../src/definition/source.ts'
import { float64, int64, string, timestamp } from '../../src/definition/value-type.ts'
import { openDuckdbOffline } from '../../src/offline/duckdb.ts'
import type { OfflineStore } from '../../src/offline/offline.ts'
import { writeParquet } from '../../src/offline/parquet.ts'
import { manyCase, manyExpected, probeBatches } from './many.ts'
import type { OracleRow } from './oracle.ts'
import { cases, expectExplained, expected, joined, tuplesOf, viewOver } from './point-in-time.ts'
import { expectPulls } from './pull.ts'

let folder: string
let store: OfflineStore

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'charmed-feast-offline-'))
  store = openDuckdbOffline({ folder })
})
afterAll(async () => {
  await store[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

const source = fileSource({ path: 'src.parquet', timestampField: 'event_ts', createdTimestampColumn: 'created_ts' })

const fill = async (rows: readonly OracleRow[]): Promise<void> => {
  const types = [string, int64, timestamp, timestamp, float64, int64, string]
  const names = ['k1', 'k2', 'event_ts', 'created_ts', 'f1', 'f2', 'f3']
  const columns = names.map((name, place) => ({
    name,
    type: types[place] ?? string,
    values: rows.map(({ keys, time, created, values }) => [...keys, time, created, ...values][place]),
  }))
  await writeParquet(
    join(folder, 'src.parquet'),
    (async function* () {
      yield { rows: rows.length, columns }
    })(),
  )
}

describe.each(['scan', 'asof', 'auto'] as const)('strategy %s', (strategy) => {
  test('answers as the definition does, over Parquet', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ rows, probes, ttl }) => {
        await fill(rows)
        expect(await joined(store, source, probes, ttl, strategy)).toEqual(expected(probes, rows, ttl))
      }),
      { numRuns: 40 },
    )
  })
})

test('both strategies agree with the definition on many rows, which come in batches', async () => {
  const { rows, probes } = manyCase({ rows: 40_000, probes: 15_000, keys: 4_000 })
  await fill(rows)
  for (const strategy of ['scan', 'asof'] as const) {
    const batches = probeBatches(probes, 1_000)
    const result = await tuplesOf(
      store.pointInTime({ entityRows: { batches }, views: [viewOver(source, 300_000_000n)], strategy }).batches(),
    )
    expect(result, strategy).toEqual(manyExpected(probes, rows, 300_000_000n))
  }
})

test('pulls are what their definitions say', { timeout: 60_000 }, async () => {
  const window = fc.tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 12 }))
  await fc.assert(
    fc.asyncProperty(cases, window, async ({ rows }, [a, b]) => {
      await fill(rows)
      const at = (n: number) => 1_704_067_200_000_000n + BigInt(n) * 1_000_000n
      await expectPulls(store, source, rows, { start: at(Math.min(a, b)), end: at(Math.max(a, b)) })
    }),
    { numRuns: 25 },
  )
})

test('pulls of many rows come in batches, newest row a key', async () => {
  const { rows } = manyCase({ rows: 40_000, probes: 0, keys: 12_000 })
  await fill(rows)
  await expectPulls(store, source, rows, { start: 1_704_067_200_000_000n, end: 1_704_067_200_000_000n + 1_500_000_000n })
})

test('an explanation names the row that gave the value', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(cases, async ({ rows, probes, ttl }) => {
      await fill(rows)
      await expectExplained(store, source, probes, rows, ttl)
    }),
    { numRuns: 25 },
  )
})
