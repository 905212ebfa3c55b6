import fc from 'fast-check'
import { type PulledType, pulledTypes } from './pulled-type.ts'

/** A join key of a generated table. */
export interface WorldKey {
  readonly name: string
  readonly type: 'Int64' | 'Int32' | 'String'
}

/** A key's values, in the order of its join keys. */
export type KeyValues = readonly (string | number | null)[]

/** A row of a generated table. Times are microseconds since 1970 (UTC). */
export interface WorldRow {
  readonly keys: KeyValues
  readonly at: bigint
  readonly created: bigint | null
  readonly values: readonly unknown[]
}

/** An entity row: a key and the moment that is asked for. */
export interface Probe {
  readonly keys: KeyValues
  readonly at: bigint
}

/** A generated table and what is asked of it, with so few keys and moments that ties, duplicates and edges of the ttl are common. */
export interface RowWorld {
  readonly keys: readonly WorldKey[]
  readonly columns: readonly PulledType[]
  readonly rows: readonly WorldRow[]
  readonly probes: readonly Probe[]
  /** Seconds; 0 for ever. */
  readonly ttl: number
  /** First and last moment that is materialized. */
  readonly window: readonly [bigint, bigint]
  /** The zone in which Python says the moments of entity rows. */
  readonly zone: string
  /** Whether times are in a column without a zone. */
  readonly isNaive: boolean
}

/** 2026-01-01, and steps in which a ttl of some seconds has edges of a microsecond. */
const origin = 1_767_225_600_000_000n
const moments = Array.from({ length: 12 }, (_, n) => origin + BigInt(n >> 1) * 1_000_000n + BigInt(n & 1))

// Put side by side without a separator, several of these are one.
const texts = ['1', '12', '123', '23', '3', '', ' ', 'ä', '😀', "'; --", '"', '\\', 'a,b', '{}', 'null', '%s']
const keyValues: Readonly<Record<WorldKey['type'], readonly (string | number)[]>> = {
  String: texts,
  Int64: [1, 12, -1, 0, 9_007_199_254_740_991],
  Int32: [1, 12, -1, 0, 2_147_483_647],
}

const few = <Item>(items: readonly Item[], least: number, most: number): fc.Arbitrary<readonly Item[]> =>
  fc.shuffledSubarray([...items], { minLength: least, maxLength: most })

/** Keys that meet: all combinations of a few values of each join key. */
const keyPools = (keys: readonly WorldKey[]): fc.Arbitrary<readonly KeyValues[]> =>
  fc
    .tuple(...keys.map(({ type }) => few<string | number>(keyValues[type], 2, 3)))
    .map((lists) => lists.reduce<readonly KeyValues[]>((all, list) => all.flatMap((keys) => list.map((value) => [...keys, value])), [[]]))

const valuesOf = (columns: readonly PulledType[]): fc.Arbitrary<readonly unknown[]> =>
  fc.tuple(...columns.map(({ values }) => fc.option(values, { nil: null, freq: 5 })))

const keyTypes = fc.array(fc.constantFrom<WorldKey['type']>('String', 'String', 'Int64', 'Int32'), { minLength: 1, maxLength: 3 })

const worldOf = (keys: readonly WorldKey[], pool: readonly KeyValues[], holes: boolean): fc.Arbitrary<RowWorld> => {
  const columns = pulledTypes
  const key = fc.constantFrom(...pool)
  const moment = fc.constantFrom(...moments)
  // A null key stops Python's materialization: so most worlds have none.
  const nullable = (values: KeyValues): KeyValues => [null, ...values.slice(1)]
  const rowKey = holes ? fc.oneof({ weight: 9, arbitrary: key }, { weight: 1, arbitrary: key.map(nullable) }) : key
  // Python's data frames have no null among whole numbers.
  const probeKey = keys[0]?.type === 'String' ? fc.oneof({ weight: 9, arbitrary: key }, { weight: 1, arbitrary: key.map(nullable) }) : key
  return fc.record({
    keys: fc.constant(keys),
    columns: fc.constant(columns),
    rows: fc.array(fc.record({ keys: rowKey, at: moment, created: fc.option(moment, { nil: null, freq: 6 }), values: valuesOf(columns) }), {
      minLength: 12,
      maxLength: 40,
      size: 'max',
    }),
    probes: fc.array(fc.record({ keys: probeKey, at: moment }), { minLength: 8, maxLength: 24, size: 'max' }),
    ttl: fc.constantFrom(0, 1, 2, 86_400),
    window: fc.tuple(fc.constantFrom(...moments.slice(0, 4)), fc.constantFrom(...moments.slice(6))),
    zone: fc.constantFrom('UTC', 'America/New_York', 'Asia/Kolkata'),
    isNaive: fc.boolean(),
  })
}

/** Generated tables. */
export const rowWorlds: fc.Arbitrary<RowWorld> = fc
  .tuple(keyTypes, fc.integer({ min: 0, max: 3 }))
  .map(([types, dice]) => ({ keys: types.map((type, at): WorldKey => ({ name: `key_${at}`, type })), holes: dice === 0 }))
  .chain(({ keys, holes }) => keyPools(keys).chain((pool) => worldOf(keys, pool.slice(0, 8), holes)))

/** ISO text in UTC with all microseconds. */
export const isoText = (at: bigint): string =>
  `${new Date(Number(at / 1_000_000n) * 1000).toISOString().slice(0, 19)}.${String(at % 1_000_000n).padStart(6, '0')}+00:00`
