import {
  decimal,
  entity,
  featureView,
  int64,
  listOf,
  map,
  postgresSource,
  pushSource,
  type Store,
  setOf,
  timeUuid,
  uuid,
  type ValueType,
  type ValueTypeName,
} from '@charmed-feast/store'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { testDatabase } from '../../house/postgres.ts'
import { decodeValue, encodeValue } from '../../store/src/definition/value.ts'
import { newCases, oldCases, type ValueCase } from '../../store/test/definition/value-cases.ts'
import { deviating, impossible, tested } from '../src/cell-note.ts'
import { feastVersions } from '../src/environment.ts'
import { runPythonFile } from '../src/python.ts'
import { openProject } from '../src/row-store.ts'
import { ordered, shown } from '../src/shown.ts'

/** Values that Python does not push as they are, with what comes of it: words of its error, or of what is read after it. */
const odd: Readonly<Record<string, string>> = {
  "DOUBLE_LIST [float('nan')]": "not of type <class 'numpy.float64'>|[0]",
  "MAP {'l': [1, 2], 'm': {'z': 1}, 'o': [{'q': 1}, {}], 't': {3}}": 'The truth value of an array',
  "MAP_LIST [{'a': 1}, {}]": 'Expected list for MAP_LIST type, got ndarray',
  'UUID u(int=1)': "Type `<class 'bytes'>` not in",
  'TIME_UUID u(int=1)': "Type `<class 'bytes'>` not in",
  'UUID_LIST [u(int=1)]': 'ArrowNotImplementedError',
  'TIME_UUID_LIST [u(int=1)]': 'ArrowNotImplementedError',
  'UUID_SET {u(int=1)}': 'ArrowNotImplementedError',
  'TIME_UUID_SET {u(int=1)}': 'ArrowNotImplementedError',
  'VALUE_LIST [[u(int=1)]]': 'ArrowNotImplementedError',
  "DECIMAL D('1E+3')": '"1000"',
  "DECIMAL_LIST [D('1.10'), D('-2')]": '["1.10","-2.00"]',
  "SCALAR_MAP {1: {'a': 1}}": 'Expected dict key of type str or bytes',
  "SCALAR_MAP {True: 1, 1.5: None, u(int=1): 'x', D('1.10'): 'y', b'\\x00\\xff': 'z', utc(2026, 1, 1): 2}":
    'Expected dict key of type str or bytes',
  "ZONED_TIMESTAMP at('Europe/Berlin', 2026, 1, 1, 1)": "got <class 'numpy.datetime64'>",
  'ZONED_TIMESTAMP datetime.datetime(2026, 1, 1)': "got <class 'numpy.datetime64'>",
  'ZONED_TIMESTAMP utc(1970, 1, 1)': "got <class 'numpy.datetime64'>",
}
const refused: Partial<Record<ValueTypeName, string>> = {
  MAP_LIST: 'Python pushes no list of maps: it takes the array of its data frame for something else',
  ZONED_TIMESTAMP: 'Python pushes no time with its zone: its data frame has turned it into a bare one',
}
const words = 'Pushing refuses or changes some values'

const id = entity({ name: 'id', joinKey: 'id', valueType: int64 })

/** A number for each type; nested lists of other elements are other types. */
const numbers = new Map<string, number>()
const numberOf = (type: ValueType): number => {
  const text = JSON.stringify(type)
  const known = numbers.get(text) ?? numbers.size
  numbers.set(text, known)
  return known
}
const viewOf = (type: ValueType): string => `view_${numberOf(type)}`
const sourceOf = (type: ValueType): string => `push_${numberOf(type)}`

const [one, two] = ['00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000002']
const text = (type: ValueType, value: unknown, python: string): ValueCase => ({ type, value, python, hex: '' })
/** What a data frame can hold of types whose own values it cannot. */
const texts: readonly ValueCase[] = [
  text(timeUuid, one, `'${one}'`),
  text(listOf(uuid), [one, two], `['${one}', '${two}']`),
  text(listOf(timeUuid), [one], `['${one}']`),
  text(setOf(uuid), new Set([one]), `['${one}']`),
  text(setOf(timeUuid), new Set([one]), `['${one}']`),
  text(listOf(decimal), ['1.10', '-2.25'], "[D('1.10'), D('-2.25')]"),
  text(map, { a: 'x', b: 1.5 }, "{'a': 'x', 'b': 1.5}"),
]

/** Values that are there, and that PostgreSQL can keep: Python pushes no row that is null throughout. */
const cases = [...oldCases, ...newCases, ...texts].filter(
  (each) => each.value !== null && each.read !== null && !String(each.value).includes('\0'),
)
const valueIn = (each: ValueCase): unknown => ('read' in each ? each.read : each.value)
const expected = (each: ValueCase): unknown => ordered(shown(valueIn(each)))
/** A value as Python shows it: JSON parsed, the letters of a UUID small, lists of lists without their types. */
const asPython = (each: ValueCase): unknown => {
  const { name } = each.type
  const value = valueIn(each)
  if (name === 'JSON') return ordered(shown(JSON.parse(String(value))))
  if (name === 'JSON_LIST' && Array.isArray(value)) return ordered(shown(value.map((each) => JSON.parse(String(each)))))
  if (name === 'UUID') return String(value).toLowerCase()
  return ordered(shown(name === 'VALUE_LIST' || name === 'VALUE_SET' ? decodeValue(encodeValue(each.type, value)) : value))
}
const oddOf = (each: ValueCase): string => odd[`${each.type.name} ${each.python}`] ?? ''
const isOdd = (each: ValueCase): boolean => oddOf(each) !== ''
const at = new Date('2026-01-01T00:00:00Z')

describe.each(feastVersions)('values that are pushed, and Feast %s', (version) => {
  const types = inject('known')[version].types
  const known = cases.filter(({ type }) => types.includes(type.name))
  let store: Store
  let failures: readonly (string | null)[]
  let theirs: readonly unknown[]
  let ours: readonly unknown[]

  beforeAll(async () => {
    const database = await testDatabase()
    store = await openProject(database, 'pushed')
    const views = [...new Map(known.map(({ type }) => [numberOf(type), type])).values()].map((type) => {
      const batchSource = postgresSource({ name: `batch_${numberOf(type)}`, table: 'nowhere', timestampField: 'at' })
      const source = pushSource({ name: sourceOf(type), batchSource })
      return featureView({ name: viewOf(type), entities: [id], schema: { value: type }, source })
    })
    await store.apply([id, ...views], { skipSourceValidation: true })
    for (const [number, { type, value }] of known.entries()) await store.push(sourceOf(type), [{ id: BigInt(number), value, at }])
    const answer = await runPythonFile(version, 'push.py', {
      input: {
        ...{ url: database.url, project: 'pushed' },
        pushes: known.map(({ type, python }, number) => ({ source: sourceOf(type), id: number + known.length, python })),
        reads: known.map(({ type }, number) => ({ view: viewOf(type), id: number })),
      },
    })
    const { failures: failed, values } = Object(answer)
    failures = failed
    theirs = values
    ours = await Promise.all(
      known.map(async ({ type }, number) => {
        const rows = [{ id: BigInt(number + known.length) }]
        return (await store.readOnline([`${viewOf(type)}:value`], rows, { staleValues: true })).rows[0]?.value
      }),
    )
  })
  afterAll(() => store[Symbol.asyncDispose]())

  const ofType = (type: ValueTypeName): readonly (readonly [ValueCase, number])[] =>
    known.flatMap((each, number) => (each.type.name === type ? [[each, number] as const] : []))

  test.each(types)('Python reads what we push: %s', (type) => {
    expect(ofType(type).length).toBeGreaterThan(0)
    for (const [each, number] of ofType(type)) expect(ordered(theirs[number]), each.python).toEqual(asPython(each))
    tested({ version, type, check: 'pushed_by_us' }, { values: ofType(type).length })
  })

  test.each(types)('we read what Python pushes, unless it cannot push it: %s', (type) => {
    const [same, other] = [ofType(type).filter(([each]) => !isOdd(each)), ofType(type).filter(([each]) => isOdd(each))]
    for (const [each, number] of same) expect([failures[number], ordered(shown(ours[number]))], each.python).toEqual([null, expected(each)])
    for (const [each, number] of other) {
      const came = failures[number] ?? JSON.stringify(shown(ours[number]))
      expect(
        oddOf(each)
          .split('|')
          .some((part) => came.includes(part)),
        `${each.python} ${came}`,
      ).toBe(true)
    }
    const place = { version, type, check: 'pushed_by_python' } as const
    if (same.length > 0) tested(place, { values: same.length })
    else impossible(place, refused[type] ?? expect.unreachable())
    if (same.length > 0 && other.length > 0) deviating(place, words, { values: other.length })
  })
})
