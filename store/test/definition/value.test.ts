import { describe, expect, test } from 'vitest'
import { ByteWriter } from '../../src/definition/byte-writer.ts'
import { decodeValue, encodeValue, valueDecoder, valueEncoder, valueWriter } from '../../src/definition/value.ts'
import {
  bool,
  bytes,
  decimal,
  float32,
  float64,
  int32,
  int64,
  json,
  listOf,
  map,
  nestedListOf,
  scalarMap,
  setOf,
  string,
  struct,
  timestamp,
  uuid,
  type ValueType,
  zonedTimestamp,
} from '../../src/definition/value-type.ts'
import { newCases, oldCases, type ValueCase } from './value-cases.ts'

const cases: readonly ValueCase[] = [...oldCases, ...newCases]
const hexOf = (value: Uint8Array): string => Buffer.from(value).toString('hex')
const decodeAs = (type: ValueType, hex: string): unknown => {
  const buffer = Buffer.from(hex, 'hex')
  return valueDecoder(type)(buffer, 0, buffer.length)
}

describe('the bytes of a value', () => {
  test.each(cases)('are what Feast stores for $type.name $python', ({ type, value, hex }) => {
    expect(hexOf(encodeValue(type, value))).toBe(hex)
  })

  test.each(cases)('are read back from $type.name $python', ({ type, value, hex, ...rest }) => {
    expect(decodeAs(type, hex)).toStrictEqual('read' in rest ? rest.read : value)
  })

  test.each(cases)('are read in the middle of a buffer, $type.name $python', ({ type, value, hex, ...rest }) => {
    const around = Buffer.from(`ffff${hex}ffff`, 'hex')
    expect(valueDecoder(type)(around, 2, hex.length / 2)).toStrictEqual('read' in rest ? rest.read : value)
  })

  test('hold zeros, so that a zero is not null', () => {
    expect(hexOf(encodeValue(int64, 0n))).toBe('2000')
    expect(hexOf(encodeValue(bytes, new Uint8Array()))).toBe('0a00')
    expect(decodeAs(bytes, '0a00')).toStrictEqual(new Uint8Array())
  })

  test('are of their own when a buffer below is used again', () => {
    const buffer = Buffer.from('0a0200ff', 'hex')
    const value = valueDecoder(bytes)(buffer, 0, 4)
    buffer.fill(7)
    expect(value).toStrictEqual(Uint8Array.of(0, 255))
  })

  test('are of their own when the encoder is used again', () => {
    const encode = valueEncoder(string)
    const first = encode('one')
    encode('two')
    expect(hexOf(first)).toBe('12036f6e65')
  })

  test('may be written one after the other into one buffer that grows', () => {
    const target = new ByteWriter(1)
    const write = valueWriter(string)
    const ends = ['', 'x'.repeat(5000), null, 'é'.repeat(30)].map((value) => {
      write(target, value)
      return target.length
    })
    expect(ends).toEqual([2, 5005, 5005, 5067])
    expect(decodeValue(target.view(), 2, 5003)).toBe('x'.repeat(5000))
    expect(decodeValue(target.view(), 5005, 62)).toBe('é'.repeat(30))
  })
})

describe('a value without type', () => {
  test.each([
    ['20ac02', 300n],
    ['18ffffffffffffffffff01', -1],
    ['350000003f', 0.5],
    ['ba01030a0161', new Set(['a'])],
    ['d202110a0672040a0201020a000a0572030a0103', [[1n, 2n], null, [3n]]],
    ['', null],
  ])('is read as what it is stored as: %s', (hex, value) => {
    expect(decodeValue(Buffer.from(hex, 'hex'))).toStrictEqual(value)
  })

  test.each([
    ['null_val', '980100'],
    ['the time that is none', '4080808080808080808001'],
    ['a zoned time that is none', '82030b0880808080808080808001'],
    ['a member that a newer Feast brought', '9a060161'],
    ['a member with another wire type than known', '15000000ff'],
  ])('is null for %s', (_name, hex) => {
    expect(decodeValue(Buffer.from(hex, 'hex'))).toBeNull()
  })

  test('is the last member when there are two', () => {
    expect(decodeValue(Buffer.from('2001120161', 'hex'))).toBe('a')
    expect(decodeAs(string, '2001120161')).toBe('a')
    expect(decodeAs(int64, '20012002')).toBe(2n)
  })

  test('may have lists that are not packed, and unknown fields in its messages', () => {
    expect(decodeValue(Buffer.from('720a080108020a01031201ff', 'hex'))).toEqual([1n, 2n, 3n])
    expect(decodeValue(Buffer.from('7a09090000000000000000', 'hex'))).toEqual([0])
    expect(decodeValue(Buffer.from('a2010b18010a070a016b12022001', 'hex'))).toEqual({ k: 1n })
  })

  test('keeps a time that is none inside of a list as null', () => {
    const bytes = Buffer.from('92010e0a0c008080808080808080800100', 'hex')
    expect(decodeValue(bytes)).toEqual([new Date(0), null, new Date(0)])
  })

  test('keeps a key named __proto__ as a key', () => {
    const bytes = encodeValue(map, JSON.parse('{"__proto__": "x"}') as Record<string, unknown>)
    const value = decodeValue(bytes) as Record<string, unknown>
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
    expect(Object.entries(value)).toEqual([['__proto__', 'x']])
  })
})

describe('a value stored under another type', () => {
  test.each<[string, ValueType, string, unknown]>([
    ['INT32 as INT64', int64, '1805', 5n],
    ['INT64 as INT32', int32, '2005', 5],
    ['INT64 as DOUBLE', float64, '2005', 5],
    ['DOUBLE that is whole as INT64', int64, '290000000000001440', 5n],
    ['FLOAT as DOUBLE', float64, '350000003f', 0.5],
    ['DOUBLE as FLOAT', float32, '29000000000000e03f', 0.5],
    ['STRING as UUID', uuid, '120161', 'a'],
    ['STRING as JSON', json, '12027b7d', '{}'],
    ['DECIMAL as STRING', string, 'e20204312e3130', '1.10'],
    ['INT64_SET as INT32_LIST', listOf(int32), 'ca01030a0105', [5]],
    ['STRING_LIST as STRING_SET', setOf(string), '62060a01610a0162', new Set(['a', 'b'])],
    ['MAP as STRUCT', struct({ a: int32, b: string }), 'a201090a070a016112022001', { a: 1, b: null }],
    ['STRUCT as MAP', map, '9202090a070a016112022001', { a: 1n }],
    ['UNIX_TIMESTAMP as ZONED_TIMESTAMP', zonedTimestamp, '4000', { at: new Date(0), zone: '' }],
    ['VALUE_SET as VALUE_LIST', nestedListOf(listOf(string)), 'da02070a0562030a0161', [['a']]],
  ])('%s is converted', (_name, type, hex, value) => {
    expect(decodeAs(type, hex)).toStrictEqual(value)
  })

  test.each<[string, ValueType, string, string]>([
    ['STRING as INT64', int64, '120161', 'STRING'],
    ['DOUBLE with a fraction as INT64', int64, '29000000000000e03f', 'DOUBLE'],
    ['INT64 beyond 32 bits as INT32', int32, '208080808010', 'INT64'],
    ['INT64 beyond 2^53 as DOUBLE', float64, '208180808080808010', 'INT64'],
    ['BOOL as INT32', int32, '3801', 'BOOL'],
    ['INT64 as BOOL', bool, '2001', 'INT64'],
    ['INT64 as UNIX_TIMESTAMP', timestamp, '2001', 'INT64'],
    ['STRING as BYTES', bytes, '120161', 'STRING'],
    ['STRING as STRING_LIST', listOf(string), '120161', 'STRING'],
    ['STRING_LIST as INT64_LIST', listOf(int64), '62060a01610a0162', 'STRING_LIST'],
    ['MAP with a wrong field as STRUCT', struct({ a: string }), 'a201090a070a016112022001', 'MAP'],
    ['STRING_LIST as SCALAR_MAP', scalarMap, '62060a01610a0162', 'STRING_LIST'],
  ])('%s is an error', (_name, type, hex, stored) => {
    expect(() => decodeAs(type, hex)).toThrow(
      expect.objectContaining({
        code: 'STORE_VALUE_UNREADABLE',
        message: `cannot decode value of type "${type.name}": it is stored as ${stored} and cannot be converted without loss`,
      }),
    )
  })

  test('keeps fields of a struct that nobody declared', () => {
    expect(decodeAs(struct({ a: int32 }), '9202100a070a0161120220010a050a01621200')).toStrictEqual({ a: 1, b: null })
  })
})

describe('integers as numbers', () => {
  const read = (type: ValueType, hex: string): unknown => {
    const buffer = Buffer.from(hex, 'hex')
    return valueDecoder(type, { integers: 'number' })(buffer, 0, buffer.length)
  }

  test('come where they fit, also in lists and maps', () => {
    expect(read(int64, '20ac02')).toBe(300)
    expect(read(int64, '1805')).toBe(5)
    expect(read(listOf(int64), '72060a040102ac02')).toEqual([1, 2, 300])
    expect(read(map, 'a201090a070a016b12022001')).toEqual({ k: 1 })
    expect(decodeValue(Buffer.from('2001', 'hex'), 0, 2, { integers: 'number' })).toBe(1)
  })

  test('are refused where they do not', () => {
    expect(() => read(int64, '208080808080808010')).toThrow(/cannot decode value of type "INT64": 9007199254740992 does not fit a number/)
  })
})

describe('bytes that are no value', () => {
  test.each([
    ['end within a varint', '20ff'],
    ['have a varint of eleven bytes', '20ffffffffffffffffffff01'],
    ['end within a double', '290000'],
    ['end within a text', '120561'],
    ['have a text that is not UTF-8', '1202c328'],
    ['end within a list', '72060a040102'],
    ['have a list whose items pass its end', '720a0a0209010203040506070801'],
    ['end within a map', 'a201090a070a01'],
    ['use a wire type that is not in use', '0f'],
    ['are nested too deep', deepList(101)],
    ['are a moment one second after the time that is none', '4081808080808080808001'],
  ])('are refused: they %s', (_name, hex) => {
    expect(() => decodeValue(Buffer.from(hex, 'hex'))).toThrow(expect.objectContaining({ code: 'STORE_VALUE_UNREADABLE' }))
  })

  test('are refused when they are not in the buffer', () => {
    expect(() => valueDecoder(int64)(Buffer.from('2001', 'hex'), 1, 2)).toThrow(/2 bytes at 1 are not in the buffer/)
  })

  test('may hold a replacement character that was written as one', () => {
    expect(decodeAs(string, '1203efbfbd')).toBe('\ufffd')
  })
})

function deepList(levels: number): string {
  let value = Buffer.from('2001', 'hex')
  const target = new ByteWriter()
  for (let level = 0; level < levels; level++) {
    target.length = 0
    target.varint((42 << 3) | 2)
    const start = target.open()
    target.byte(0x0a)
    target.block(value)
    target.close(start)
    value = Buffer.from(target.view())
  }
  return value.toString('hex')
}

describe('a value that does not fit its type', () => {
  const circle: Record<string, unknown> = {}
  circle.self = circle

  test.each<[string, ValueType, unknown, string]>([
    ['INT64', int64, '1', 'it must be a bigint'],
    ['INT64', int64, 1.5, 'a number must be a whole one'],
    ['INT64', int64, 2 ** 53, 'a number must be a whole one'],
    ['INT64', int64, 2n ** 63n, 'it does not fit 64 bits'],
    ['INT64', int64, true, 'it must be a bigint'],
    ['INT32', int32, 2147483648, 'it must be a whole number of 32 bits'],
    ['INT32', int32, 0.5, 'it must be a whole number of 32 bits'],
    ['INT32', int32, '1', 'it must be a number'],
    ['DOUBLE', float64, 1n, 'it must be a number'],
    ['BOOL', bool, 1, 'it must be true or false'],
    ['STRING', string, 1, 'it must be a string'],
    ['STRING', string, '\ud800', 'half of a surrogate pair has no UTF-8'],
    ['BYTES', bytes, 'a', 'it must be a Uint8Array'],
    ['UNIX_TIMESTAMP', timestamp, '2026-01-01', 'it must be a Date, or microseconds as a bigint'],
    ['UNIX_TIMESTAMP', timestamp, new Date(Number.NaN), 'the Date is invalid'],
    ['JSON', json, '{', 'it is no JSON'],
    ['UUID', uuid, 'nonsense', 'a UUID is 32 hexadecimal digits'],
    ['DECIMAL', decimal, '1,5', 'a decimal is digits'],
    ['STRING_LIST', listOf(string), ['a', null], 'an element is null'],
    ['DOUBLE_LIST', listOf(float64), [0.5, null], 'an element is null'],
    ['DOUBLE_LIST', listOf(float64), 0.5, 'it must be a list or a set'],
    ['STRING_LIST', listOf(string), 'abc', 'it must be a list or a set'],
    ['VALUE_LIST', nestedListOf(listOf(int32)), [null], 'an element is null'],
    ['MAP', map, [1], 'it must be a record'],
    ['MAP', map, { a: [1, null] }, 'an element of a list is null'],
    ['MAP', map, circle, 'it is nested deeper than 32 levels'],
    ['STRING', map, { '\udc00': 1 }, 'half of a surrogate pair has no UTF-8'],
    ['SCALAR_MAP', scalarMap, {}, 'it must be a Map'],
    ['SCALAR_MAP', scalarMap, new Map([['a', 1]]), 'a key is a bigint'],
    ['ZONED_TIMESTAMP', zonedTimestamp, new Date(), 'it must be { at: Date, zone: string }'],
    ['STRUCT', struct({ a: int32 }), [1], 'it must be a record'],
    ['INT64', struct({ a: int32 }), { a: 'x' }, 'it must be a bigint'],
  ])('%s is refused with its reason: %#', (name, type, value, why) => {
    expect(() => encodeValue(type, value)).toThrow(
      expect.objectContaining({
        code: 'STORE_VALUE_INVALID',
        message: expect.stringMatching(`^cannot encode value ".*" as ${name}: ${why.replace(/[{}]/g, '\\$&')}`),
      }),
    )
  })

  test('leaves a writer as it was when the length is set back', () => {
    const target = new ByteWriter()
    const write = valueWriter(listOf(string))
    write(target, ['a'])
    const before = target.length
    expect(() => write(target, ['b', null as unknown as string])).toThrow('an element is null')
    target.length = before
    write(target, ['c'])
    expect(target.view().toString('hex')).toBe('62030a016162030a0163')
  })

  test('is cut short in the message', () => {
    expect(() => encodeValue(int64 as ValueType, 'x'.repeat(1000))).toThrow(`cannot encode value "${'x'.repeat(60)}…" as INT64`)
  })
})

describe('what Feast refuses inside of a map and Python reads', () => {
  test.each([
    ['an empty list', { a: [] }],
    ['a list of two kinds', { a: [1n, 'x'] }],
    ['a list of lists', { a: [[1n], []] }],
  ])('%s is a VALUE_LIST', (_name, value) => {
    const bytes = encodeValue(map, value)
    expect(decodeValue(bytes)).toStrictEqual(value)
    expect(hexOf(bytes)).toContain('d202')
  })
})
