import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, test } from 'vitest'

import { Float64, formatGoJson, type Printable } from '../../src/testing/tool/go-json.ts'
import { byYamlKey, goFloat, goQuote } from '../../src/testing/tool/go-text.ts'
import { formatGoYaml } from '../../src/testing/tool/go-yaml.ts'
import { parseTextMap } from '../../src/testing/tool/text-map.ts'

/** Pairs that the real go-yaml v2.4.0 gave: see `go-yaml.real.test.ts`. */
const recorded = <Left, Right>(name: string): readonly (readonly [Left, Right])[] =>
  JSON.parse(readFileSync(join(import.meta.dirname, 'golden', name), 'utf8'))

const read = (text: string): unknown => {
  try {
    return parseTextMap(text)
  } catch (error) {
    return error instanceof Error ? error.message : error
  }
}

describe('YAML that hook tools print', () => {
  test('is byte for byte what go-yaml writes', () => {
    const pairs = recorded<Printable, string>('go-yaml-write.json')
    const wrong = pairs.filter(([value, text]) => formatGoYaml(value).replace(/\n+$/, '') !== text)
    expect(wrong.map(([value, text]) => [value, text, formatGoYaml(value)])).toEqual([])
    expect(pairs.length).toBeGreaterThan(390)
  })

  test.each<readonly [Printable, string]>([
    [new Float64(1000000), '1e+06'],
    [new Float64(3), '3'],
    [new Float64(2.5), '2.5'],
    [new Float64(1234567.5), '1.2345675e+06'],
    [new Float64(0.00001), '1e-05'],
    [1000000, '1000000'],
    [1.5, '1.5'],
    [new Date('2030-01-02T03:04:05Z'), '2030-01-02T03:04:05Z'],
    [new Date('2030-01-02T03:04:05.250Z'), '2030-01-02T03:04:05.25Z'],
  ])('writes a number or a time as Go does: %j is %s', (value, text) => {
    expect(formatGoYaml(value)).toBe(text)
  })

  test('keeps the order of structs and sorts maps', () => {
    expect(
      formatGoYaml(
        new Map<string, Printable>([
          ['b', 1],
          ['a', { d: 1, c: 2 }],
        ]),
      ),
    ).toBe('b: 1\na:\n  c: 2\n  d: 1')
  })
})

describe('YAML that hook tools read', () => {
  test('is read, or refused in the same words, as go-yaml does', () => {
    const pairs = recorded<string, unknown>('go-yaml-read.json')
    const wrong = pairs.filter(([text, value]) => JSON.stringify(sorted(read(text))) !== JSON.stringify(sorted(value)))
    expect(wrong.map(([text, value]) => [text, value, read(text)])).toEqual([])
    expect(pairs.length).toBeGreaterThan(130)
  })
})

const sorted = (value: unknown): unknown =>
  typeof value === 'object' && value !== null ? Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)) : value

describe('JSON that hook tools print', () => {
  test.each<readonly [Printable, string]>([
    [{ b: 1, a: [true, null] }, '{"a":[true,null],"b":1}'],
    [new Map([['b', 1]]), '{"b":1}'],
    ['<a href="x">&\u2028é😀', '"\\u003ca href=\\"x\\"\\u003e\\u0026\\u2028é😀"'],
    ['\t\n\u0001', '"\\t\\n\\u0001"'],
    [new Float64(1000000), '1000000'],
    [new Float64(1e21), '1e+21'],
    [[], '[]'],
    [{}, '{}'],
  ])('%j is %s', (value, text) => {
    expect(formatGoJson(value)).toBe(text)
  })
})

describe("Go's texts", () => {
  test.each([
    ['plain', '"plain"'],
    ['a"b\\c', '"a\\"b\\\\c"'],
    ['\t\n\u0001\u007f', '"\\t\\n\\x01\\x7f"'],
    ['é😀', '"é😀"'],
    ['\u00a0\u2028\ufeff', '"\\u00a0\\u2028\\ufeff"'],
  ])('%j is quoted as %s', (text, quoted) => {
    expect(goQuote(text)).toBe(quoted)
  })

  test('floats change to exponents at a million', () => {
    expect([999999, 1e6, 1e20, 1e21, 0.0001, 0.00001].map(goFloat)).toEqual(['999999', '1e+06', '1e+20', '1e+21', '0.0001', '1e-05'])
  })

  test('YAML keys are sorted by their numbers, signs before letters', () => {
    expect(['pg/10', 'b', 'pg/2', '_', 'B', 'a', 'pg/01'].sort(byYamlKey)).toEqual(['_', 'B', 'a', 'b', 'pg/01', 'pg/2', 'pg/10'])
  })
})
