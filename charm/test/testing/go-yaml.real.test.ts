import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { buildPrograms } from '../../../tools/build.ts'
import { formatGoYaml } from '../../src/testing/tool/go-yaml.ts'
import { parseTextMap } from '../../src/testing/tool/text-map.ts'

let program: string

beforeAll(async () => {
  program = (await buildPrograms(['goyaml'], { env: process.env })).goyaml
}, 240_000)

/** Reads documents with the real goyaml v2, into a map of texts each, or gives what it says. */
const readAll = async (documents: readonly string[]): Promise<readonly unknown[]> => {
  const child = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'] })
  child.stdin.end(documents.map((document) => `${JSON.stringify(document)}\n`).join(''))
  const lines = (await text(child.stdout)).trim().split('\n')
  return lines.map((line) => JSON.parse(line) ?? {})
}

const readOurs = (document: string): unknown => {
  try {
    return parseTextMap(document)
  } catch (error) {
    return error instanceof Error ? error.message : error
  }
}

const words = fc.constantFrom(
  'yes',
  '~',
  '007',
  '1.5',
  '1:30',
  '- a',
  'a: b',
  '#',
  "it's",
  '"',
  '\\',
  '{',
  'é',
  '😀',
  '\u0085',
  '\u2028',
  '\ufeff',
  '\t',
  '\n',
  ' ',
)
const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.array(words, { maxLength: 30 }).map((parts) => parts.join(' ')),
)

test('what our writer prints is read by go-yaml as it was', async () => {
  const maps = fc.sample(fc.dictionary(texts, texts, { maxKeys: 5, noNullPrototype: true }), 3000)
  expect(await readAll(maps.map((map) => `${formatGoYaml(map)}\n`))).toEqual(maps)
})

test('JSON with any texts is read as go-yaml reads it', async () => {
  // Unicode's line breaks fold lines and end keys: only one in the middle of a value is read here.
  const plain = texts.filter((each) => !/[\u0085\u2028\u2029]/.test(each))
  const value = fc.oneof(plain, fc.constantFrom('a\u0085b', 'a \u0085 b', 'a\u2028b'))
  const maps = fc.sample(fc.dictionary(plain, value, { maxKeys: 4, noNullPrototype: true }), 3000)
  const documents = maps.map((map) => JSON.stringify(map))
  expect(documents.map(readOurs)).toEqual(await readAll(documents))
})

test('the recorded readings are those of the real one', async () => {
  const path = join(import.meta.dirname, 'golden', 'go-yaml-read.json')
  const pairs: readonly (readonly [string, unknown])[] = JSON.parse(readFileSync(path, 'utf8'))
  expect(await readAll(pairs.map(([document]) => document))).toEqual(pairs.map(([, value]) => value))
})
