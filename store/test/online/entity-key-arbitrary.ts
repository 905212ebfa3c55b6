import * as fc from 'fast-check'
import { bytes, int32, int64, string, timestamp, type ValueType } from '../../src/definition/value-type.ts'
import type { JoinKey } from '../../src/online/entity-key.ts'

const values: readonly (readonly [ValueType, fc.Arbitrary<unknown>])[] = [
  [int64, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })],
  [int32, fc.integer()],
  [string, fc.string({ unit: 'grapheme' })],
  [bytes, fc.uint8Array({ maxLength: 300 })],
  [timestamp, fc.integer({ min: -62_100_000_000, max: 253_400_000_000 }).map((seconds) => new Date(seconds * 1000))],
]

/** Join keys with values of every type that keys can have, in any order. */
export const entityKeyArbitrary = (
  options: { readonly minLength?: number; readonly name?: fc.Arbitrary<string> } = {},
): fc.Arbitrary<readonly (JoinKey & { readonly value: unknown })[]> =>
  fc.uniqueArray(
    fc
      .tuple(options.name ?? fc.string({ unit: 'grapheme', minLength: 1 }), fc.constantFrom(...values))
      .chain(([name, [type, value]]) => fc.record({ name: fc.constant(name), type: fc.constant(type), value }, { noNullPrototype: true })),
    { minLength: options.minLength ?? 0, maxLength: 5, selector: ({ name }) => name },
  )
