import fc from 'fast-check'
import { expect, test } from 'vitest'
import { testDatabase } from '../../../house/postgres.ts'
import { openPool } from '../../src/postgres/pool.ts'
import { formatTimestamp, infinity, negativeInfinity, parseTimestamp, postgresEpoch } from '../../src/postgres/timestamp.ts'
import { parsePostgresUrl } from '../../src/postgres/url.ts'

// From PostgreSQL's first microsecond to where its own extract() begins to round, in the year 294246.
const first = -210_866_803_200_000_000n
const last = 9_223_371_000_000_000_000n
const micros = fc.bigInt({ min: first, max: last })

test.each([
  ['1970-01-01 00:00:00+00', 0n],
  ['1969-12-31 23:59:59.999999+00', -1n],
  ['2000-01-01 00:00:00+00', postgresEpoch],
  ['2024-02-29 12:00:00.5+05:30', 1_709_188_200_500_000n],
  ['2024-02-29 12:00:00', 1_709_208_000_000_000n],
  ['10000-01-01 00:00:00+00', 253_402_300_800_000_000n],
  ['0001-12-31 00:00:00+00 BC', -62_135_683_200_000_000n],
  ['1890-01-01 00:00:00-00:01:15', -2_524_521_525_000_000n],
  ['infinity', infinity],
  ['-infinity', negativeInfinity],
])('%s is read to the microsecond', (text, expected) => {
  expect(parseTimestamp(text)).toBe(expected)
})

test('a text of another form is refused', () => {
  expect(() => parseTimestamp('01/02/2024 00:00:00')).toThrow(RangeError)
})

test('what is written is read again as the same microsecond', () => {
  fc.assert(
    fc.property(micros, (at) => {
      expect(parseTimestamp(formatTimestamp(at))).toBe(at)
    }),
  )
})

test('PostgreSQL understands what we write, and we what it writes, over its whole range', async () => {
  const { url } = await testDatabase()
  await using pool = openPool(parsePostgresUrl(url), { max: 1 })
  const all = [first, last, infinity, negativeInfinity, ...fc.sample(micros, { numRuns: 500, seed: 7 })]
  const { rows } = await pool.query<{ at: bigint; same: boolean }>(
    `SELECT t AS at, NOT isfinite(t) OR extract(epoch FROM t) * 1000000 = m AS same
     FROM unnest($1::timestamptz[], $2::numeric[]) AS given(t, m)`,
    [all.map(formatTimestamp), all],
  )
  expect(rows.map((row) => row.at)).toEqual(all)
  expect(rows.every((row) => row.same)).toBe(true)
})
