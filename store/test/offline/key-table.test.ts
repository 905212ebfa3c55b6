import fc from 'fast-check'
import { expect, test } from 'vitest'
import { KeyEncoder, keyKindOf } from '../../src/offline/key-encoder.ts'
import { KeyTable } from '../../src/offline/key-table.ts'

test('numbers keys as they come and finds every one of many', () => {
  const keys = new KeyTable()
  const bytes = new DataView(new ArrayBuffer(8))
  const each = (use: (key: number) => void): void => {
    for (let key = 0; key < 70_000; key++) {
      bytes.setBigInt64(0, BigInt(key) * 7919n)
      use(key)
    }
  }
  const wrong: number[] = []
  const check = (ask: (key: number) => number) => each((key) => ask(key) === key || wrong.push(key))
  check(() => keys.add(bytes, 0, 8))
  check(() => keys.find(bytes, 0, 8))
  check(() => keys.add(bytes, 0, 8))
  expect(wrong).toEqual([])
  expect(keys.size).toBe(70_000)
})

test('does what a Map of hex does', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 6, max: 3 }), { maxLength: 800 }), (items) => {
      const keys = new KeyTable()
      const map = new Map<string, number>()
      for (const item of items) {
        const padded = new DataView(Uint8Array.of(9, ...item, 9).buffer)
        const hex = Buffer.from(item).toString('hex')
        expect(keys.find(padded, 1, 1 + item.length)).toBe(map.get(hex) ?? -1)
        if (!map.has(hex)) map.set(hex, map.size)
        expect(keys.add(padded, 1, 1 + item.length)).toBe(map.get(hex))
      }
      for (const [hex, key] of map) expect(keys.bytes(key).toString('hex')).toBe(hex)
    }),
  )
})

test('composite keys are one only when every part is', () => {
  fc.assert(
    fc.property(fc.tuple(fc.string(), fc.string()), fc.tuple(fc.string(), fc.string()), (a, b) => {
      const encoded = [a, b].map((parts) => {
        const encoder = new KeyEncoder()
        for (const part of parts) encoder.append(part, 'text', { name: 'STRING' }, 'k', 0)
        return encoder.bytes.toString('hex', 0, encoder.length)
      })
      expect(encoded[0] === encoded[1]).toBe(a[0] === b[0] && a[1] === b[1])
    }),
  )
  const keys = new KeyTable()
  for (const parts of [
    ['1', '23'],
    ['12', '3'],
    ['123', ''],
  ]) {
    const encoder = new KeyEncoder()
    for (const part of parts) encoder.append(part, 'text', { name: 'STRING' }, 'k', 0)
    keys.add(encoder.view, 0, encoder.length)
  }
  expect(keys.size).toBe(3)
})

test.each([
  ['INT64', 1.5, 'which is not INT64'],
  ['INT64', 2 ** 53, 'which is not INT64'],
  ['INT64', 1n << 63n, 'which is not INT64'],
  ['INT64', 'a', 'which is not INT64'],
  ['STRING', true, 'which is not STRING'],
  ['STRING', '\ud800', 'which is not STRING'],
  ['BYTES', 'abc', 'which is not BYTES'],
  ['BOOL', 1, 'which is not BOOL'],
  ['UNIX_TIMESTAMP', 'yesterday', 'which is not UNIX_TIMESTAMP'],
] as const)('refuses a key of %s that is %s', (name, value, why) => {
  const encoder = new KeyEncoder()
  const type = { name }
  expect(() => encoder.append(value, keyKindOf(type, value), type, 'driver_id', 7)).toThrow(
    expect.objectContaining({ code: 'STORE_ENTITY_ROWS_INVALID', message: expect.stringContaining(why) }),
  )
})
