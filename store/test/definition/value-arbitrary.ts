import * as fc from 'fast-check'
import { elementOf, type ScalarName, type ValueType, type ValueTypeName, valueTypeNames } from '../../src/definition/value-type.ts'

const int64 = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.constantFrom(0n, -1n, 1n, 127n, 128n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 32n, -(2n ** 32n), 2n ** 63n - 1n, -(2n ** 63n)),
)
// The years 2 to 9998: Python has only one more at either end, and zones shift.
const moment = fc.integer({ min: -62_100_000_000, max: 253_400_000_000 }).map((seconds) => new Date(seconds * 1000))
// NaN by itself is null and has an example of its own.
const double = fc.double({ noNaN: true })
const float = fc.float({ noNaN: true })
const text = fc.string({ unit: 'grapheme' })
const bytes = fc.uint8Array({ maxLength: 300 })
const decimal = fc.tuple(fc.bigInt(), fc.nat(30)).map(([digits, scale]) => `${digits}${scale === 0 ? '' : `E-${scale}`}`)

/** A value that a map may hold, as it is read back. */
const anything = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    fc.constant(null),
    text,
    int64,
    double,
    fc.boolean(),
    bytes,
    moment,
    fc.array(text),
    fc.array(int64, { minLength: 1 }),
    fc.array(tie('any').filter((item) => item !== null)),
    fc.uniqueArray(int64, { minLength: 1 }).map((items) => new Set(items)),
    fc.dictionary(text, tie('any'), { noNullPrototype: true }),
    fc
      .uniqueArray(int64, { minLength: 1 })
      .chain((keys) => fc.tuple(...keys.map((key) => fc.tuple(fc.constant(key), tie('any')))).map((entries) => new Map(entries))),
  ),
})).any

const record = fc.dictionary(text, anything, { noNullPrototype: true })

const mapKey = fc.oneof(
  int64,
  double.map((key) => (Object.is(key, -0) ? 0 : key)),
  fc.boolean(),
  fc.uuid(),
  decimal,
)

const scalars: Readonly<Record<ScalarName, fc.Arbitrary<unknown>>> = {
  BYTES: bytes,
  PDF_BYTES: bytes,
  IMAGE_BYTES: bytes,
  STRING: text,
  INT32: fc.integer(),
  INT64: int64,
  DOUBLE: double,
  FLOAT: float,
  BOOL: fc.boolean(),
  UNIX_TIMESTAMP: moment,
  MAP: record,
  STRUCT: record,
  JSON: fc.json(),
  UUID: fc.uuid(),
  TIME_UUID: fc.uuid(),
  DECIMAL: decimal,
  SCALAR_MAP: fc.array(fc.tuple(mapKey, anything)).map((entries) => new Map(entries)),
  ZONED_TIMESTAMP: fc.record({ at: moment, zone: fc.constantFrom('', 'UTC', 'Europe/Berlin', '-07:00') }, { noNullPrototype: true }),
}

const inner: ValueType = { name: 'INT32_LIST' }

/** A type and values of it, as they are read back; null among them. */
export interface TypedArbitrary {
  readonly type: ValueType
  readonly values: fc.Arbitrary<unknown>
}

const typed = (name: ValueTypeName): TypedArbitrary => {
  const element = elementOf(name)
  if (name === 'VALUE_LIST' || name === 'VALUE_SET') return { type: { name, inner }, values: fc.array(fc.array(fc.integer())) }
  if (element === undefined) return { type: { name }, values: name === 'UNKNOWN' ? anything : scalars[name as ScalarName] }
  const items = fc.array(scalars[element])
  if (!name.endsWith('_SET')) return { type: { name }, values: items }
  // A set keeps byte arrays apart by identity, and the bytes keep what it holds.
  return { type: { name }, values: items.map((list) => new Set(list)) }
}

/** Every type with values of it. */
export const typedArbitraries: readonly TypedArbitrary[] = valueTypeNames.map((name) => {
  const { type, values } = typed(name)
  return { type, values: fc.option(values, { nil: null, freq: 20 }) }
})
