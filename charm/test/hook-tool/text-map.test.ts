import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseDocument } from 'yaml'

import { relationGet, relationSet } from '../../src/hook-tool/relation.ts'
import { encodeTextMap } from '../../src/hook-tool/text-map.ts'
import { beginHook } from '../juju.ts'

test('keys are sorted and everything is quoted', () => {
  expect(encodeTextMap({ port: '5432', yes: 'true', a: '~' })).toBe('{"a":"~","port":"5432","yes":"true"}\n')
})

test('characters beyond the BMP stand as they are, and what YAML cannot print is escaped', () => {
  expect(encodeTextMap({ k: '😀' })).toBe('{"k":"😀"}\n')
  expect(encodeTextMap({ k: '\u007f\u0085\u009f\u2028\u2029\ufeff\ufffe\uffff' })).toBe(
    '{"k":"\\u007f\\u0085\\u009f\\u2028\\u2029\\ufeff\\ufffe\\uffff"}\n',
  )
  expect(encodeTextMap({ k: 'a/b\n\t\0' })).toBe('{"k":"a/b\\n\\t\\u0000"}\n')
})

test('half a surrogate pair is refused, in key and value', () => {
  expect(() => encodeTextMap({ k: '\ud83d' })).toThrow(expect.objectContaining({ code: 'CHARM_DATABAG_INVALID' }))
  expect(() => encodeTextMap({ '\udc00': 'x' })).toThrow(expect.objectContaining({ code: 'CHARM_DATABAG_INVALID' }))
  expect(() => encodeTextMap({ '': 'x' })).toThrow('a key cannot be empty')
})

const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 })

test('any texts come back from relation-set as they went in', async () => {
  await fc.assert(
    fc.asyncProperty(fc.dictionary(text, text, { maxKeys: 5, noNullPrototype: true }), async (texts) => {
      const { run } = beginHook()
      await relationSet(run, 'db:1', { owner: 'app', changes: { ...texts, database: '' } })
      expect({ ...(await relationGet(run, 'db:1', { owner: 'app', member: 'feast-ui' })) }).toEqual({
        ...texts,
        database: texts.database ?? undefined,
      })
    }),
    { numRuns: 300 },
  )
})

test('any texts are read alike by a YAML 1.1 parser', () => {
  fc.assert(
    fc.property(fc.dictionary(text, text, { maxKeys: 5 }), (texts) => {
      const document = parseDocument(encodeTextMap(texts), { version: '1.1', merge: false })
      expect(document.errors).toEqual([])
      expect({ ...document.toJS() }).toEqual({ ...texts })
    }),
    { numRuns: 300 },
  )
})
