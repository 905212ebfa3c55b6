import { unfit } from '../definition/value-fit.ts'
import { elementOf, type ValueType } from '../definition/value-type.ts'

/**
 * Turns a value as a store gave it (boolean, number, bigint, text, bytes, a list of these, a record) into what its declared type is in a
 * column, or gives {@link unfit}. Never called with null.
 */
export type Conversion = (value: unknown) => unknown

const numberOf = (value: unknown): unknown => {
  if (typeof value === 'number') return value
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : unfit
  return typeof value === 'string' && /^-?(\d|NaN$|Infinity$)/.test(value) ? Number(value) : unfit
}

const bigintOf = (value: unknown): unknown => {
  if (typeof value === 'bigint') return value
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : unfit
  return typeof value === 'string' && /^-?\d{1,19}$/.test(value) ? BigInt(value) : unfit
}

const parsed = (value: unknown): unknown => {
  if (typeof value !== 'string') return value
  try {
    return JSON.parse(value)
  } catch {
    return unfit
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Map) && !(value instanceof Uint8Array)

const recordOf = (value: unknown): unknown => {
  const record = parsed(value)
  if (record instanceof Map) return Object.fromEntries(record)
  return isRecord(record) ? record : unfit
}

const structOf = (fields: Readonly<Record<string, ValueType>>): Conversion => {
  const conversions = Object.entries(fields).map(([name, type]) => [name, conversionOf(type)] as const)
  return (value) => {
    const record = recordOf(value)
    if (!isRecord(record)) return unfit
    const result: Record<string, unknown> = { ...record }
    for (const [name, convert] of conversions) {
      const field = record[name] ?? null
      result[name] = field === null ? null : convert(field)
      if (result[name] === unfit) return unfit
    }
    return result
  }
}

const listOf =
  (item: Conversion, collect: (items: readonly unknown[]) => unknown): Conversion =>
  (value) => {
    const list = parsed(value)
    if (!Array.isArray(list)) return unfit
    const items = list.map((each: unknown) => (each === null ? null : item(each)))
    return items.includes(unfit) ? unfit : collect(items)
  }

const toList = (items: readonly unknown[]): unknown => items
const toSet = (items: readonly unknown[]): unknown => new Set(items)

const mapOf = (value: unknown): unknown => {
  if (value instanceof Map) return value
  const record = recordOf(value)
  return isRecord(record) ? new Map(Object.entries(record)) : unfit
}

const jsonOf = (value: unknown): unknown => (typeof value === 'string' ? value : JSON.stringify(value))
const same: Conversion = (value) => value

/** Compiles the conversion of a type. */
export const conversionOf = (type: ValueType): Conversion => {
  const { name } = type
  const element = elementOf(name)
  if (element !== undefined) return listOf(conversionOf({ ...type, name: element }), name.endsWith('_SET') ? toSet : toList)
  switch (name) {
    case 'INT64':
    case 'UNIX_TIMESTAMP':
      return bigintOf
    case 'INT32':
    case 'FLOAT':
    case 'DOUBLE':
      return numberOf
    case 'BOOL':
      return (value) => (typeof value === 'boolean' ? value : unfit)
    case 'BYTES':
    case 'PDF_BYTES':
    case 'IMAGE_BYTES':
      return (value) => (value instanceof Uint8Array ? value : unfit)
    case 'MAP':
      return recordOf
    case 'STRUCT':
      return structOf(type.struct ?? {})
    case 'SCALAR_MAP':
      return mapOf
    case 'JSON':
      return jsonOf
    case 'ZONED_TIMESTAMP':
      return (value) => (typeof value === 'bigint' ? { at: new Date(Number(value / 1_000_000n) * 1000), zone: 'UTC' } : unfit)
    case 'VALUE_LIST':
    case 'VALUE_SET':
      return listOf(type.inner === undefined ? same : conversionOf(type.inner), name === 'VALUE_SET' ? toSet : toList)
    case 'UNKNOWN':
      return same
    default:
      return (value) => (typeof value === 'string' ? value : unfit)
  }
}
