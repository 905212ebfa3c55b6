import { expect, test } from 'vitest'
import { medianLength, sizeProblems } from '../size.ts'
import { readSources, type SourceFile } from '../tree.ts'

/** Files of more than 300 lines, each with the reason. */
const reasons: Readonly<Record<string, string>> = {
  'bundle/src/model/local-model.ts': 'the local model itself: one short method a thing that one asks of Juju',
  'store/src/errors.ts': 'a table: one row an error, and a reader looks for them in one place',
  'store/src/store.ts': 'the store itself: one short method an operation, which passes on to the room that does it',
}

/** Files of more than 500 lines that wait for being split. One that was split must leave this list. */
const overdue: readonly string[] = []

const file = (path: string, lines: number): SourceFile => ({ path, text: 'x\n'.repeat(lines) })

test('no file is too long, and the median is short', async () => {
  const files = await readSources()
  const problems = sizeProblems(files, reasons)
  const isKnown = (problem: string): boolean => overdue.some((path) => problem.startsWith(`${path} `))
  expect(problems.filter((problem) => !isKnown(problem))).toEqual([])
  expect(problems.filter(isKnown)).toHaveLength(overdue.length)
  process.stdout.write(`median length of the product's files: ${medianLength(files)} lines\n`)
  expect(medianLength(files)).toBeLessThan(120)
})

test('a long file is found, unless it has a reason; a very long one has none', () => {
  const files = [
    file('store/src/a.ts', 300),
    file('store/src/b.ts', 301),
    file('store/src/c.ts', 500),
    file('charms/feast-ui/src/d.ts', 501),
  ]
  expect(sizeProblems(files, { 'store/src/c.ts': 'a table', 'charms/feast-ui/src/d.ts': 'a table too' })).toEqual([
    'store/src/b.ts has 301 lines: split it by noun, or give the reason in house/test/size.test.ts',
    'charms/feast-ui/src/d.ts has 501 lines: split it by noun; no file has more than 500',
  ])
})

test('a test may be longer, but not without end', () => {
  expect(sizeProblems([file('store/test/a.test.ts', 500), file('house/b.ts', 400)], {})).toEqual([])
  expect(sizeProblems([file('store/test/a.test.ts', 501)], {})).toHaveLength(1)
})

test('a reason that nothing needs is found', () => {
  const gone = 'store/src/a.ts needs no reason any more: take it out of house/test/size.test.ts'
  expect(sizeProblems([file('store/src/a.ts', 300)], { 'store/src/a.ts': 'a table' })).toEqual([gone])
  expect(sizeProblems([], { 'store/src/a.ts': 'a table' })).toEqual([gone])
})

test('the median is the length in the middle, and tests do not count', () => {
  const files = [file('cli/src/a.ts', 10), file('cli/src/b.ts', 1000), file('cli/src/c.ts', 70), file('cli/test/d.test.ts', 1)]
  expect(medianLength(files)).toBe(70)
  expect(medianLength([])).toBe(0)
})
