import { expect, test } from 'vitest'

import { parsePythonYaml } from '../../src/testing/golden/python-yaml.ts'

// Each line is what PyYAML 6.0 `yaml.safe_load` gives (times are shown as the text they were written as).
test.each<readonly [string, unknown]>([
  ['yes', true],
  ['y', 'y'],
  ['n', 'n'],
  ['on', true],
  ['TRUE', true],
  ['tRue', 'tRue'],
  ['0123', 83],
  ['0o17', '0o17'],
  ['08', '08'],
  ['00', 0],
  ['0x1F', 31],
  ['0b101', 5],
  ['1_000', 1000],
  ['+1', 1],
  ['1e3', '1e3'],
  ['1.5e3', '1.5e3'],
  ['1.5e+3', 1500],
  ['1.', 1],
  ['.5', 0.5],
  ['-.5', '-.5'],
  ['685_230.15e+03', 685230150],
  ['12:30:45', 45045],
  ['190:20:30.15', 685230.15],
  ['1:60', '1:60'],
  ['~', null],
  ['Null', null],
  ['nUll', 'nUll'],
  ['2024-01-01', { time: '2024-01-01' }],
  ['2024-1-1', '2024-1-1'],
  ["'yes'", 'yes'],
  ['"1"', '1'],
  ['!!str 123', '123'],
  ['a: &x 1\nb: *x', { a: 1, b: 1 }],
  ['<<: {a: 1}\nb: 2', { a: 1, b: 2 }],
  ['a: 1\na: 2', { a: 2 }],
  ['a: |\n  x\n  y\n', { a: 'x\ny\n' }],
  ['a: >\n  x\n  y\n', { a: 'x y\n' }],
])('%s is what PyYAML reads', (text, value) => {
  expect(parsePythonYaml(text)).toEqual(value)
})

test('what is no YAML is refused', () => {
  expect(() => parsePythonYaml('a: [1')).toThrow()
})
