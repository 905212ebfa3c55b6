import { elementOf, type ValueType, type ValueTypeName, valueTypeNames } from './value-type.ts'

// How Feast (0.61 and later) writes types as text into the tags of a field. Source: what Python 0.67 wrote for each form:
// scalars by the names of its primitive types, which differ from the enum's in two places; `Array(…)`, `Set(…)`; a struct as JSON.

const primitives: Readonly<Partial<Record<ValueTypeName, string>>> = { FLOAT: 'FLOAT32', DOUBLE: 'FLOAT64', UNKNOWN: 'INVALID' }
const names: ReadonlyMap<string, ValueTypeName> = new Map(valueTypeNames.map((name) => [primitives[name] ?? name, name]))

/** A type as Feast's text: `INT64`, `Array(FLOAT32)`, `Set(Array(STRING))`, `{"__struct__": {"a": "INT32"}}`. */
export const typeText = (type: ValueType): string => {
  const element = elementOf(type.name)
  if (type.name === 'STRUCT_LIST') return `Array(${typeText({ ...type, name: 'STRUCT' })})`
  if (element !== undefined) return `${type.name.endsWith('_SET') ? 'Set' : 'Array'}(${primitives[element] ?? element})`
  if (type.name === 'VALUE_LIST' || type.name === 'VALUE_SET')
    return `${type.name === 'VALUE_SET' ? 'Set' : 'Array'}(${type.inner === undefined ? 'INVALID' : typeText(type.inner)})`
  if (type.name === 'STRUCT' && type.struct !== undefined) return `{"__struct__": ${structText(type.struct)}}`
  return primitives[type.name] ?? type.name
}

/** The fields of a struct as Feast's JSON text, with Python's blanks. */
export const structText = (struct: Readonly<Record<string, ValueType>>): string =>
  `{${Object.entries(struct)
    .map(([name, type]) => `${JSON.stringify(name)}: ${JSON.stringify(typeText(type))}`)
    .join(', ')}}`

const parseStruct = (fields: unknown): ValueType => ({ name: 'STRUCT', struct: parseStructFields(fields) })

const parseStructFields = (fields: unknown): Readonly<Record<string, ValueType>> => {
  if (typeof fields !== 'object' || fields === null) return {}
  return Object.freeze(Object.fromEntries(Object.entries(fields).map(([name, text]) => [name, parseTypeText(String(text))])))
}

/** The fields of a struct from their JSON text. */
export const parseStructText = (text: string): Readonly<Record<string, ValueType>> => parseStructFields(JSON.parse(text))

const collection = (of: ValueType, set: boolean): ValueType => {
  const name = names.get(`${of.name}_${set ? 'SET' : 'LIST'}`)
  if (
    of.name !== 'UNKNOWN' &&
    elementOf(of.name) === undefined &&
    name !== undefined &&
    of.name !== 'VALUE_LIST' &&
    of.name !== 'VALUE_SET'
  )
    return { ...of, name }
  return { name: set ? 'VALUE_SET' : 'VALUE_LIST', inner: of }
}

/** A type from Feast's text; `UNKNOWN` for a name that a newer Feast brought. */
export const parseTypeText = (text: string): ValueType => {
  const wrapped = /^(?<form>Array|Set)\((?<inner>.*)\)$/s.exec(text)?.groups
  if (wrapped?.inner !== undefined) return collection(parseTypeText(wrapped.inner), wrapped.form === 'Set')
  if (text.startsWith('{')) {
    const parsed: unknown = JSON.parse(text)
    return parseStruct(typeof parsed === 'object' && parsed !== null && '__struct__' in parsed ? parsed.__struct__ : {})
  }
  return { name: names.get(text) ?? 'UNKNOWN' }
}
