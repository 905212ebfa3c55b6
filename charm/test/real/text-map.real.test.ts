import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'

import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { buildPrograms } from '../../../tools/build.ts'
import { encodeTextMap } from '../../src/hook-tool/text-map.ts'

let program: string

beforeAll(async () => {
  program = (await buildPrograms(['goyaml'], { env: process.env })).goyaml
}, 240_000)

/** Reads documents with goyaml v2, into a map of texts each. */
const readAll = async (documents: readonly string[]): Promise<readonly unknown[]> => {
  const child = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'] })
  child.stdin.end(documents.map((document) => `${JSON.stringify(document)}\n`).join(''))
  const lines = (await text(child.stdout)).trim().split('\n')
  return lines.map((line) => JSON.parse(line))
}

test('goyaml v2, Juju’s own reader, gets any texts as they were written', async () => {
  const any = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 })
  const odd = fc.constantFrom(
    '~',
    'null',
    'yes',
    '007',
    '<<',
    '=',
    '\u0085',
    '\u2028',
    '\ufeff',
    '\ufffe',
    '\uffff',
    '\u007f',
    '😀',
    '/',
    '\b\f',
    "'",
    '"',
    '\\',
    '{',
    '- a',
    '#',
  )
  // V8 13.6 (Node 24) mixes up the keys "\\" and "\u2028" of objects that it parses one after the other: no key is a lone backslash here.
  const key = fc.oneof(any, odd).filter((each) => each !== '\\')
  const texts = fc.dictionary(key, fc.oneof(any, odd, fc.constant('')), { maxKeys: 6, noNullPrototype: true })
  const written = fc.sample(texts, 3000)
  expect(await readAll(written.map(encodeTextMap))).toEqual(written)
})

test('a value of a mebibyte comes whole', async () => {
  const large = { data: '{"a": "😀\\n"}'.repeat(80_000) }
  expect(await readAll([encodeTextMap(large)])).toEqual([large])
})
