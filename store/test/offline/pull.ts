import { expect } from 'vitest'
import type { SourceBatch } from '../../src/definition/batch.ts'
import type { BatchSource } from '../../src/definition/source.ts'
import { float64, int64, string } from '../../src/definition/value-type.ts'
import type { OfflineStore, PullRequest } from '../../src/offline/offline.ts'
import { answerOf, type OracleRow } from './oracle.ts'

const request = (source: BatchSource): PullRequest => ({
  source,
  joinKeys: [
    { key: 'k1', type: string },
    { key: 'k2', type: int64 },
  ],
  features: [
    { sourceColumn: 'f3', name: 'third', type: string },
    { sourceColumn: 'f1', name: 'first', type: float64 },
    { sourceColumn: 'f2', name: 'second', type: int64 },
  ],
})

/** Rows of batches as [keys…, features…, event time, created time]. */
export const pulledRows = async (batches: AsyncIterable<SourceBatch>): Promise<unknown[][]> => {
  const rows: unknown[][] = []
  for await (const batch of batches)
    for (let row = 0; row < batch.rows; row++)
      rows.push([...batch.columns.map(({ values }) => values[row] ?? null), batch.eventTimes[row], batch.createdTimes[row] ?? null])
  return rows
}

const sorted = (rows: readonly unknown[][]): string[] => rows.map((row) => row.map(String).join('|')).sort()
const tupleOf = ({ keys, values, time, created }: OracleRow): unknown[] => [...keys, values[2], values[0], values[1], time, created]

/** Holds both pulls of a source to their definition: the newest row of each key in the window, and all rows of it. */
export const expectPulls = async (
  store: OfflineStore,
  source: BatchSource,
  rows: readonly OracleRow[],
  window: { readonly start: bigint; readonly end: bigint },
): Promise<void> => {
  const within = rows.filter(({ time }) => time !== null && time >= window.start && time <= window.end)
  const keyed = within.filter(({ keys }) => !keys.includes(null))
  const skipped = within.length - keyed.length
  const newest = [...Map.groupBy(keyed, ({ keys }) => keys.join('|')).values()].flatMap((same) => {
    const answer = answerOf({ keys: same[0]?.keys ?? [], time: window.end }, same, 0n)
    return answer === undefined ? [] : [answer]
  })
  const counted = { latest: 0, all: 0 }
  const latest = store.pullLatest({ ...request(source), ...window, onSkipped: (count) => (counted.latest += count) })
  expect(sorted(await pulledRows(latest))).toEqual(sorted(newest.map(tupleOf)))
  const all = store.pullAll({ ...request(source), ...window, onSkipped: (count) => (counted.all += count) })
  expect(sorted(await pulledRows(all))).toEqual(sorted(keyed.map(tupleOf)))
  expect(counted).toEqual({ latest: skipped, all: skipped })
}
