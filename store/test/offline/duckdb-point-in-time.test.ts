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
import type { OracleRow } from './oracle.ts'
import { cases, expected, joined } from './point-in-time.ts'

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
