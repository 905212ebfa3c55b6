import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readYaml, type YamlNode } from '../../store/src/config/yaml-tree.ts'
import { deviating, tested } from '../src/cell-note.ts'
import { type FeastVersion, feastVersions } from '../src/environment.ts'
import { runPython } from '../src/python.ts'

/** PyYAML's verdict on each text: what kinds and values it reads, or that it refuses. */
const script = `
import datetime, json, math, sys, yaml
def shown(value):
    if value is None: return ['null']
    if isinstance(value, bool): return ['boolean', value]
    if isinstance(value, int): return ['integer', str(value)]
    if isinstance(value, float): return ['float', repr(value) if not math.isfinite(value) else value.hex()]
    if isinstance(value, str): return ['text', value]
    if isinstance(value, (datetime.date, datetime.datetime)): return ['date']
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value): return 'refused'
        entries = [[key, shown(item)] for key, item in sorted(value.items())]
        return 'refused' if any(item == 'refused' for _, item in entries) else ['map', entries]
    if isinstance(value, list):
        items = [shown(item) for item in value]
        return 'refused' if 'refused' in items else ['list', items]
    return 'refused'
def verdict(text):
    try: return shown(yaml.safe_load(text))
    except Exception: return 'refused'
print(json.dumps([verdict(text) for text in json.load(sys.stdin)]))
`

const hex = (value: number): string => {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  return String(value)
}

const unhex = (text: string): string => {
  const [, sign, whole, fraction, exponent] = /^(-?)0x([01])\.?([0-9a-f]*)p([+-]\d+)$/.exec(text) ?? []
  if (whole === undefined) return text
  const digits = Number.parseInt(`${whole}${fraction}`, 16) / 16 ** (fraction ?? '').length
  return String((sign === '-' ? -1 : 1) * digits * 2 ** Number(exponent))
}

const shown = (node: YamlNode): unknown => {
  switch (node.kind) {
    case 'null':
      return ['null']
    case 'date':
      return ['date']
    case 'integer':
      return ['integer', String(node.value)]
    case 'float':
      return ['float', hex(node.value)]
    case 'list':
      return ['list', node.items.map(shown)]
    case 'map':
      return [
        'map',
        [...node.entries]
          .map(([key, value]) => [key, shown(value)] as const)
          .sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
      ]
    default:
      return [node.kind, node.value]
  }
}

const ours = (text: string): unknown => {
  try {
    return shown(readYaml(text))
  } catch {
    return 'refused'
  }
}

const comparable = (verdict: unknown): unknown => {
  if (!Array.isArray(verdict)) return verdict
  const [kind, value] = verdict as [string, unknown]
  if (kind === 'float') return [kind, unhex(String(value))]
  if (kind === 'list') return [kind, (value as unknown[]).map(comparable)]
  if (kind === 'map') return [kind, (value as [string, unknown][]).map(([key, item]) => [key, comparable(item)])]
  return verdict
}

/** Texts on which we differ: read as something else, or accepted on one side alone. */
const differing = async (texts: readonly string[], version: FeastVersion = '0.67.0') => {
  const theirs = (await runPython(version, script, { input: texts })) as readonly unknown[]
  expect(theirs).toHaveLength(texts.length)
  const different = texts
    .map((text, at) => ({ text, mine: ours(text), python: comparable(theirs[at]) }))
    .filter(({ mine, python }) => JSON.stringify(mine) !== JSON.stringify(python))
  return {
    both: different.filter(({ mine, python }) => mine !== 'refused' && python !== 'refused'),
    onlyPython: different.filter(({ mine }) => mine === 'refused').map(({ text }) => text),
    onlyOurs: different.filter(({ python }) => python === 'refused').map(({ text }) => text),
  }
}

const scalars = [
  ...[
    'yes',
    'Yes',
    'YES',
    'yEs',
    'no',
    'on',
    'Off',
    'OFF',
    'true',
    'True',
    'tRue',
    'y',
    'Y',
    'n',
    'N',
    '~',
    'null',
    'Null',
    'NULL',
    'nULL',
    'none',
    'None',
  ],
  ...[
    '0',
    '-0',
    '+0',
    '00',
    '01',
    '012',
    '0123',
    '089',
    '0o17',
    '0b101',
    '0b',
    '0b2',
    '0x1F',
    '-0x1f',
    '0xg',
    '1_000',
    '_1',
    '1_',
    '1__0',
    '-1',
    '+1',
    '- 1',
    '--1',
    '9007199254740993',
    '1e3',
    '1E3',
  ],
  ...['1:30', '12:30:45', '0:30', '1:60', '1:5', '190:20:30', '-1:30', '1:30.5', '190:20:30.15', '12:30:45:10'],
  ...[
    '1.0',
    '1.',
    '.5',
    '-.5',
    '+.5',
    '1.5e3',
    '1.5e+3',
    '1.5E-3',
    '.5e+1',
    '1_0.5_0',
    '.',
    '..',
    '.inf',
    '-.inf',
    '+.INF',
    '.Inf',
    '.iNf',
    '.nan',
    '.NaN',
    '.NAN',
    '-.nan',
    '1.2.3',
    '1e+3',
    '6.8523015e+5',
  ],
  ...[
    '2024-01-01',
    '2024-1-1',
    '2024-01-01T00:00:00Z',
    '2024-01-01 00:00:00',
    '2024-1-1 0:00:00 +1',
    '2024-01-01T00:00:00.5-07:00',
    '2024-01',
    '2024-01-01x',
    '20240101',
  ],
  ...[
    '=',
    '<<',
    '!',
    '&',
    '*',
    '-',
    '?',
    ':',
    '- a',
    'a: b',
    'a:b',
    'a :b',
    'a #b',
    'a#b',
    '#a',
    '%a',
    '@a',
    '`a',
    '|',
    '>',
    '{a: 1}',
    '[1, yes]',
    '{}',
    '[]',
    '"a"',
    "'a'",
    "'it''s'",
    '"\\x41"',
    '"\\u00e9"',
    '"\\/"',
    '"\\q"',
    '"a',
    "'a",
    '{a',
    'a]',
    '*a',
    '&a b',
    '&a',
    '!!str 1',
    '!!int "1"',
    '!!float 1',
    '!!float "x"',
    '!!null x',
    '!!bool yes',
    '!!bool "yes"',
    '!!binary aGk=',
    '!!set {a}',
    '!x a',
    '!!python/name:os.system a',
    '! 1',
    'é',
    '😀',
    '\u0007',
    '\ufeff',
    'a\tb',
    '\ta',
    '$x',
    '$' + '{x}',
    'p@ss',
    'a,b',
    'a{b',
    'a}b',
    '-a',
    '?a',
    ':a',
    'a:',
    'a: ',
    '---',
    '...',
    '--- a',
    'postgresql://u:p@h:5432/d?x=y',
    '%YAML 1.1',
  ],
]

describe('a configuration is read as PyYAML reads it', () => {
  test('where a value stands alone', async () => {
    const { both, onlyOurs, onlyPython } = await differing(scalars.map((scalar) => `key: ${scalar}\n`))
    expect(both).toEqual([])
    expect(onlyPython).toEqual([])
    // PyYAML takes a tab for a mistake wherever it stands outside of quotes.
    expect(onlyOurs.filter((text) => !text.includes('\t'))).toEqual([])
  })

  test('where a value is an item of a list, a flow, a key', async () => {
    const texts = scalars.flatMap((scalar) => [`key:\n- ${scalar}\n`, `key: [${scalar}]\n`, `? ${scalar}\n: x\n`, `${scalar}: x\n`])
    const { both, onlyOurs, onlyPython } = await differing(texts)
    // A question mark begins a key in a flow for PyYAML, and a colon a value; both stand inside of plain text for YAML 1.2.
    expect(both.map(({ text }) => text)).toEqual(['key: [?a]\n'])
    expect(onlyPython).toEqual(['key: [-]\n'])
    const known = ['key: [!]\n', '&: x\n', '%a: x\n', '&a: x\n', 'key: [:a]\n', 'key: [postgresql://u:p@h:5432/d?x=y]\n', '%YAML 1.1: x\n']
    expect(onlyOurs.filter((text) => !text.includes('\t'))).toEqual(known)
  })

  test.each([
    [
      '',
      '# nothing\n',
      '---\n',
      '~',
      'a',
      '- a',
      'a: 1\na: 2\n',
      'a: 1\n---\nb: 2\n',
      'a: 1\n...\n',
      '---\na: 1\n',
      '%YAML 1.1\n---\na: 1\n',
      '\ufeffa: 1\n',
      'a: 1\r\nb: 2\r\n',
    ],
    [
      'a:\n  b: 1\n c: 2\n',
      'a:\n\tb: 1\n',
      'a: 1\n  b: 2\n',
      'a:\n- 1\n- 2\nb: 1\n',
      'a: |\n  x\n  y\nb: >-\n  x\n  y\n',
      'a: "x\n  y"\n',
      'a: x\n  y\n',
      'a: b: c\n',
      'a: [1,\n 2]\n',
      'a: {b: 1,\n c: 2}\n',
    ],
    [
      'x: &x {a: 1, b: 2}\ny: {<<: *x, b: 3}\n',
      'x: &x {a: 1}\nz: &z {a: 2, c: 3}\ny:\n  <<: [*x, *z]\n',
      'y: {<<: 1}\n',
      'y: {<<: [1]}\n',
      'x: &x 1\ny: *x\n',
      'y: *x\n',
      'x: &x\n  <<: {a: 1}\n  b: 1\ny:\n  c: 1\n  <<: *x\n',
      'x: &x {a: 1}\nx: &x {a: 2}\ny: *x\n',
      '"<<": {a: 1}\n',
      'x: &a 1\ny: &a 2\nz: *a\n',
    ],
    [
      '? a\n: b\n',
      '? [a]\n: b\n',
      '1: a\n',
      'yes: a\n',
      '~: a\n',
      '{a: 1}: b\n',
      'a\n',
      "'a': 1\n",
      '"a": 1\n',
      'a:1\n',
      'a:\n',
      'a:\nb:\n',
      ': a\n',
      'a: 1 # x\n',
      'a: "1" # x\n',
      'a: "1"# x\n',
      'a: [1]#x\n',
      'a: !!map {b: 1}\n',
      'a: !!seq [1]\n',
      'a: !!str [1]\n',
      'a: !x [1]\n',
    ],
  ])('in the documents of group %#', async (...texts) => {
    const { both, onlyOurs, onlyPython } = await differing(texts)
    expect(both).toEqual([])
    // The same anchor twice; a comment without a blank before it.
    expect(onlyOurs.filter((text) => !/&(\w).*&\1/s.test(text))).toEqual([])
    expect(onlyPython.filter((text) => !/["\]]#/.test(text))).toEqual([])
  })

  test.each(feastVersions)('where the text is of these pieces in any order, Feast %s', async (version) => {
    const texts = fc.sample(
      fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((parts) => `key: ${parts.join('')}`),
      { numRuns: 20_000, seed: 11 },
    )
    const { both, onlyPython, onlyOurs } = await differing(texts, version)
    expect(both).toEqual([])
    expect(onlyOurs).toEqual([])
    // A comment without a blank before it, a block that begins a line, a quoted text that goes on in the first column.
    expect(onlyPython.length).toBeLessThan(20)
    deviating({ version, operation: 'yaml' }, 'a comment without a blank before it', { values: onlyPython.length })
    tested({ version, operation: 'yaml' }, { values: texts.length - onlyPython.length })
  })
})

const pieces = [
  'a',
  'b',
  ': ',
  ':',
  '\n',
  '\n  ',
  '- ',
  ' ',
  '"',
  "'",
  '#',
  ' #',
  '[',
  ']',
  '{',
  '}',
  ', ',
  '1',
  'yes',
  '|',
  '>',
  '&a ',
  '*a',
  '!',
  '~',
  '\\',
  '%',
  '? ',
  '<<: ',
  '.',
  '-',
  '0',
]
