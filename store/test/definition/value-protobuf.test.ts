import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeValue, encodeValue, valueDecoder } from '../../src/definition/value.ts'
import { elementOf, type ValueType, type ValueTypeName } from '../../src/definition/value-type.ts'
import { type Value, ValueSchema } from '../../src/proto/feast/types/value_pb.ts'
import { typedArbitraries } from './value-arbitrary.ts'
import { newCases, oldCases } from './value-cases.ts'

// protobuf-es is the oracle here: its messages are compared with what our codec reads and writes.

const cased = (name: string): string => name.toLowerCase().replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())

const caseOf = (name: ValueTypeName): string => {
  if (name === 'PDF_BYTES' || name === 'IMAGE_BYTES') return 'bytesVal'
  if (name === 'VALUE_LIST' || name === 'VALUE_SET') return name === 'VALUE_LIST' ? 'listVal' : 'setVal'
  return `${cased(name)}Val`
}

const seconds = (value: unknown): unknown => (value instanceof Date ? BigInt(value.getTime() / 1000) : value)

/** The message of a value whose type holds no values of any type. */
const messageOf = (type: ValueType, value: unknown): Value => {
  if (value === null) return create(ValueSchema)
  const name = caseOf(type.name)
  const content = (): unknown => {
    if (type.name === 'ZONED_TIMESTAMP') {
      const { at, zone } = value as { at: Date; zone: string }
      return { unixTimestamp: seconds(at), zone }
    }
    if (type.name === 'VALUE_LIST' || type.name === 'VALUE_SET') {
      const lists = value as readonly (readonly number[])[]
      return { val: lists.map((list) => (list.length === 0 ? {} : { val: { case: 'int64ListVal', value: { val: list.map(BigInt) } } })) }
    }
    if (elementOf(type.name) !== undefined) return { val: [...(value as Iterable<unknown>)].map(seconds) }
    return seconds(value)
  }
  return create(ValueSchema, { val: { case: name, value: content() } } as Parameters<typeof create<typeof ValueSchema>>[1])
}

const holdsAny = (name: ValueTypeName): boolean => /MAP|STRUCT|UNKNOWN/.test(name)
const plain = typedArbitraries.filter(({ type }) => !holdsAny(type.name))
const any = typedArbitraries.filter(({ type }) => holdsAny(type.name))

const decode = (type: ValueType, bytes: Uint8Array): unknown => valueDecoder(type)(Buffer.from(bytes), 0, bytes.length)

describe('our codec and protobuf', () => {
  test('are compared for every type', () => {
    expect(plain.length + any.length).toBe(46)
  })

  test.each(plain)('write the same bytes and read each other, $type.name', ({ type, values }) => {
    fc.assert(
      fc.property(values, (value) => {
        const message = messageOf(type, value)
        const theirs = toBinary(ValueSchema, message)
        const ours = encodeValue(type, value)
        expect(Buffer.from(ours).toString('hex')).toBe(Buffer.from(theirs).toString('hex'))
        expect(decode(type, theirs)).toStrictEqual(value)
      }),
    )
  })

  test.each(any)('survive each other, $type.name', ({ type, values }) => {
    fc.assert(
      fc.property(values, (value) => {
        const ours = encodeValue(type, value)
        expect(decode(type, ours)).toStrictEqual(value)
        const theirs = toBinary(ValueSchema, fromBinary(ValueSchema, ours))
        expect(decode(type, theirs)).toStrictEqual(value)
      }),
    )
  })

  test.each([...oldCases, ...newCases])('read the same from the bytes of Feast, $type.name $python', ({ hex }) => {
    const bytes = Buffer.from(hex, 'hex')
    const message = fromBinary(ValueSchema, bytes)
    expect(message.$unknown).toBeUndefined()
    expect(decodeValue(toBinary(ValueSchema, message))).toStrictEqual(decodeValue(bytes))
  })
})
