import { bytes, int32, int64, string, timestamp } from '../../src/definition/value-type.ts'
import type { EntityKeyVersion, JoinKey } from '../../src/online/entity-key.ts'

/** A key, by its join keys and their values in any order, and the bytes under which Feast stores it. */
export interface EntityKeyCase {
  readonly title: string
  readonly version: EntityKeyVersion
  readonly keys: readonly (JoinKey & { readonly value: unknown })[]
  readonly hex: string
}

const driver = { name: 'driver_id', type: int64, value: 1001n }
const customer = { name: 'customer_id', type: string, value: 'C1' }

/** The worked vectors of Feast, seen on 0.49 and 0.67; those that 0.49 lacks have their release in the title. */
export const entityKeyCases: readonly EntityKeyCase[] = [
  {
    title: 'an INT64',
    version: 3,
    keys: [driver],
    hex: '0100000002000000090000006472697665725f69640400000008000000e903000000000000',
  },
  { title: 'an INT64', version: 2, keys: [driver], hex: '020000006472697665725f69640400000008000000e903000000000000' },
  { title: 'a STRING', version: 3, keys: [customer], hex: '01000000020000000b000000637573746f6d65725f696402000000020000004331' },
  { title: 'a STRING', version: 2, keys: [customer], hex: '02000000637573746f6d65725f696402000000020000004331' },
  {
    title: 'two keys, given unsorted',
    version: 3,
    keys: [driver, customer],
    hex: '02000000020000000b000000637573746f6d65725f696402000000090000006472697665725f6964020000000200000043310400000008000000e903000000000000',
  },
  {
    title: 'two keys, given sorted',
    version: 3,
    keys: [customer, driver],
    hex: '02000000020000000b000000637573746f6d65725f696402000000090000006472697665725f6964020000000200000043310400000008000000e903000000000000',
  },
  {
    title: 'two keys',
    version: 2,
    keys: [driver, customer],
    hex: '02000000637573746f6d65725f6964020000006472697665725f6964020000000200000043310400000008000000e903000000000000',
  },
  {
    title: 'a negative INT32',
    version: 3,
    keys: [{ name: 'id', type: int32, value: -5 }],
    hex: '01000000020000000200000069640300000004000000fbffffff',
  },
  {
    title: 'BYTES',
    version: 3,
    keys: [{ name: 'k', type: bytes, value: Uint8Array.of(0, 255) }],
    hex: '0100000002000000010000006b010000000200000000ff',
  },
  {
    title: 'the key of a view without entities',
    version: 3,
    keys: [{ name: '__dummy_id', type: string, value: '' }],
    hex: '01000000020000000a0000005f5f64756d6d795f69640200000000000000',
  },
  {
    title: 'a UNIX_TIMESTAMP (0.55)',
    version: 3,
    keys: [{ name: 'ts', type: timestamp, value: new Date('2026-01-01T00:00:00Z') }],
    hex: '0100000002000000020000007473080000000800000000b9556900000000',
  },
  {
    title: 'a name beyond ASCII (0.61)',
    version: 3,
    keys: [{ name: 'é', type: int64, value: 1n }],
    hex: '010000000200000002000000c3a904000000080000000100000000000000',
  },
  {
    title: 'text beyond ASCII',
    version: 3,
    keys: [{ name: 's', type: string, value: 'é' }],
    hex: '010000000200000001000000730200000002000000c3a9',
  },
  {
    title: 'a negative INT64',
    version: 3,
    keys: [{ name: 'driver_id', type: int64, value: -1n }],
    hex: '0100000002000000090000006472697665725f69640400000008000000ffffffffffffffff',
  },
  {
    title: 'upper case before lower case',
    version: 3,
    keys: [
      { name: 'a', type: int64, value: 1n },
      { name: 'B', type: int64, value: 2n },
    ],
    hex: '020000000200000001000000420200000001000000610400000008000000020000000000000004000000080000000100000000000000',
  },
  { title: 'no keys (0.58)', version: 3, keys: [], hex: '00000000' },
]
