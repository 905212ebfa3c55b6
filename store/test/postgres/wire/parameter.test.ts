import fc from 'fast-check'
import { expect, test } from 'vitest'
import { testDatabase } from '../../../../house/postgres.ts'
import { infinity, negativeInfinity } from '../../../src/postgres/timestamp.ts'
import { parsePostgresUrl } from '../../../src/postgres/url.ts'
import {
  encodeByteaArray,
  encodeInt8,
  encodeInt8Array,
  encodeText,
  encodeTextArray,
  encodeTimestamp,
} from '../../../src/postgres/wire/parameter.ts'
import { openWirePool } from '../../../src/postgres/wire/pool.ts'
import { readRows } from '../collect.ts'

const int8 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
const text = fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0'))

test('PostgreSQL reads from our bytes what we meant', async () => {
  const { url } = await testDatabase()
  await using reader = openWirePool(parsePostgresUrl(url))
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array()), fc.array(text), fc.array(int8), int8, text, async (byteas, texts, int8s, one, single) => {
      const rows = await readRows(
        reader,
        `SELECT b, t, n FROM unnest($1::bytea[], $2::text[], $3::int8[]) AS given(b, t, n)
         UNION ALL SELECT NULL, $5::text, $4::int8`,
        3,
        [encodeByteaArray(byteas), encodeTextArray(texts), encodeInt8Array(int8s), encodeInt8(one), encodeText(single)],
      )
      const longest = Math.max(byteas.length, texts.length, int8s.length)
      const expected = Array.from({ length: longest }, (_, at) => [
        byteas[at] === undefined ? null : Buffer.from(byteas[at]),
        texts[at] === undefined ? null : Buffer.from(texts[at]),
        int8s[at] === undefined ? null : encodeInt8(int8s[at]),
      ])
      expect(rows).toEqual([...expected, [null, Buffer.from(single), encodeInt8(one)]])
    }),
    { numRuns: 50 },
  )
})

test('times arrive to the microsecond, infinities as infinities', async () => {
  const { url } = await testDatabase()
  await using reader = openWirePool(parsePostgresUrl(url))
  for (const [micros, written] of [
    [1_709_208_000_000_001n, '2024-02-29 12:00:00.000001+00'],
    [-62_135_683_200_000_000n, '0001-12-31 00:00:00+00 BC'],
    [infinity, 'infinity'],
    [negativeInfinity, '-infinity'],
  ] as const) {
    expect(await readRows(reader, 'SELECT $1::timestamptz::text', 1, [encodeTimestamp(micros)])).toEqual([[Buffer.from(written)]])
  }
})
