import { readFile } from 'node:fs/promises'
import * as fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { decodeValue, encodeValue, valueDecoder } from '../../store/src/definition/value.ts'
import { int64, listOf, map, scalarMap, struct, type ValueType } from '../../store/src/definition/value-type.ts'
import { typedArbitraries } from '../../store/test/definition/value-arbitrary.ts'
import { newCases, oldCases } from '../../store/test/definition/value-cases.ts'
import { runPython } from '../src/python.ts'

const scriptOf = (name: string): Promise<string> => readFile(new URL(`../src/${name}`, import.meta.url), 'utf8')

describe.each([
  ['0.67.0', [...oldCases, ...newCases]],
  ['0.49.0', oldCases],
] as const)('Feast %s', (version, cases) => {
  let stored: readonly string[]
  beforeAll(async () => {
    const input = cases.map(({ type, python }) => ({ type: type.name, python }))
    stored = (await runPython(version, await scriptOf('value-vectors.py'), { input })) as readonly string[]
  })

  test('was asked for every case', () => expect(stored).toHaveLength(cases.length))

  test.each(cases.map((each, at) => [each.type.name, each.python, at] as const))('stores the same bytes, %s %s', (_type, _python, at) => {
    expect(stored[at]).toBe(Buffer.from(encodeValue(cases[at]?.type as ValueType, cases[at]?.value)).toString('hex'))
  })
})

interface Sample {
  readonly type: ValueType
  readonly value: unknown
  readonly hex: string
}

const samples: readonly Sample[] = typedArbitraries.flatMap(({ type, values }, seed) =>
  fc.sample(values, { numRuns: 40, seed }).map((value) => ({ type, value, hex: Buffer.from(encodeValue(type, value)).toString('hex') })),
)

const mutations: readonly string[] = fc
  .sample(fc.tuple(fc.constantFrom(...samples.filter(({ hex }) => hex !== '').map(({ hex }) => hex)), fc.nat(), fc.nat(255)), {
    numRuns: 20_000,
    seed: 1,
  })
  .map(([hex, at, byte]) => {
    const bytes = Buffer.from(hex, 'hex')
    bytes[at % bytes.length] = byte
    return bytes.toString('hex')
  })

/** The bytes of the deepest value that we write. */
const deepestOf = (wrap: (inner: unknown) => unknown, type: ValueType, outer: (value: unknown) => unknown = (value) => value): string => {
  let value: unknown = wrap(1n)
  let hex = ''
  for (let level = 0; level < 200; level++) {
    try {
      hex = Buffer.from(encodeValue(type, outer(value))).toString('hex')
    } catch {
      return hex
    }
    value = wrap(value)
  }
  throw new Error('there is no limit')
}

/** A value as `value-reading.py` shows it. */
const shown = (value: unknown): unknown => {
  if (typeof value === 'bigint') return value < 2n ** 53n && value > -(2n ** 53n) ? Number(value) : String(value)
  if (value === Infinity || value === -Infinity) return value > 0 ? 'inf' : '-inf'
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('hex') }
  if (value instanceof Date) return { seconds: value.getTime() / 1000 }
  if (Array.isArray(value)) return value.map(shown)
  if (value instanceof Set) return { set: sorted([...value].map(shown)) }
  if ('at' in value && 'zone' in value) return shown(value.at)
  const entries = value instanceof Map ? [...value] : Object.entries(value)
  return { entries: sorted(entries.map(([key, item]) => [shown(key), shown(item)])) }
}

/** Without the repetitions that Python's sets drop, and in an order that both sides can make. */
const sorted = (items: readonly unknown[]): readonly unknown[] =>
  [...new Map(items.map((item) => [JSON.stringify(item), item])).entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item)
const ordered = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(ordered)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, Array.isArray(item) && key !== 'value' ? sorted(item.map(ordered)) : ordered(item)]),
  )
}

describe('Feast 0.67.0', () => {
  let readings: readonly ({ readonly hex: string; readonly value: unknown } | null)[]
  let accepted: readonly boolean[]
  beforeAll(async () => {
    const input = { values: samples.map(({ hex }) => hex), bytes: mutations }
    const answer = await runPython('0.67.0', await scriptOf('value-reading.py'), { input })
    ;({ readings, accepted } = answer as { readings: typeof readings; accepted: typeof accepted })
  })

  test('reads whatever we write', () => {
    expect(readings).toHaveLength(samples.length)
    const unread = samples.filter((_, at) => readings[at] === null)
    expect(unread).toEqual([])
  })

  test('reads the values that we wrote', () => {
    // Python parses JSON when it reads it, and its decimals have a spelling of their own.
    const compared = samples
      .map((sample, at) => ({ ...sample, reading: readings[at] }))
      .filter(({ type }) => !/JSON|DECIMAL|SCALAR_MAP/.test(type.name))
    expect(compared.length).toBeGreaterThan(1400)
    for (const { value, type, reading, hex } of compared) {
      const ours = type.name === 'VALUE_LIST' || type.name === 'VALUE_SET' ? decodeValue(Buffer.from(hex, 'hex')) : value
      expect(ordered(reading?.value), `${type.name} ${hex}`).toEqual(ordered(shown(ours)))
    }
  })

  test('stores values that we read back', () => {
    for (const [at, { type, value }] of samples.entries()) {
      const bytes = Buffer.from(readings[at]?.hex ?? '', 'hex')
      expect(valueDecoder(type)(bytes, 0, bytes.length), type.name).toStrictEqual(value)
    }
  })

  test('reads what is nested as deep as we write', async () => {
    const deepest = deepestOf((inner) => ({ a: inner }), map)
    const inList = deepestOf(
      (inner) => [[inner]],
      map,
      (value) => ({ a: value }),
    )
    const inStruct = deepestOf(
      (inner) => ({ a: inner }),
      listOf(struct({ b: int64 })),
      (value) => [{ c: value }],
    )
    const inScalarMap = deepestOf((inner) => new Map([[1n, inner]]), scalarMap)
    const input = { values: [deepest, inList, inStruct, inScalarMap], bytes: [] }
    const answer = (await runPython('0.67.0', await scriptOf('value-reading.py'), { input })) as { readonly readings: readonly unknown[] }
    expect(answer.readings).not.toContain(null)
    expect(deepest.length).toBeGreaterThan(300)
  })

  test('and we agree on which bytes are no value', () => {
    const ours = mutations.map((hex) => {
      try {
        decodeValue(Buffer.from(hex, 'hex'))
        return true
      } catch {
        return false
      }
    })
    expect(ours.filter((ok) => !ok).length).toBeGreaterThan(1000)
    const laxer = mutations.filter((_, at) => ours[at] && !accepted[at])
    expect(laxer.slice(0, 3)).toEqual([])
    // Stricter only where TypeScript has no such value: a moment that a Date cannot say.
    const stricter = mutations.filter((_, at) => !ours[at] && accepted[at])
    for (const hex of stricter) expect(() => decodeValue(Buffer.from(hex, 'hex'))).toThrow('outside of what a Date can say')
  })
})
