import { describe, expect, test } from 'vitest'
import { pythonFloat, valueNumber, valueText, vectorText } from '../../src/definition/value-text.ts'
import {
  bool,
  bytes,
  float32,
  float64,
  int32,
  int64,
  listOf,
  map,
  string,
  timestamp,
  uuid,
  type ValueType,
} from '../../src/definition/value-type.ts'
import { floatTexts } from './float-texts.ts'

describe('the text of a value', () => {
  test.each<[ValueType, unknown, string | null, string | null]>([
    [string, 'blue', 'blue', 'blue'],
    [string, '', '', ''],
    [string, 'a\0b', null, null],
    [string, null, null, null],
    [int64, 12n, null, '12'],
    [int32, -5, null, '-5'],
    [float32, 0.7, null, '0.699999988079071'],
    [float64, 0.7, null, '0.7'],
    [float64, 1, null, '1.0'],
    [float64, Number.NaN, null, null],
    [bool, true, null, 'True'],
    [bool, false, null, 'False'],
    [bool, null, null, null],
    [bytes, Uint8Array.of(1), null, null],
    [uuid, '00000000-0000-0000-0000-000000000001', null, null],
    [timestamp, new Date(0), null, null],
    [listOf(string), ['a'], null, null],
    [map, {}, null, null],
  ])('%j %s', (type, value, plain, numbers) => {
    expect(valueText(type, value)).toBe(plain)
    expect(valueText(type, value, { numbers: true })).toBe(numbers)
  })

  test.each(floatTexts)('is what Python prints for the number %d', (number, text) => {
    expect(pythonFloat(number)).toBe(text)
  })
})

describe('the number of a value', () => {
  test.each<[ValueType, unknown, number | null]>([
    [int64, 9007199254740993n, 9007199254740992],
    [int32, -5, -5],
    [float32, 0.7, Math.fround(0.7)],
    [float64, 0.7, 0.7],
    [float64, Number.NaN, null],
    [bool, true, 1],
    [bool, false, 0],
    [string, '5', null],
    [int64, null, null],
  ])('%j %s', (type, value, number) => {
    expect(valueNumber(type, value)).toBe(number)
  })
})

describe('the text of a vector', () => {
  test.each<[ValueType, unknown, string | null]>([
    [listOf(float32), [1, 2.5], '[1.0, 2.5]'],
    [listOf(float32), Float32Array.of(0.1), '[0.10000000149011612]'],
    [listOf(float64), [0.1, 1e-7, 1e16], '[0.1, 1e-07, 1e+16]'],
    [listOf(int32), [1, 2], '[1, 2]'],
    [listOf(int64), [1n, 2n], '[1, 2]'],
    [listOf(float32), [], '[]'],
    [listOf(float32), null, null],
    [listOf(bool), [true], null],
    [listOf(string), ['a'], null],
  ])('%j %s', (type, value, text) => {
    expect(vectorText(type, value)).toBe(text)
  })
})
