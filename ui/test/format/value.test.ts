import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatCount, formatMeasure, formatMilliseconds } from '../../src/format/number.ts'
import { formatType, formatValue, shortFloat } from '../../src/format/value.ts'

describe('formatValue', () => {
  test('keeps every digit of a 64-bit integer', () => {
    expect(formatValue('9223372036854775807', 'INT64')).toBe('9223372036854775807')
    expect(formatCount('9223372036854775807')).toBe('9,223,372,036,854,775,807')
  })

  test('shows the digits of a 32-bit float, not of its widening', () => {
    expect(formatValue(Math.fround(0.7), 'FLOAT')).toBe('0.7')
    expect(formatValue(Math.fround(0.7), 'DOUBLE')).toBe('0.699999988079071')
  })

  test('writes a float so that it is read back as the same float', () => {
    fc.assert(fc.property(fc.float({ noNaN: true }), (value) => Math.fround(Number(shortFloat(value))) === Math.fround(value)))
  })

  test('says null, lists and NaN as they are', () => {
    expect(formatValue(null)).toBe('null')
    expect(formatValue([1, 2], 'INT32_LIST')).toBe('[1,2]')
    expect(formatValue('NaN', 'DOUBLE')).toBe('NaN')
  })
})

test.each([
  ['INT64', 'int64'],
  ['Int64', 'int64'],
  ['FLOAT', 'float32'],
  ['Float32', 'float32'],
  ['DOUBLE_LIST', 'float64[]'],
  ['Array(Float32)', 'float32[]'],
  [undefined, 'unknown'],
])('both of Feast’s spellings of a type are one: %s is %s', (type, text) => {
  expect(formatType(type)).toBe(text)
})

test('what is unknown is a dash and never 0', () => {
  expect(formatCount(null)).toBe('–')
  expect(formatMeasure(undefined)).toBe('–')
  expect(formatMilliseconds(null)).toBe('–')
})

test('measures are short, very large ones in powers of ten', () => {
  expect(formatMeasure(1234.567)).toBe('1,235')
  expect(formatMeasure(1.5e12)).toBe('1.50e+12')
  expect(formatMilliseconds(0.123)).toBe('0.12 ms')
  expect(formatMilliseconds(1500)).toBe('1.5 s')
})
