import { execFileSync } from 'node:child_process'
import { stripTypeScriptTypes } from 'node:module'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { quotePython, quoteShell, quoteTypescript } from '../../src/page/snippet/quote.ts'
import { historicalSnippets, onlineSnippets, type SnippetRequest } from '../../src/page/snippet/snippet.ts'

const hostile = [
  'a"b',
  "it's",
  '$(rm -rf /)',
  '`id`',
  '$' + '{x}',
  'line\nbreak',
  '\\',
  '名前',
  '\u2028',
  '"; DROP TABLE x; --',
  "'''",
  '#{1}',
  '😀',
]

const inputs = [
  { name: 'driver_id', type: 'INT64', role: 'join_key', entity: 'driver' },
  { name: "it's a key", type: 'STRING', role: 'join_key', entity: null },
  { name: 'distance', type: 'DOUBLE', role: 'request', entity: null },
] as const satisfies SnippetRequest['inputs']

const request: SnippetRequest = {
  selection: { service: null, features: hostile.map((name) => `view:${name}`) },
  rows: [
    { driver_id: '9223372036854775807', "it's a key": `$(id) ' " \n`, distance: 7.5 },
    { driver_id: '-1', "it's a key": '', distance: 0 },
  ],
  inputs,
  fullFeatureNames: true,
}

function snippet(name: string, from = onlineSnippets(request)): string {
  const found = from.find((each) => each.name === name)
  if (!found) throw new Error(`no snippet ${name}`)
  return found.text
}

describe('literals', () => {
  test('a TypeScript literal is read back as the same text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(new Function(`return ${quoteTypescript(text)}`)()).toBe(text)
      }),
    )
  })

  test('a shell word is read back as the same text', () => {
    const texts = [...hostile, ...fc.sample(fc.string(), 50)].filter((text) => !text.includes('\0'))
    const printed = execFileSync('/bin/sh', ['-c', `printf '%s\\0' ${texts.map(quoteShell).join(' ')}`]).toString('utf8')
    expect(printed.split('\0').slice(0, -1)).toEqual(texts)
  })

  test('a Python literal is read back as the same text', () => {
    const texts = [...hostile, ...fc.sample(fc.string(), 50)]
    const program = `import json\nprint(json.dumps([${texts.map(quotePython).join(', ')}]))`
    expect(JSON.parse(execFileSync('python3', ['-'], { input: program }).toString('utf8'))).toEqual(texts)
  })
})

describe('onlineSnippets', () => {
  test('TypeScript and Python parse, however hostile the names', () => {
    expect(() => stripTypeScriptTypes(snippet('TypeScript'))).not.toThrow()
    expect(() => stripTypeScriptTypes(snippet('TypeScript', historicalSnippets(request)))).not.toThrow()
    for (const text of [snippet('Python'), snippet('Python', historicalSnippets(request))]) {
      execFileSync('python3', ['-c', 'import ast, sys; ast.parse(sys.stdin.read())'], { input: text })
    }
  })

  test('64-bit integers keep every digit in each language', () => {
    expect(snippet('TypeScript')).toContain('driver_id: 9223372036854775807n')
    expect(snippet('Python')).toContain('"driver_id": 9223372036854775807')
    expect(snippet('curl')).toContain('"driver_id": [9223372036854775807, -1]')
    expect(snippet('gRPC')).toContain('{"int64Val": "9223372036854775807"}')
  })

  test.each(['curl', 'gRPC'])('%s hands its JSON over as one word of the shell', (name) => {
    const command = snippet(name).replace(/^\S+/, 'set --')
    const words = execFileSync('/bin/sh', ['-c', `${command}\nfor word do printf '%s\\0' "$word"; done`])
      .toString('utf8')
      .split('\0')
    const body = words[words.indexOf('-d') + 1] ?? ''
    const parsed: unknown = JSON.parse(body.replace('9223372036854775807', '1'))
    const features = name === 'curl' ? request.selection.features : { val: request.selection.features }
    expect(parsed).toMatchObject({ features })
  })

  test('a service is asked for by name, and an example stands where nobody typed', () => {
    const asked = { ...request, selection: { service: "o'hara", features: [] }, rows: [] }
    expect(snippet('TypeScript', onlineSnippets(asked))).toContain("await store.service('o\\'hara')")
    expect(snippet('Python', onlineSnippets(asked))).toContain('store.get_feature_service("o\'hara")')
    expect(snippet('TypeScript', onlineSnippets(asked))).toContain('driver_id: 1001n')
  })
})
