import type { ByteWriter } from './byte-writer.ts'
import { type Payload, payloads, refuse } from './value-payload.ts'
import { type ScalarName, type ValueTypeName, valueTypeNumber } from './value-type.ts'

/** Appends a `types.Value`, or nothing for null: a Value of zero bytes is Feast's null. */
export type Write = (target: ByteWriter, value: unknown) => void

const plain = payloads as Readonly<Partial<Record<ValueTypeName, Payload>>>

/** The number of the oneof member: the type's own, save that documents and pictures are bytes. */
export const memberOf = (name: ValueTypeName): number =>
  name === 'PDF_BYTES' || name === 'IMAGE_BYTES' ? valueTypeNumber('BYTES') : valueTypeNumber(name)

/** The writer of a scalar that holds no other values; undefined for the other types. */
export const scalarWrite = (name: ValueTypeName): Write | undefined => {
  const payload = plain[name]
  if (payload === undefined) return undefined
  const { wire, write } = payload
  const tag = (memberOf(name) << 3) | wire
  return (target, value) => {
    if (tag < 0x80) target.byte(tag)
    else target.varint(tag)
    write(target, value)
  }
}

/** The writer of a oneof member that is a message. */
export const messageWrite = (name: ValueTypeName, content: Write): Write => {
  const tag = (memberOf(name) << 3) | 2
  return (target, value) => {
    target.varint(tag)
    const start = target.open()
    content(target, value)
    target.close(start)
  }
}

/** What a list or a set can be given as; typed arrays have elements too. */
export const itemsOf = (type: string, value: unknown): Iterable<unknown> & { readonly length?: number; readonly size?: number } => {
  if (Array.isArray(value) || value instanceof Set) return value
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return value as Float64Array
  return refuse(type, value, 'it must be a list or a set')
}

/** The writer of a list of messages. */
export const messagesWrite = (name: ValueTypeName, content: Write): Write =>
  messageWrite(name, (target, value) => {
    for (const item of itemsOf(name, value)) {
      target.byte(0x0a)
      const start = target.open()
      content(target, item)
      target.close(start)
    }
  })

/** The writer of a list or set of scalars, packed where the wire format packs. */
export const elementsWrite = (name: ValueTypeName, element: ScalarName): Write => {
  const payload = plain[element]
  if (payload === undefined) return (_target, value) => refuse(name, value, `there are no lists of ${element}`)
  const { wire, write } = payload
  return messageWrite(name, wire === 2 ? repeatedWrite(name, write) : packedWrite(name, write))
}

const repeatedWrite =
  (name: ValueTypeName, write: Write): Write =>
  (target, value) => {
    for (const item of itemsOf(name, value)) {
      target.byte(0x0a)
      write(target, item ?? refuse(name, value, 'an element is null'))
    }
  }

const packedWrite =
  (name: ValueTypeName, write: Write): Write =>
  (target, value) => {
    const items = itemsOf(name, value)
    if ((items.length ?? items.size) === 0) return
    target.byte(0x0a)
    const start = target.open()
    for (const item of items) write(target, item ?? refuse(name, value, 'an element is null'))
    target.close(start)
  }
