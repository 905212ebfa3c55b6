import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isoOf, momentOf } from '../../src/offline/moment.ts'

test.each([
  ['2024-02-29T12:00:00Z', 1_709_208_000_000_000n],
  ['2024-02-29 12:00:00', 1_709_208_000_000_000n],
  ['2024-02-29T12:00', 1_709_208_000_000_000n],
  ['2024-02-29', 1_709_164_800_000_000n],
  ['2024-02-29T12:00:00.000001+02:00', 1_709_200_800_000_001n],
  ['2024-02-29T12:00:00.5-0730', 1_709_235_000_500_000n],
  ['2024-02-29T12:00:00+02', 1_709_200_800_000_000n],
  ['1969-12-31T23:59:59.999999999Z', -1n],
  [new Date(-1), -1000n],
  [5n, 5n],
] as const)('%s is a moment', (value, moment) => {
  expect(momentOf(value)).toBe(moment)
})

test.each([
  '',
  'now',
  '2024-02-30',
  '2023-02-29T00:00:00Z',
  '2024-13-01',
  '2024-01-01T24:30',
  '20240101',
  '1709208000',
  12,
  null,
  {},
  new Date(Number.NaN),
  1n << 63n,
])('%s is none', (value) => {
  expect(momentOf(value)).toBe(undefined)
})

test('what is shown is read again', () => {
  fc.assert(
    fc.property(fc.bigInt(-62_135_596_800_000_000n, 253_402_300_799_999_999n), (moment) => {
      expect(momentOf(isoOf(moment))).toBe(moment)
    }),
  )
  expect(isoOf(2n ** 63n - 1n)).toBe('infinity')
  expect(isoOf(-(2n ** 63n))).toBe('-infinity')
})
