import fc from 'fast-check'
import { expect, test } from 'vitest'

import { rewriteEntityKey } from '../src/entity-key.ts'

// Written by Feast 0.67.0's own serialize_entity_key, as version 2 and as version 3.
const recorded = [
  [
    '020000006472697665725f69640400000008000000e903000000000000',
    '0100000002000000090000006472697665725f69640400000008000000e903000000000000',
  ],
  [
    '0200000073686f7002000000757365720300000004000000f9ffffff0200000003000000616461',
    '02000000020000000400000073686f700200000004000000757365720300000004000000f9ffffff0200000003000000616461',
  ],
  ['020000005f5f64756d6d795f69640200000000000000', '01000000020000000a0000005f5f64756d6d795f69640200000000000000'],
  ['020000006174080000000800000000f1536500000000', '0100000002000000020000006174080000000800000000f1536500000000'],
  ['02000000626c6f62010000000700000002000000612062', '010000000200000004000000626c6f62010000000700000002000000612062'],
  [`02000000730200000028000000${'78'.repeat(40)}`, `010000000200000001000000730200000028000000${'78'.repeat(40)}`],
] as const

test.each(recorded)('what Feast writes as %s is rewritten to what Feast writes in version 3, and back', (second, third) => {
  const [two, three] = [Buffer.from(second, 'hex'), Buffer.from(third, 'hex')]
  expect(rewriteEntityKey(two, 3)).toEqual({ kind: 'rewritten', key: three })
  expect(rewriteEntityKey(three, 2)).toEqual({ kind: 'rewritten', key: two })
  expect([rewriteEntityKey(two, 2), rewriteEntityKey(three, 3)]).toEqual([{ kind: 'same' }, { kind: 'same' }])
})

const word = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

const name = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
  .filter((text) => [...Buffer.from(text)].every((byte) => byte >= 0x20))
const value = fc.oneof(
  fc.tuple(fc.constantFrom(3), fc.uint8Array({ minLength: 4, maxLength: 4 })),
  fc.tuple(fc.constantFrom(4, 8), fc.uint8Array({ minLength: 8, maxLength: 8 })),
  fc.tuple(fc.constantFrom(1, 2), fc.uint8Array({ maxLength: 300 })),
)
const entity = fc
  .uniqueArray(name, { minLength: 1, maxLength: 4 })
  .chain((names) => fc.tuple(...names.map((each) => fc.tuple(fc.constant(each), value))))

const write = (parts: readonly (readonly [string, readonly [number, Uint8Array]])[], version: 2 | 3): Buffer =>
  Buffer.concat([
    ...(version === 3 ? [word(parts.length)] : []),
    ...parts.flatMap(([each]) =>
      version === 3 ? [word(2), word(Buffer.byteLength(each)), Buffer.from(each)] : [word(2), Buffer.from(each)],
    ),
    ...parts.flatMap(([, [type, bytes]]) => [word(type), word(bytes.length), Buffer.from(bytes)]),
  ])

test('every key that can be written is read in one way, whatever its values hold', () => {
  fc.assert(
    fc.property(entity, (parts) => {
      const [two, three] = [write(parts, 2), write(parts, 3)]
      expect(rewriteEntityKey(two, 3)).toEqual({ kind: 'rewritten', key: three })
      expect(rewriteEntityKey(three, 2)).toEqual({ kind: 'rewritten', key: two })
      expect([rewriteEntityKey(two, 2), rewriteEntityKey(three, 3)]).toEqual([{ kind: 'same' }, { kind: 'same' }])
    }),
    { numRuns: 2_000 },
  )
})

test('bytes that are no key are not touched', () => {
  for (const bytes of ['', '00', 'ffffffff', '0200000061', '02000000610400000008000000ff', '00000000']) {
    expect(rewriteEntityKey(Buffer.from(bytes, 'hex'), 3)).toEqual({ kind: 'unknown' })
  }
})
