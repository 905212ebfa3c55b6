import { readFile } from 'node:fs/promises'
import * as fc from 'fast-check'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import { decodeValue, encodeValue, valueDecoder } from '../../store/src/definition/value.ts'
import { int64, listOf, map, scalarMap, struct, type ValueType } from '../../store/src/definition/value-type.ts'
import { typedArbitraries } from '../../store/test/definition/value-arbitrary.ts'
import { newCases, oldCases } from '../../store/test/definition/value-cases.ts'
import { impossible, tested } from '../src/cell-note.ts'
import { type FeastVersion, feastVersions } from '../src/environment.ts'
import { columns } from '../src/matrix.ts'
import { runPython } from '../src/python.ts'
import { ordered, shown } from '../src/shown.ts'

const scriptOf = (name: string): Promise<string> => readFile(new URL(`../src/${name}`, import.meta.url), 'utf8')

/** What a release knows of what there is, by its type. */
const knownOf = <Item extends { readonly type: ValueType }>(version: FeastVersion, items: readonly Item[]): readonly Item[] =>
  items.filter(({ type }) => inject('known')[version].types.includes(type.name))

describe.each(feastVersions)('Feast %s', (version) => {
  const cases = knownOf(version, [...oldCases, ...newCases])
  let stored: readonly string[]
  beforeAll(async () => {
    const input = cases.map(({ type, python }) => ({ type: type.name, python }))
    stored = (await runPython(version, await scriptOf('value-vectors.py'), { input })) as readonly string[]
  })

  test('was asked for every case', () => expect(stored).toHaveLength(cases.length))

  test.each(cases.map((each, at) => [each.type.name, each.python, at] as const))('stores the same bytes, %s %s', (_type, _python, at) => {
    const { type, value } = cases[at] ?? expect.unreachable()
    expect(stored[at]).toBe(Buffer.from(encodeValue(type, value)).toString('hex'))
    tested({ version, type: type.name, check: 'bytes' }, { values: 1 })
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

describe.each(feastVersions)('types whose numbers are of another type in later releases than Feast %s', (version) => {
  test('are stored by nobody', async () => {
    for (const type of inject('known')[version].renumbered) {
      const storing = runPython(version, await scriptOf('value-vectors.py'), { input: [{ type, python: "b'x'" }] })
      await expect(storing).rejects.toThrow(`KeyError: <ValueType.${type}`)
      for (const check of columns.types)
        impossible({ version, type, check }, 'its number is of another type since 0.58, and it stores no value of it')
    }
  })
})

type Reading = { readonly hex: string; readonly value: unknown } | null

const readingsOf = async (version: FeastVersion, values: readonly Sample[], bytes: readonly string[]) => {
  const input = { values: values.map(({ hex }) => hex), bytes }
  const answer = await runPython(version, await scriptOf('value-reading.py'), { input })
  return answer as { readonly readings: readonly Reading[]; readonly accepted: readonly boolean[] }
}

describe.each(feastVersions)('values made up, and Feast %s', (version) => {
  const known = knownOf(version, samples)
  let readings: readonly Reading[]
  beforeAll(async () => {
    readings = (await readingsOf(version, known, [])).readings
  })

  test('reads whatever we write', () => {
    expect(readings).toHaveLength(known.length)
    const unread = known.filter((_, at) => readings[at] === null)
    expect(unread).toEqual([])
  })

  test('reads the values that we wrote', () => {
    // Python parses JSON when it reads it, and its decimals have a spelling of their own.
    const compared = known
      .map((sample, at) => ({ ...sample, reading: readings[at] }))
      .filter(({ type }) => !/JSON|DECIMAL|SCALAR_MAP/.test(type.name))
    expect(compared.length).toBeGreaterThan(version === '0.67.0' ? 1400 : 500)
    for (const { value, type, reading, hex } of compared) {
      const ours = type.name === 'VALUE_LIST' || type.name === 'VALUE_SET' ? decodeValue(Buffer.from(hex, 'hex')) : value
      expect(ordered(reading?.value), `${type.name} ${hex}`).toEqual(ordered(shown(ours)))
    }
  })

  test('stores values that we read back', () => {
    for (const [at, { type, value }] of known.entries()) {
      const bytes = Buffer.from(readings[at]?.hex ?? '', 'hex')
      expect(valueDecoder(type)(bytes, 0, bytes.length), type.name).toStrictEqual(value)
      tested({ version, type: type.name, check: 'reads' }, { values: 1 })
    }
  })
})

describe('Feast 0.67.0', () => {
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

  test('agrees with us on which bytes are no value', async () => {
    const { accepted } = await readingsOf('0.67.0', [], mutations)
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
