import { entriesOf, writeAny, writeEntries, writeEntry, writeScalarEntries } from './value-any.ts'
import { elementsWrite, itemsOf, messagesWrite, messageWrite, scalarWrite, type Write } from './value-list.ts'
import { refuse } from './value-payload.ts'
import { elementOf, type ValueType, type ValueTypeName } from './value-type.ts'

/** Compiles the writer of a type: the bytes of a `types.Value`, none for null. */
export const writerOf = (type: ValueType): Write => {
  const content = contentWrite(type)
  const isNull = nullOf(type.name)
  return (target, value) => {
    if (!isNull(value)) content(target, value)
  }
}

// pandas takes NaN for a missing value, and so does Feast when it writes one by itself; inside of lists it stays.
const nullOf = (name: ValueTypeName): ((value: unknown) => boolean) => {
  if (name === 'DOUBLE' || name === 'FLOAT') return (value) => value === null || value === undefined || Number.isNaN(value)
  if (name === 'DECIMAL') return (value) => value === null || value === undefined || /^[+-]?s?nan$/i.test(String(value))
  return (value) => value === null || value === undefined
}

const contentWrite = (type: ValueType): Write => {
  const { name } = type
  const scalar = scalarWrite(name)
  if (scalar !== undefined) return scalar
  if (name === 'MAP') return messageWrite(name, (target, value) => writeEntries(target, value, 0))
  if (name === 'SCALAR_MAP') return messageWrite(name, (target, value) => writeScalarEntries(target, value, 0))
  if (name === 'STRUCT') return messageWrite(name, structWrite(type))
  if (name === 'VALUE_LIST' || name === 'VALUE_SET') return nestedWrite(name, type.inner)
  const element = elementOf(name)
  if (element === 'MAP') return messagesWrite(name, (target, value) => writeEntries(target, value, 0))
  if (element === 'STRUCT') return messagesWrite(name, structWrite(type))
  return element === undefined ? (target, value) => writeAny(target, value) : elementsWrite(name, element)
}

// Feast infers the types inside of structs, maps and nested lists from Python's values, which know one integer and one float type.
const inferred: Readonly<Partial<Record<ValueTypeName, ValueTypeName>>> = {
  INT32: 'INT64',
  FLOAT: 'DOUBLE',
  INT32_LIST: 'INT64_LIST',
  FLOAT_LIST: 'DOUBLE_LIST',
  INT32_SET: 'INT64_SET',
  FLOAT_SET: 'DOUBLE_SET',
}

/** The writer of a value of this type inside of a struct or a nested list. */
const inferredWrite = (type: ValueType): Write => {
  if (type.name === 'STRUCT') return messageWrite('MAP', structWrite(type))
  if (type.name === 'STRUCT_LIST') return messagesWrite('MAP_LIST', structWrite(type))
  return writerOf({ ...type, name: inferred[type.name] ?? type.name })
}

/** Declared fields are written by their type, others by what they are. */
const structWrite = ({ struct = {} }: ValueType): Write => {
  const fields = new Map(Object.entries(struct).map(([name, type]) => [name, inferredWrite(type)]))
  return (target, value) => {
    for (const [name, item] of entriesOf('STRUCT', value)) {
      const write = fields.get(name) ?? writeAny
      writeEntry(target, name, (entry) => {
        if (item !== null && item !== undefined) write(entry, item)
      })
    }
  }
}

const nestedWrite = (name: 'VALUE_LIST' | 'VALUE_SET', inner: ValueType | undefined): Write => {
  const write = inner === undefined || inner.name === 'UNKNOWN' ? writeAny : collectionWrite(inner)
  return messagesWrite(name, (target, item) => write(target, item ?? refuse(name, item, 'an element is null')))
}

/** A collection inside of a nested one: Feast writes sets as lists here, and an empty one as nothing. */
const collectionWrite = (type: ValueType): Write => {
  const element = elementOf(type.name)
  const content =
    element === undefined ? nestedWrite('VALUE_LIST', type.inner) : inferredWrite({ ...type, name: `${element}_LIST` as ValueTypeName })
  return (target, value) => {
    const items = itemsOf(type.name, value)
    if ((items.length ?? items.size) !== 0) content(target, items)
  }
}
