import type { Batch } from '../../src/definition/batch.ts'
import { answerOf, type OracleProbe, type OracleRow } from './oracle.ts'

/** A generator of the same numbers every time: https://en.wikipedia.org/wiki/Linear_congruential_generator */
const numbers = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0
    return (state >>> 0) / 4_294_967_296
  }
}

const origin = 1_704_067_200_000_000n

/** Many rows and probes of a few thousand keys: enough that every table of the join grows, spills over a chunk, and is full of ties. */
export const manyCase = (counts: { readonly rows: number; readonly probes: number; readonly keys: number }) => {
  const next = numbers(7)
  const upTo = (limit: number): number => Math.floor(next() * limit)
  const keysAt = (): readonly [string, bigint] => {
    const key = upTo(counts.keys)
    return [`key ${key % 997}`, BigInt(key)]
  }
  const time = (): bigint => origin + BigInt(upTo(2_000)) * 1_000_000n
  const rows = Array.from(
    { length: counts.rows },
    (): OracleRow => ({
      keys: keysAt(),
      time: time(),
      created: next() < 0.2 ? null : time(),
      values: [next() < 0.1 ? null : next(), BigInt(upTo(9)), next() < 0.1 ? null : `value ${upTo(50)}`],
    }),
  )
  const probes = Array.from({ length: counts.probes }, (): OracleProbe => ({ keys: keysAt(), time: time() }))
  return { rows, probes }
}

/** The oracle, asked for one key's rows at a time: the same definition, in time that many rows can be waited for. */
export const manyExpected = (probes: readonly OracleProbe[], rows: readonly OracleRow[], ttl: bigint): unknown[][] => {
  const byKey = Map.groupBy(rows, ({ keys }) => keys.join('|'))
  return probes.map((probe, row) => {
    const [first = null, second = null, third = null] = answerOf(probe, byKey.get(probe.keys.join('|')) ?? [], ttl)?.values ?? []
    return [row, probe.keys[0], probe.keys[1], probe.time, third, first, second]
  })
}

/** Probes as an async iterable of small batches. */
export async function* probeBatches(probes: readonly OracleProbe[], size: number): AsyncGenerator<Batch> {
  for (let from = 0; from < probes.length; from += size) {
    const part = probes.slice(from, from + size)
    yield {
      rows: part.length,
      columns: [
        { name: 'label', type: { name: 'DOUBLE' }, values: part.map((_, row) => from + row) },
        { name: 'first key', type: { name: 'STRING' }, values: part.map(({ keys }) => keys[0]) },
        { name: 'k2', type: { name: 'INT64' }, values: BigInt64Array.from(part, ({ keys }) => keys[1] as bigint) },
        { name: 'event_timestamp', type: { name: 'UNIX_TIMESTAMP' }, values: BigInt64Array.from(part, ({ time }) => time ?? 0n) },
      ],
    }
  }
}
