import { TestRunner } from 'vitest'
import type { Cell, CellCounts, CellPlace } from './cell.ts'

/** Notes a cell of the test that runs: it counts when the test passes. */
const note = (cell: Cell): void => {
  const test = TestRunner.getCurrentTest()
  if (test === undefined) throw new Error('cannot note a cell: no test runs')
  test.meta.cells ??= []
  test.meta.cells.push(cell)
}

/**
 * Says that the test which runs compares this, and how much of it.
 *
 * @example
 * tested({ version: '0.67.0', kind: 'entity', check: 'read' }, { objects: 2 })
 */
export const tested = (place: CellPlace, counts: CellCounts = {}): void => note({ ...place, ...counts, state: 'tested' })

/** Says that the test which runs saw that this cannot be, and why. */
export const impossible = (place: CellPlace, why: string): void => note({ ...place, state: 'impossible', why })

/** Says that the test which runs saw the difference which a row of docs/reference/differences.md has; `words` stand in that row. */
export const deviating = (place: CellPlace, words: string, counts: CellCounts = {}): void =>
  note({ ...place, ...counts, state: 'deviating', why: words })
