import { expect, test } from 'vitest'
import { measureParquet, measurePostgres } from './place.ts'

// A tenth and less of memory.long.test.ts. Node alone takes some 100 MB, DuckDB's library as much again.

const size = { rows: 200_000, keys: 20_000, probes: 20_000 }

test('materializing and joining a table of PostgreSQL hold a part of the rows at a time', { timeout: 120_000 }, async () => {
  const { first, again, training } = await measurePostgres(size)
  expect([first.rows, again.rows, training.rows]).toEqual([size.keys, size.keys, size.probes])
  expect(first.megabytes).toBeLessThan(256)
  expect(again.megabytes).toBeLessThan(256)
  expect(training.megabytes).toBeLessThan(320)
})

test('joining Parquet files does', { timeout: 120_000 }, async () => {
  const seen = await measureParquet(size)
  expect(seen.rows).toBe(size.probes)
  expect(seen.megabytes).toBeLessThan(400)
})
