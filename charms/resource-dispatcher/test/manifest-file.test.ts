import { assert, constant, dictionary, json, oneof, property, string } from 'fast-check'
import { expect, test } from 'vitest'
import { parse } from 'yaml'

import { parsePythonYaml } from '../../../charm/src/testing/golden/python-yaml.ts'
import { type Manifest, manifestKey } from '../src/manifest.ts'
import { manifestPaths, printManifest } from '../src/manifest-file.ts'
import { prepareAttachment } from '../src/sync/attachment.ts'

/** Texts full of what a template engine would touch. */
const braces = oneof(
  constant('{'),
  constant('}'),
  constant('%'),
  constant('#'),
  constant('NAMESPACE'),
  constant(' '),
  constant('\\'),
  string({ unit: 'binary' }),
)
const text = string({ unit: braces, maxLength: 12 })

/** What Jinja takes for the beginning of something, once the one template that is meant is taken out. */
const openings = (file: string): readonly string[] => file.replace(/\{\{\s*NAMESPACE\s*\}\}/g, '').match(/\{[{%#]/g) ?? []

const manifest = (name: string, more: Partial<Manifest> = {}): Manifest => ({
  apiVersion: 'v1',
  kind: 'Secret',
  name,
  namespace: null,
  content: { apiVersion: 'v1', kind: more.kind ?? 'Secret', metadata: { name } },
  ...more,
})

test('a file means what the manifest means, to JSON, to YAML 1.2 and to YAML 1.1', () => {
  assert(
    property(
      dictionary(
        text,
        oneof(
          text,
          json().map((value) => JSON.parse(value) as unknown),
        ),
      ),
      (content) => {
        const file = printManifest(content)
        const wanted = JSON.parse(JSON.stringify(content))
        expect(JSON.parse(file)).toEqual(wanted)
        expect(parse(file, { maxAliasCount: 0, uniqueKeys: false, schema: 'json' })).toEqual(wanted)
      },
    ),
  )
  const odd = {
    yes: 'yes',
    octal: '012',
    time: '12:30:45',
    day: '2024-01-01',
    text: 'a: b # c',
    lines: 'l1\nl2\n',
    key: 'ñ-🔑\u0085\u2028',
  }
  expect(parsePythonYaml(printManifest(odd))).toEqual(odd)
})

test('a file opens no template but the one that is meant', () => {
  assert(
    property(dictionary(text, text), (content) => {
      expect(openings(printManifest(content))).toEqual([])
    }),
  )
  expect(printManifest({ a: '{{ NAMESPACE }} {{{NAMESPACE}} {{ 7*7 }}' })).toBe(
    '{\n  "a": "{{ NAMESPACE }} \\u007b{{NAMESPACE}} \\u007b{ 7*7 }}"\n}\n',
  )
})

test('what a namespace gets of a file is its own name in the place of the template, and nothing else changed', () => {
  assert(
    property(text, (value) => {
      const content = { ...manifest('x').content, stringData: { value } }
      const read = JSON.parse(printManifest(content))
      const got = JSON.parse(prepareAttachment(manifest('x', { content: read })).parts.join('alice'))
      expect(got.stringData.value).toBe(value.replace(/\{\{ *NAMESPACE *\}\}/g, 'alice'))
    }),
  )
})

test('keys are sorted at every depth, so that the same manifest is the same file', () => {
  expect(printManifest({ b: { d: 1, c: [{ f: 1, e: 2 }] }, a: 1 })).toBe(printManifest({ a: 1, b: { c: [{ e: 2, f: 1 }], d: 1 } }))
})

test('each manifest has a file of its own, below its namespace', () => {
  const manifests = [
    manifest('s'),
    manifest('s', { namespace: 'alice' }),
    manifest('s', { kind: 'ConfigMap' }),
    manifest('s', { kind: 'Role', apiVersion: 'rbac.authorization.k8s.io/v1' }),
  ]
  const paths = manifestPaths(manifests)
  expect(manifests.map((each) => paths.get(manifestKey(each)))).toEqual([
    '_global/s.yaml',
    'alice/s.yaml',
    '_global/s%ConfigMap.yaml',
    '_global/s%Role.yaml',
  ])
})

test('the longest names that Kubernetes takes fit into a file’s name, and stay apart', () => {
  const long = 'a'.repeat(252)
  const paths = [...manifestPaths([manifest(`${long}b`), manifest(`${long}c`), manifest(`${long}b`, { kind: 'ConfigMap' })]).values()]
  expect(new Set(paths).size).toBe(3)
  for (const path of paths) expect(Buffer.byteLength(path.slice('_global/'.length))).toBeLessThanOrEqual(255)
})
