import fc from 'fast-check'
import {
  bool,
  bytes,
  float32,
  float64,
  int32,
  int64,
  listOf,
  pythonTypeName,
  string,
  timestamp,
  type ValueType,
} from '../../store/src/definition/value-type.ts'

/** A type with the column of PostgreSQL that both Feasts read as it, and values that such a column can have. */
export interface PulledType {
  /** The name of the column. */
  readonly name: string
  readonly type: ValueType
  readonly feast: string
  readonly sql: string
  readonly values: fc.Arbitrary<unknown>
}

// Python's data frames hold whole numbers beside nulls as doubles.
const whole = fc.bigInt({ min: -(2n ** 53n), max: 2n ** 53n })
// Moments that a data frame can hold, in whole seconds, as Values have them.
const moment = fc.integer({ min: -8_500_000_000, max: 7_200_000_000 }).map((seconds) => new Date(seconds * 1000))
// PostgreSQL has no NUL in a text.
const text = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((each) => !each.includes('\0'))
const double = fc.double({ noNaN: true })
const float = fc.float({ noNaN: true })
const blob = fc.uint8Array({ maxLength: 20 })
const some = <T>(items: fc.Arbitrary<T>): fc.Arbitrary<readonly T[]> => fc.array(items, { maxLength: 4 })

const pulled = (name: string, type: ValueType, sql: string, values: fc.Arbitrary<unknown>): PulledType => ({
  ...{ name, type, sql, values },
  feast: pythonTypeName(type),
})

/** Every type that both releases of Feast read out of a column of PostgreSQL. */
export const pulledTypes: readonly PulledType[] = [
  pulled('a_long', int64, 'bigint', whole),
  pulled('an_int', int32, 'int', fc.integer()),
  pulled('a_float', float32, 'real', float),
  pulled('a_double', float64, 'double precision', double),
  pulled('a_text', string, 'text', text),
  pulled('a_bool', bool, 'boolean', fc.boolean()),
  pulled('a_time', timestamp, 'timestamptz', moment),
  pulled('a_blob', bytes, 'bytea', blob),
  pulled('longs', listOf(int64), 'bigint[]', some(whole)),
  pulled('ints', listOf(int32), 'int[]', some(fc.integer())),
  pulled('floats', listOf(float32), 'real[]', some(float)),
  pulled('doubles', listOf(float64), 'double precision[]', some(double)),
  pulled('texts', listOf(string), 'text[]', some(text)),
  pulled('bools', listOf(bool), 'boolean[]', some(fc.boolean())),
  pulled('times', listOf(timestamp), 'timestamptz[]', some(moment)),
  pulled('blobs', listOf(bytes), 'bytea[]', some(blob)),
]
