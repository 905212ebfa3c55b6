import fc from 'fast-check'
import { expect, test } from 'vitest'

import { parseMultipart, writeMultipart } from '../../src/pebble/multipart.ts'

const boundary = 'b0undary'
const type = `multipart/form-data; boundary=${boundary}`

test('parts come back as they went, whatever is in them', () => {
  const text = fc.string({ unit: 'binary', minLength: 1 }).filter((each) => !/[\r\n]/.test(each) && each.isWellFormed())
  const content = fc.oneof(
    fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    fc.constantFrom('', '\r\n', '--', `--${boundary.slice(1)}`, '\r\n\r\n').map((each) => Buffer.from(each)),
  )
  const part = fc.record({ name: text, filename: fc.option(text), content })
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), (parts) => {
      expect(parseMultipart(type, writeMultipart(boundary, parts))).toEqual(parts)
    }),
  )
})

test('a quoted boundary is one', () => {
  const document = writeMultipart(boundary, [{ name: 'a', filename: null, content: Buffer.from('x') }])
  expect(parseMultipart(`multipart/form-data; charset=utf-8; boundary="${boundary}"`, document)?.[0]?.content.toString()).toBe('x')
})

test('what is no multipart document is null', () => {
  expect(parseMultipart('application/json', Buffer.from('{}'))).toBeNull()
  expect(parseMultipart('multipart/form-data', Buffer.from(''))).toBeNull()
  expect(parseMultipart(type, Buffer.from(`--${boundary}\r\nno head at all\r\n--${boundary}--\r\n`))).toBeNull()
})
