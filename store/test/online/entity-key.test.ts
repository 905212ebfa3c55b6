import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ByteWriter } from '../../src/definition/byte-writer.ts'
import { bool, bytes, float64, int32, int64, listOf, string, timestamp, uuid, type ValueType } from '../../src/definition/value-type.ts'
import { type EntityKeyVersion, entityKeyEncoder, type JoinKey } from '../../src/online/entity-key.ts'
import { decodeEntityKey, entityKeyVersionOf } from '../../src/online/entity-key-reading.ts'
import { entityKeyArbitrary } from './entity-key-arbitrary.ts'
import { entityKeyCases } from './entity-key-cases.ts'

const encodeOne = (keys: readonly (JoinKey & { readonly value: unknown })[], version: EntityKeyVersion = 3): string =>
  entityKeyEncoder({ version, joinKeys: keys })
    .encodeRow(keys.map(({ value }) => value))
    .toString('hex')

describe('an entity key', () => {
  test.each(entityKeyCases)('is what Feast stores for $title, version $version', ({ keys, version, hex }) => {
    expect(encodeOne(keys, version)).toBe(hex)
  })

  test.each(entityKeyCases.filter(({ version }) => version === 3))('is read back from $title', ({ keys, hex }) => {
    const sorted = [...keys].sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)))
    expect(decodeEntityKey(Buffer.from(hex, 'hex'))).toStrictEqual(
      sorted.map(({ name, type, value }) => ({ name, type: type.name, value })),
    )
  })

  test('sorts names by code point, not by UTF-16', () => {
    // U+FF5E comes before U+1F600, whose UTF-16 begins with U+D83D.
    const keys = ['😀', '～', 'z'].map((name, at) => ({ name, type: int32, value: at }))
    expect(decodeEntityKey(Buffer.from(encodeOne(keys), 'hex')).map(({ name }) => name)).toEqual(['z', '～', '😀'])
  })

  test('is another for 1001 as INT32 than as INT64', () => {
    expect(encodeOne([{ name: 'id', type: int32, value: 1001 }])).not.toBe(encodeOne([{ name: 'id', type: int64, value: 1001 }]))
  })

  test('may be of any length', () => {
    const value = 'é'.repeat(40_000)
    expect(decodeEntityKey(Buffer.from(encodeOne([{ name: 's', type: string, value }]), 'hex'))).toEqual([
      { name: 's', type: 'STRING', value },
    ])
  })
})

describe('many keys', () => {
  const encoder = entityKeyEncoder({
    version: 3,
    joinKeys: [
      { name: 'b', type: string },
      { name: 'a', type: int64 },
    ],
  })

  test('are encoded from columns in the order of the options, typed arrays among them', () => {
    const columns = [['x', 'y', 'zz'], BigInt64Array.of(1n, 2n, 3n)]
    const { bytes, offsets, key } = encoder.encode(columns, 3)
    expect(encoder.names).toEqual(['b', 'a'])
    expect(offsets).toEqual(Uint32Array.of(0, 47, 94, 142))
    expect(bytes).toHaveLength(142)
    for (const row of [0, 1, 2]) expect(key(row)).toEqual(encoder.encodeRow(columns.map((column) => column[row])))
  })

  test('are none for no rows', () => {
    expect(encoder.encode([[], []], 0)).toMatchObject({ bytes: Buffer.alloc(0), offsets: Uint32Array.of(0) })
  })

  test('name the row that cannot be encoded', () => {
    expect(() =>
      encoder.encode(
        [
          ['x', null],
          [1n, 2n],
        ],
        2,
      ),
    ).toThrow(
      expect.objectContaining({
        code: 'STORE_ENTITY_KEY_INVALID',
        message: 'cannot encode value "null" of join key "b" in row 1: a key is never null',
      }),
    )
  })

  test('may go into a buffer that holds something else', () => {
    const target = new ByteWriter(1)
    target.byte(7)
    encoder.write(target, [['x'], [1n]], 0)
    expect(target.view().subarray(1)).toEqual(encoder.encodeRow(['x', 1n]))
  })
})

describe('the value of a join key', () => {
  test.each<[string, ValueType, unknown, unknown]>([
    ['an integer as digits', int64, '1001', 1001n],
    ['a signed integer as digits', int64, '+5', 5n],
    ['a negative integer as digits', int64, '-9223372036854775808', -9223372036854775808n],
    ['a whole number', int64, 1001, 1001n],
    ['a bigint for INT32', int32, 5n, 5],
    ['digits for INT32', int32, '-5', -5],
    ['a whole number for text', string, 5, '5'],
    ['a bigint for text', string, 5n, '5'],
    ['a moment with milliseconds', timestamp, new Date(1999), new Date(1000)],
    ['a moment before 1970', timestamp, new Date(-1), new Date(-1000)],
    ['microseconds', timestamp, 1_999_999n, new Date(1000)],
    ['microseconds before 1970', timestamp, -1n, new Date(-1000)],
  ])('may be %s', (_title, type, value, read) => {
    expect(decodeEntityKey(Buffer.from(encodeOne([{ name: 'k', type, value }]), 'hex'))[0]?.value).toStrictEqual(read)
  })

  test.each<[string, ValueType, unknown, string]>([
    ['null', int64, null, 'a key is never null'],
    ['undefined', string, undefined, 'a key is never null'],
    ['null bytes', bytes, null, 'a key is never null'],
    ['a null moment', timestamp, null, 'a key is never null'],
    ['a fraction', int64, 1001.7, 'a number must be a whole one'],
    ['a number that has lost digits', int64, 2 ** 53, 'a number must be a whole one'],
    ['65 bits', int64, 2n ** 63n, 'it does not fit 64 bits'],
    ['65 bits in digits', int64, '9223372036854775808', 'it does not fit 64 bits'],
    ['words', int64, 'abc', 'an INT64 key is a bigint'],
    ['digits with a point', int64, '1.0', 'an INT64 key is a bigint'],
    ['no digits', int64, '', 'an INT64 key is a bigint'],
    ['a boolean', int64, true, 'an INT64 key is a bigint'],
    ['33 bits', int32, 2147483648, 'an INT32 key is a whole number of 32 bits'],
    ['a fraction for INT32', int32, 0.5, 'an INT32 key is a whole number of 32 bits'],
    ['minus zero and a half', int32, -0.5, 'an INT32 key is a whole number of 32 bits'],
    ['a fraction for text', string, 1.5, 'a STRING key is text'],
    ['a boolean for text', string, true, 'a STRING key is text'],
    ['half a character', string, '\ud800', 'half of a surrogate pair'],
    ['text for bytes', bytes, 'a', 'a BYTES key is a Uint8Array'],
    ['text for a moment', timestamp, '2026-01-01', 'a UNIX_TIMESTAMP key is a Date'],
    ['an invalid Date', timestamp, new Date(Number.NaN), 'a UNIX_TIMESTAMP key is a Date'],
  ])('is never %s', (_title, type, value, why) => {
    expect(() => encodeOne([{ name: 'k', type, value }])).toThrow(
      expect.objectContaining({ code: 'STORE_ENTITY_KEY_INVALID', message: expect.stringContaining(`of join key "k" in row 0: ${why}`) }),
    )
  })
})

describe('an encoder', () => {
  test.each([bool, float64, uuid, listOf(int64)])('is not made for $name', (type) => {
    expect(() => entityKeyEncoder({ version: 3, joinKeys: [{ name: 'k', type }] })).toThrow(
      `cannot use join key "k": ${type.name} values cannot be keys; allowed: BYTES, INT32, INT64, STRING, UNIX_TIMESTAMP`,
    )
  })

  test.each([
    [1, 'version 1 cuts 64-bit keys to 32 bits'],
    [0, 'there is no such version'],
    [4, 'there is no such version'],
  ])('is not made for version %d', (version, why) => {
    expect(() => entityKeyEncoder({ version, joinKeys: [] })).toThrow(
      expect.objectContaining({
        code: 'STORE_ENTITY_KEY_VERSION_UNSUPPORTED',
        message: expect.stringMatching(`^cannot use entity key version "${version}": ${why}.*; allowed: 2, 3$`),
      }),
    )
  })

  test('is not made for a join key that is there twice', () => {
    const key = { name: 'k', type: int64 }
    expect(() => entityKeyEncoder({ version: 3, joinKeys: [key, key] })).toThrow('cannot use join key "k": it is there twice')
  })
})

describe('properties', () => {
  test('of version 3: what is read is what was written, so that no two keys have the same bytes', () => {
    fc.assert(
      fc.property(entityKeyArbitrary(), (keys) => {
        const sorted = [...keys].sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)))
        expect(decodeEntityKey(Buffer.from(encodeOne(keys), 'hex'))).toStrictEqual(
          sorted.map(({ name, type, value }) => ({ name, type: type.name, value })),
        )
      }),
    )
  })

  test('of version 3: different values never have the same key', () => {
    // Few letters, so that texts run into each other where a length is missing.
    const text = fc.string({ unit: fc.constantFrom('a', '\0', '\u0001', '\u0002'), maxLength: 6 })
    const row = fc.tuple(text, text, fc.bigInt({ min: 0n, max: 2n }))
    const encoder = entityKeyEncoder({
      version: 3,
      joinKeys: [
        { name: 'a', type: string },
        { name: 'b', type: string },
        { name: 'c', type: int64 },
      ],
    })
    fc.assert(
      fc.property(row, row, (left, right) => {
        const same = left.every((value, at) => value === right[at])
        expect(encoder.encodeRow(left).equals(encoder.encodeRow(right))).toBe(same)
      }),
      { numRuns: 2000 },
    )
  })

  test('of every version: it is recognised', () => {
    fc.assert(
      fc.property(entityKeyArbitrary({ minLength: 1 }), fc.constantFrom<EntityKeyVersion>(2, 3), (keys, version) => {
        expect(entityKeyVersionOf(Buffer.from(encodeOne(keys, version), 'hex'), keys)).toBe(version)
      }),
    )
  })
})

describe('the version of a key', () => {
  const joinKeys = [{ name: 'driver_id', type: int64 }]

  test.each([
    ['3', '0100000002000000090000006472697665725f69640400000008000000e903000000000000', 3],
    ['2', '020000006472697665725f69640400000008000000e903000000000000', 2],
    ['1, with 64 bits in four bytes', '020000006472697665725f69640400000004000000e9030000', 1],
    ['none: another name', '020000006472697665725f6e6f0400000008000000e903000000000000', undefined],
    ['none: cut', '020000006472697665725f69640400000008000000e903', undefined],
    ['none: empty', '', undefined],
  ])('is %s', (_title, hex, version) => {
    expect(entityKeyVersionOf(Buffer.from(hex, 'hex'), joinKeys)).toBe(version)
  })
})

describe('bytes that are no key', () => {
  test.each([
    ['', 'it ends too early'],
    ['01000000', 'it ends too early'],
    ['ffffffff', 'it ends too early'],
    ['020000006472697665725f69640400000008000000e903000000000000', 'a name is not text'],
    ['0100000003000000010000006b', 'a name is not text'],
    ['0100000002000000010000006b070000000100000001', 'values of type 7 are no keys'],
    ['0100000002000000010000006b0400000004000000e9030000', 'an integer of 8 bytes has 4'],
    ['0100000002000000010000006b0200000001000000ff', 'its text is not UTF-8'],
    ['0100000002000000010000006b020000000100000061ff', 'it has more values than names'],
  ])('are refused: %s', (hex, why) => {
    expect(() => decodeEntityKey(Buffer.from(hex, 'hex'))).toThrow(
      expect.objectContaining({ code: 'STORE_ENTITY_KEY_UNREADABLE', message: `cannot decode entity key "${hex}": ${why}` }),
    )
  })
})
