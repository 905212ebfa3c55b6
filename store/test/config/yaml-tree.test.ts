import { describe, expect, test } from 'vitest'
import { readScalar } from '../../src/config/yaml-scalar.ts'
import { plainValue, readYaml, YamlFault } from '../../src/config/yaml-tree.ts'

// conformance/test/config-yaml.test.ts holds all of this against PyYAML.

describe('a plain scalar', () => {
  test.each([
    ['yes', 'boolean', true],
    ['Off', 'boolean', false],
    ['y', 'text', 'y'],
    ['yEs', 'text', 'yEs'],
    ['', 'null', null],
    ['~', 'null', null],
    ['0123', 'integer', 83],
    ['0x1F', 'integer', 31],
    ['-0b101', 'integer', -5],
    ['1_000', 'integer', 1000],
    ['12:30:45', 'integer', 45045],
    ['-1:30', 'integer', -90],
    ['9007199254740993', 'integer', 9007199254740993n],
    ['089', 'text', '089'],
    ['0o17', 'text', '0o17'],
    ['1.', 'float', 1],
    ['1e3', 'text', '1e3'],
    ['1.0e+3', 'float', 1000],
    ['190:20:30.15', 'float', 685230.15],
    ['-.INF', 'float', -Infinity],
    ['.nan', 'float', Number.NaN],
    ['2024-01-01', 'date', '2024-01-01'],
    ['2024-1-1 0:00:00 +1', 'date', '2024-1-1 0:00:00 +1'],
    ['2024-1-1', 'text', '2024-1-1'],
  ])('%s is of kind %s', (text, kind, value) => {
    expect(readScalar(text)).toEqual({ kind, value })
  })
})

describe('a document', () => {
  test('has lines, and quoted text is text', () => {
    const root = readYaml('a: "1"\nb:\n  - yes\n  - \'no\'\n')
    expect(plainValue(root)).toEqual({ a: '1', b: [true, 'no'] })
    expect(root.kind === 'map' && root.entries.get('b')).toMatchObject({ line: 3, items: [{ line: 3 }, { line: 4 }] })
  })

  test('takes the last of equal keys, and merges', () => {
    expect(plainValue(readYaml('a: 1\na: 2\n'))).toEqual({ a: 2 })
    expect(plainValue(readYaml('x: &x {a: 1, b: 2}\ny: &y {a: 3}\nz: {<<: [*x, *y], b: 4}\n'))).toMatchObject({ z: { a: 1, b: 4 } })
  })

  test.each([
    ['a: *secret', 'a name after * is not defined; quote text that begins with *'],
    ['a: b: secret', 'there are two ": " on one line; quote the value'],
    ['a: @secret', 'text begins with a character that is reserved; quote it'],
    ['a: "\\secret"', 'a backslash inside of double quotes begins nothing known; write it twice, or use single quotes'],
    ["a: 'secret", 'a quote, a bracket or a colon is missing'],
    ['a: {secret', 'it is indented wrongly, or a bracket is not closed'],
    ['a: =', 'a single = means something else in YAML 1.1; quote it'],
    ['a: !secret b', 'its tag has no meaning here, or not for this text'],
    ['a: !!python/name:os.system b', 'its tag has no meaning here, or not for this text'],
    ['a: !!set {b}', 'its tag has no meaning here'],
    ['1: secret', 'a key is no text but of kind integer; quote it'],
    ['a: 1\n---\nb: 2\n', 'a second document begins'],
    ['a: &a [*a]\n', 'it holds itself'],
    ['a: \u0007', 'it holds a character that YAML does not allow'],
  ])('is refused without quoting it: %s', (text, why) => {
    const read = (): unknown => readYaml(text)
    expect(read).toThrow(YamlFault)
    expect(read).toThrow(why)
    expect(read).not.toThrow(/secret/)
  })

  test('whose aliases unfold without end is refused', () => {
    const lines = Array.from(
      { length: 12 },
      (_, at) =>
        `a${at}: &a${at} [${
          at === 0
            ? 'x'
            : Array(10)
                .fill(`*a${at - 1}`)
                .join(', ')
        }]`,
    )
    expect(() => readYaml(lines.join('\n'))).toThrow('its aliases unfold to more than 100000 parts')
  })
})
