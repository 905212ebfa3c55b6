import fc from 'fast-check'
import { expect } from 'vitest'
import type { Batch } from '../../src/definition/batch.ts'
import type { BatchSource } from '../../src/definition/source.ts'
import { float64, int64, string } from '../../src/definition/value-type.ts'
import type { OfflineStore, Strategy, ViewRequest } from '../../src/offline/offline.ts'
import { answerOf, type OracleProbe, type OracleRow } from './oracle.ts'

/** 2024-01-01, and a step that makes ties and edges of the ttl likely. */
const origin = 1_704_067_200_000_000n
const step = 1_000_000n

const texts = ['1', '12', '123', '23', '3', '', 'ä', 'a\tb', '\\N', `'"{},`]
const numbers = [1n, 12n, -1n, 9_007_199_254_740_993n]
const moments = Array.from({ length: 10 }, (_, n) => origin + BigInt(n >> 1) * step + BigInt(n & 1))
const values = fc.tuple(
  fc.option(fc.constantFrom(0, -1.5, 2, 1e300), { freq: 4 }),
  fc.option(fc.constantFrom(0n, 1n, 9_223_372_036_854_775_807n), { freq: 4 }),
  fc.option(fc.constantFrom('', 'x', 'é', '\u{1F600}', '￿'), { freq: 4 }),
)

/** A few of many: so few that rows meet. */
const few = <Item>(items: readonly Item[], most: number): fc.Arbitrary<fc.Arbitrary<Item>> =>
  fc.shuffledSubarray([...items], { minLength: 1, maxLength: most }).map((chosen) => fc.constantFrom(...chosen))

const caseOf = (text: fc.Arbitrary<string>, number: fc.Arbitrary<bigint>, moment: fc.Arbitrary<bigint>) => {
  const keys = fc.tuple(fc.option(text, { freq: 12 }), fc.option(number, { freq: 12 }))
  return fc.record({
    rows: fc.array(fc.record({ keys, time: fc.option(moment, { freq: 12 }), created: fc.option(moment, { freq: 3 }), values }), {
      maxLength: 60,
      size: 'max',
    }),
    probes: fc.array(fc.record({ keys, time: fc.option(moment, { freq: 15 }) }), { maxLength: 30, size: 'max' }),
    ttl: fc.constantFrom(0n, 1n, step, step + 1n, 3n * step - 1n),
  })
}

/** Rows and probes of one source with a text key and a number key, where ties, nulls and duplicates abound. */
export const cases = fc
  .tuple(few(texts, 3), few(numbers, 2), few(moments, 6))
  .chain(([text, number, moment]) => caseOf(text, number, moment))

/** The view over a source with columns k1, k2, event_ts, created_ts, f1, f2, f3. */
export const viewOver = (source: BatchSource, ttl: bigint): ViewRequest => ({
  name: 'v',
  source,
  joinKeys: [
    { key: 'k1', rowColumn: 'first key', type: string },
    { key: 'k2', rowColumn: 'k2', type: int64 },
  ],
  // Asked for in another order than ties are decided in.
  features: [
    { sourceColumn: 'f3', name: 'third', type: string },
    { sourceColumn: 'f1', name: 'first', type: float64 },
    { sourceColumn: 'f2', name: 'second', type: int64 },
  ],
  ttl: { microseconds: ttl },
})

/** All that comes. */
export const collect = async <Item>(items: AsyncIterable<Item>): Promise<readonly Item[]> => {
  const collected: Item[] = []
  for await (const item of items) collected.push(item)
  return collected
}

/** All batches of a retrieval as plain rows, a tuple each. */
export const tuplesOf = async (batches: AsyncIterable<Batch>): Promise<unknown[][]> => {
  const tuples: unknown[][] = []
  for await (const { rows, columns } of batches)
    for (let row = 0; row < rows; row++) tuples.push(columns.map(({ values }) => values[row] ?? null))
  return tuples
}

/** Runs one case by a strategy. */
export const joined = (store: OfflineStore, source: BatchSource, probes: readonly OracleProbe[], ttl: bigint, strategy: Strategy) => {
  const entityRows = probes.map(({ keys, time }, row) => ({ label: row, 'first key': keys[0], k2: keys[1], event_timestamp: time }))
  return tuplesOf(store.pointInTime({ entityRows, views: [viewOver(source, ttl)], strategy }).batches())
}

/** What the definition of the join gives for the same. */
export const expected = (probes: readonly OracleProbe[], rows: readonly OracleRow[], ttl: bigint): unknown[][] =>
  probes.map((probe, row) => {
    const [first = null, second = null, third = null] = answerOf(probe, rows, ttl)?.values ?? []
    return [row, probe.keys[0], probe.keys[1], probe.time, third, first, second]
  })

/** Holds the explanation of each probe's value to the value: the row that it names gave it, and no other could. */
export const expectExplained = async (
  store: OfflineStore,
  source: BatchSource,
  probes: readonly OracleProbe[],
  rows: readonly OracleRow[],
  ttl: bigint,
): Promise<void> => {
  for (const { keys, time } of probes.slice(0, 4)) {
    if (time === null) continue
    const answer = answerOf({ keys, time }, rows, ttl)
    const row = { 'first key': keys[0], k2: keys[1] }
    const { value, candidates } = await store.explain({ view: viewOver(source, ttl), row, eventTime: time, feature: 'second' })
    const chosen = candidates.filter(({ verdict }) => verdict === 'chosen')
    expect({ value, chosen }).toEqual({
      value: answer?.values[1] ?? null,
      chosen:
        answer === undefined ? [] : [{ eventTime: answer.time, createdTime: answer.created, value: answer.values[1], verdict: 'chosen' }],
    })
    const matching = rows.filter(
      (each) => !keys.includes(null) && each.time !== null && each.keys.every((key, place) => key === keys[place]),
    )
    const past = matching.filter((each) => each.time !== null && each.time <= time).length
    expect(candidates.filter(({ verdict }) => verdict !== 'future')).toHaveLength(past)
    expect(candidates).toHaveLength(past + Math.min(3, matching.length - past))
  }
}
