import { elementOf, type ValueType, type ValueTypeName } from './value-type.ts'

/** What a value that does not fit its type becomes: the caller names the value's type and throws. */
export const unfit: unique symbol = Symbol('unfit')

/** Turns what was stored into what the type declares, without loss, or gives {@link unfit}. Null stays null. */
export type Fit = (value: unknown) => unknown

/**
 * Compiles the conversion of a value that was stored under another type than the declared one, which Python's Feast hands on as it is.
 * Integers and floats of either width change into each other where nothing is lost, text goes for text (a UUID of an old Feast was a
 * STRING), lists and sets for each other, a map for a struct. Everything else is unfit.
 *
 * @param numbers 64-bit integers were read as numbers, and are expected to be
 */
export const fitOf = (type: ValueType, numbers: boolean): Fit => {
  const fit = contentFit(type, numbers)
  return (value) => (value === null ? null : fit(value))
}

const contentFit = (type: ValueType, numbers: boolean): Fit => {
  const { name } = type
  if (name === 'STRUCT') return structFit(type, numbers)
  if (name === 'VALUE_LIST' || name === 'VALUE_SET') return nestedFit(type.inner, numbers)
  const element = elementOf(name)
  if (element === undefined) return scalarFit(name, numbers)
  const item = fitOf({ ...type, name: element }, numbers)
  return name.endsWith('_SET') ? (value) => each(value, item, (items) => new Set(items)) : (value) => each(value, item, (items) => items)
}

const scalarFit = (name: ValueTypeName, numbers: boolean): Fit => {
  switch (name) {
    case 'INT64':
      return (value) => (numbers ? wholeNumber(value) : wholeBigint(value))
    case 'INT32':
      return (value) => {
        const number = wholeNumber(value)
        return typeof number === 'number' && (number | 0) === number ? number : unfit
      }
    case 'DOUBLE':
    case 'FLOAT':
      return (value) => (typeof value === 'bigint' ? wholeNumber(value) : typeof value === 'number' ? value : unfit)
    case 'BOOL':
      return (value) => (typeof value === 'boolean' ? value : unfit)
    case 'UNIX_TIMESTAMP':
      return (value) => (value instanceof Date ? value : unfit)
    case 'ZONED_TIMESTAMP':
      return (value) => (value instanceof Date ? { at: value, zone: '' } : isRecord(value) && 'zone' in value ? value : unfit)
    case 'BYTES':
    case 'PDF_BYTES':
    case 'IMAGE_BYTES':
      return (value) => (value instanceof Uint8Array ? value : unfit)
    case 'MAP':
      return (value) => (isRecord(value) ? value : unfit)
    case 'SCALAR_MAP':
      return (value) => (value instanceof Map ? value : unfit)
    case 'UNKNOWN':
      return (value) => value
    default:
      return (value) => (typeof value === 'string' ? value : unfit)
  }
}

const wholeNumber = (value: unknown): unknown => {
  const number = typeof value === 'bigint' ? Number(value) : value
  return Number.isSafeInteger(number) ? number : unfit
}

const wholeBigint = (value: unknown): unknown =>
  typeof value === 'bigint' ? value : typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : unfit

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' &&
  value !== null &&
  !(Array.isArray(value) || value instanceof Set || value instanceof Map || value instanceof Date || value instanceof Uint8Array)

const each = (value: unknown, item: Fit, collect: (items: readonly unknown[]) => unknown): unknown => {
  if (!Array.isArray(value) && !(value instanceof Set)) return unfit
  const items = Array.from(value, item)
  return items.includes(unfit) ? unfit : collect(items)
}

/** Declared fields get their types and are null when absent; a field that nobody declared stays as it is. */
const structFit = ({ struct = {} }: ValueType, numbers: boolean): Fit => {
  const fields = Object.entries(struct).map(([name, type]) => [name, fitOf(type, numbers)] as const)
  return (value) => {
    if (!isRecord(value)) return unfit
    const result: Record<string, unknown> = { ...value }
    for (const [name, fit] of fields) {
      const field = fit(Object.hasOwn(value, name) ? value[name] : null)
      if (field === unfit) return unfit
      result[name] = field
    }
    return result
  }
}

/** Feast stores sets inside of a nested collection as lists, and an empty collection like null: it is read as empty. */
const nestedFit = (inner: ValueType | undefined, numbers: boolean): Fit => {
  const item = inner === undefined ? (value: unknown) => value : fitOf(inner, numbers)
  return (value) =>
    each(
      value,
      (element) => item(element ?? []),
      (items) => items,
    )
}
