// Source of names, numbers and shapes: Feast's `types.Value` (0.67), where the enum number is also the number of the oneof field.

/** Base scalars of Feast's type system: enum number, the names Python shows, and what a value is in TypeScript. */
const scalars = {
  BYTES: { number: 1, python: 'Bytes' },
  STRING: { number: 2, python: 'String' },
  INT32: { number: 3, python: 'Int32' },
  INT64: { number: 4, python: 'Int64' },
  DOUBLE: { number: 5, python: 'Float64' },
  FLOAT: { number: 6, python: 'Float32' },
  BOOL: { number: 7, python: 'Bool' },
  UNIX_TIMESTAMP: { number: 8, python: 'UnixTimestamp' },
  MAP: { number: 20, python: 'Map' },
  JSON: { number: 32, python: 'Json' },
  STRUCT: { number: 34, python: 'Struct' },
  UUID: { number: 36, python: 'Uuid' },
  TIME_UUID: { number: 37, python: 'TimeUuid' },
  DECIMAL: { number: 44, python: 'Decimal' },
  SCALAR_MAP: { number: 47, python: 'ScalarMap' },
  ZONED_TIMESTAMP: { number: 48, python: 'ZonedTimestamp' },
  PDF_BYTES: { number: 30, python: 'PdfBytes' },
  IMAGE_BYTES: { number: 31, python: 'ImageBytes' },
} as const

const lists = {
  BYTES_LIST: { number: 11, of: 'BYTES' },
  STRING_LIST: { number: 12, of: 'STRING' },
  INT32_LIST: { number: 13, of: 'INT32' },
  INT64_LIST: { number: 14, of: 'INT64' },
  DOUBLE_LIST: { number: 15, of: 'DOUBLE' },
  FLOAT_LIST: { number: 16, of: 'FLOAT' },
  BOOL_LIST: { number: 17, of: 'BOOL' },
  UNIX_TIMESTAMP_LIST: { number: 18, of: 'UNIX_TIMESTAMP' },
  MAP_LIST: { number: 21, of: 'MAP' },
  JSON_LIST: { number: 33, of: 'JSON' },
  STRUCT_LIST: { number: 35, of: 'STRUCT' },
  UUID_LIST: { number: 38, of: 'UUID' },
  TIME_UUID_LIST: { number: 39, of: 'TIME_UUID' },
  DECIMAL_LIST: { number: 45, of: 'DECIMAL' },
} as const

const sets = {
  BYTES_SET: { number: 22, of: 'BYTES' },
  STRING_SET: { number: 23, of: 'STRING' },
  INT32_SET: { number: 24, of: 'INT32' },
  INT64_SET: { number: 25, of: 'INT64' },
  DOUBLE_SET: { number: 26, of: 'DOUBLE' },
  FLOAT_SET: { number: 27, of: 'FLOAT' },
  BOOL_SET: { number: 28, of: 'BOOL' },
  UNIX_TIMESTAMP_SET: { number: 29, of: 'UNIX_TIMESTAMP' },
  UUID_SET: { number: 40, of: 'UUID' },
  TIME_UUID_SET: { number: 41, of: 'TIME_UUID' },
  DECIMAL_SET: { number: 46, of: 'DECIMAL' },
} as const

const nested = { VALUE_LIST: { number: 42 }, VALUE_SET: { number: 43 } } as const

/** The name of a scalar type: `INT64`, `STRING`, … */
export type ScalarName = keyof typeof scalars
/** The name of a list type whose elements are scalars: `INT64_LIST`, … */
export type ListName = keyof typeof lists
/** The name of a set type: `STRING_SET`, … */
export type SetName = keyof typeof sets
/** The name of a value type, as Feast's `ValueType.Enum` spells it. `UNKNOWN` (0) is what an entity without a type has. */
export type ValueTypeName = ScalarName | ListName | SetName | keyof typeof nested | 'UNKNOWN'

/**
 * The type of a feature, a join key or a request field. `Js` is what its values are in TypeScript and exists for the compiler alone.
 * `inner` is the element type of a nested list or set; `struct` are a STRUCT's fields.
 */
export interface ValueType<Name extends ValueTypeName = ValueTypeName, Js = unknown> {
  readonly name: Name
  readonly js?: Js
  readonly inner?: ValueType
  readonly struct?: Readonly<Record<string, ValueType>>
}

/** What values of a type are in TypeScript: `Js<typeof int64>` is `bigint`. */
export type Js<T> = T extends ValueType<ValueTypeName, infer J> ? J : never

/** A moment with the zone it was written in; `at` has whole seconds. */
export interface ZonedTimestamp {
  readonly at: Date
  readonly zone: string
}

/** A key of a SCALAR_MAP. */
export type MapKey = number | bigint | boolean | string | Uint8Array | Date

const valueType =
  <Js>() =>
  <const Name extends ValueTypeName>(name: Name): ValueType<Name, Js> =>
    Object.freeze({ name })

/** 64-bit whole numbers: `bigint`. Feast: `Int64`. */
export const int64 = valueType<bigint>()('INT64')
/** 32-bit whole numbers: `number`. Feast: `Int32`. */
export const int32 = valueType<number>()('INT32')
/** Single-precision numbers; values are rounded to 32 bits when written. Feast: `Float32`. */
export const float32 = valueType<number>()('FLOAT')
/** Double-precision numbers. Feast: `Float64`. */
export const float64 = valueType<number>()('DOUBLE')
/** Text. Feast: `String`. */
export const string = valueType<string>()('STRING')
/** True or false. Feast: `Bool`. */
export const bool = valueType<boolean>()('BOOL')
/** Bytes. Feast: `Bytes`. */
export const bytes = valueType<Uint8Array>()('BYTES')
/** A moment, whole seconds. Feast: `UnixTimestamp`. */
export const timestamp = valueType<Date>()('UNIX_TIMESTAMP')
/** Text keys to values of any type. Feast: `Map`. */
export const map = valueType<Readonly<Record<string, unknown>>>()('MAP')
/** JSON, as its text. Feast: `Json`. */
export const json = valueType<string>()('JSON')
/** A UUID, as its text. Feast: `Uuid`. */
export const uuid = valueType<string>()('UUID')
/** A time-based UUID, as its text. Feast: `TimeUuid`. */
export const timeUuid = valueType<string>()('TIME_UUID')
/** A decimal number as its text, so that its scale is kept. Feast: `Decimal`. */
export const decimal = valueType<string>()('DECIMAL')
/** Scalar keys to values. Feast: `ScalarMap`. */
export const scalarMap = valueType<ReadonlyMap<MapKey, unknown>>()('SCALAR_MAP')
/** A moment with its zone. Feast: `ZonedTimestamp`. */
export const zonedTimestamp = valueType<ZonedTimestamp>()('ZONED_TIMESTAMP')
/** The bytes of a PDF. Feast: `PdfBytes`. */
export const pdfBytes = valueType<Uint8Array>()('PDF_BYTES')
/** The bytes of a picture. Feast: `ImageBytes`. */
export const imageBytes = valueType<Uint8Array>()('IMAGE_BYTES')

type StructJs<S extends Readonly<Record<string, ValueType>>> = { readonly [K in keyof S]: Js<S[K]> | null }

/**
 * A record with named, typed fields.
 *
 * @example
 * const address = struct({ street: string, number: int32 })
 */
export const struct = <const S extends Readonly<Record<string, ValueType>>>(fields: S): ValueType<'STRUCT', StructJs<S>> =>
  Object.freeze({ name: 'STRUCT', struct: Object.freeze({ ...fields }) })

/** Scalars that have a list type of their own. */
export type ListElement = (typeof lists)[ListName]['of']
/** Scalars that have a set type. */
export type SetElement = (typeof sets)[SetName]['of']

/**
 * A list of one scalar type; null elements do not exist.
 *
 * @example
 * const embedding = listOf(float32) // values are readonly number[]
 */
export const listOf = <const N extends ListElement, J>(of: ValueType<N, J>): ValueType<`${N}_LIST` & ValueTypeName, readonly J[]> =>
  Object.freeze({ name: `${of.name}_LIST` as `${N}_LIST` & ValueTypeName, ...(of.struct === undefined ? {} : { struct: of.struct }) })

/**
 * A set of one scalar type, without order.
 *
 * @example
 * const tags = setOf(string) // values are ReadonlySet<string>
 */
export const setOf = <const N extends SetElement, J>(of: ValueType<N, J>): ValueType<`${N}_SET` & ValueTypeName, ReadonlySet<J>> =>
  Object.freeze({ name: `${of.name}_SET` as `${N}_SET` & ValueTypeName })

/**
 * A list of lists or sets, to any depth.
 *
 * @example
 * const matrix = nestedListOf(listOf(int32))
 */
export const nestedListOf = <N extends ValueTypeName, J>(of: ValueType<N, J>): ValueType<'VALUE_LIST', readonly J[]> =>
  Object.freeze({ name: 'VALUE_LIST', inner: of })

/** A set of lists or sets; without order. See {@link nestedListOf}. */
export const nestedSetOf = <N extends ValueTypeName, J>(of: ValueType<N, J>): ValueType<'VALUE_SET', readonly J[]> =>
  Object.freeze({ name: 'VALUE_SET', inner: of })

const numbers: Readonly<Record<ValueTypeName, number>> = Object.freeze(
  Object.fromEntries([
    ['UNKNOWN', 0],
    ...Object.entries({ ...scalars, ...lists, ...sets, ...nested }).map(([name, { number }]) => [name, number]),
  ]),
)
const names: ReadonlyMap<number, ValueTypeName> = new Map(Object.entries(numbers).map(([name, number]) => [number, name as ValueTypeName]))

/** Every name, in the order of its number. */
export const valueTypeNames: readonly ValueTypeName[] = Object.freeze([...names].sort(([a], [b]) => a - b).map(([, name]) => name))

/** The enum number of a type, which is also the field number in `types.Value`. */
export const valueTypeNumber = (name: ValueTypeName): number => numbers[name]

/** The type with an enum number, or undefined for one that a newer Feast brought. */
export const valueTypeName = (number: number): ValueTypeName | undefined => names.get(number)

/** The element type of a list or set of scalars: `INT64` for `INT64_LIST`; undefined for every other type. */
export const elementOf = (name: ValueTypeName): ScalarName | undefined =>
  name in lists ? lists[name as ListName].of : name in sets ? sets[name as SetName].of : undefined

/** The name that Python's Feast shows: `Int64`, `Array(Float32)`, `Set(String)`, `Invalid` for an unknown type. */
export const pythonTypeName = (type: ValueType): string => {
  const { name } = type
  if (name === 'UNKNOWN') return 'Invalid'
  if (name === 'VALUE_LIST' || name === 'VALUE_SET')
    return `${name === 'VALUE_SET' ? 'Set' : 'Array'}(${type.inner === undefined ? 'Invalid' : pythonTypeName(type.inner)})`
  if (name === 'STRUCT' && type.struct !== undefined)
    return `Struct({${Object.entries(type.struct)
      .map(([field, of]) => `${field}: ${pythonTypeName(of)}`)
      .join(', ')}})`
  const element = elementOf(name)
  if (element !== undefined) return `${name.endsWith('_SET') ? 'Set' : 'Array'}(${scalars[element].python})`
  return scalars[name as ScalarName].python
}
