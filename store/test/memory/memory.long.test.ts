import { expect, test } from 'vitest'
import { measureParquet, measurePostgres } from './place.ts'

// Bounds of the most memory that the process tree ever had, PostgreSQL not counted. With MEMORY_FULL=1 the size that is promised: 10 M rows of
// 1 M keys × 5, and a training set of 1 M rows; else a fifth of it, which has to stay within the same bounds.

const part = process.env.MEMORY_FULL === '1' ? 1 : 0.2
const size = { rows: 10_000_000 * part, keys: 1_000_000 * part, probes: 1_000_000 * part }
const words = `${size.rows} rows of ${size.keys} keys x 5`

test('materializing stays under 512 MB, and a training set on PostgreSQL under 1.5 GB', { timeout: 3_600_000 }, async () => {
  const { first, again, training } = await measurePostgres(size)
  process.stdout.write(
    `${words}: first load ${first.megabytes} MB, again ${again.megabytes} MB, ${size.probes} rows joined ${training.megabytes} MB\n`,
  )
  expect([first.rows, again.rows, training.rows]).toEqual([size.keys, size.keys, size.probes])
  expect(first.megabytes).toBeLessThan(512)
  expect(again.megabytes).toBeLessThan(512)
  expect(training.megabytes).toBeLessThan(1500)
})

test('a training set on Parquet files stays under 1.5 GB', { timeout: 3_600_000 }, async () => {
  const seen = await measureParquet(size)
  process.stdout.write(`${words}: ${size.probes} rows joined from Parquet ${seen.megabytes} MB\n`)
  expect(seen.rows).toBe(size.probes)
  expect(seen.megabytes).toBeLessThan(1500)
})
