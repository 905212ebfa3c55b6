import { expect, test } from 'vitest'
import type { Cell, CellPlace } from '../src/cell.ts'
import type { FeastVersion } from '../src/environment.ts'
import type { Known } from '../src/known.ts'
import { columns, type Matrix, matrixOf, placeText } from '../src/matrix.ts'
import { matrixPage, matrixSummary, pageDifference } from '../src/matrix-text.ts'

const known: Readonly<Record<FeastVersion, Known>> = {
  '0.49.0': { kinds: ['entity'], types: ['INT64'], renumbered: [] },
  '0.67.0': { kinds: ['entity', 'label-view'], types: ['INT64', 'UUID'], renumbered: [] },
}
const differences = '| Older values overwrite newer ones. | They do not. | a test |'

const places = matrixOf(known, [], differences).places
const all = (change: (place: CellPlace) => Partial<Cell> = () => ({})): readonly Cell[] =>
  places.map((place): Cell => ({ ...place, state: 'tested', objects: 1, rows: 2, values: 3, ...change(place) }) as Cell)
const of = (cells: readonly Cell[]): Matrix => matrixOf(known, cells, differences)
const uuidKey: CellPlace = { version: '0.67.0', type: 'UUID', check: 'key' }
const only = (wanted: CellPlace, change: Partial<Cell>) => all((place) => (placeText(place) === placeText(wanted) ? change : {}))

test('there is a cell for each check of each kind and type of each release, and for each operation', () => {
  const { kinds, types, operations } = columns
  expect(places).toHaveLength(3 * kinds.length + 3 * types.length + 2 * operations.length)
  expect(new Set(places.map(placeText)).size).toBe(places.length)
})

test('a run that looked at every cell has no problem', () => {
  expect(of(all()).problems).toEqual([])
})

test('a cell that nobody looked at is a problem, and is named', () => {
  const { problems, of: outcome } = of(all().filter((cell) => placeText(cell) !== placeText(uuidKey)))
  expect(problems).toEqual(['Feast 0.67.0: UUID, as the type of a join key: nobody looked'])
  expect(outcome(uuidKey).state).toBe('untested')
})

test('so is what a release does not have', () => {
  const cell: Cell = { version: '0.49.0', kind: 'label-view', check: 'read', state: 'tested' }
  expect(of([...all(), cell]).problems).toEqual([
    'Feast 0.49.0: label-view, Python writes it, we read it whole, byte for byte: Feast knows no such thing',
  ])
})

test('so is a cell that is said to be impossible and was compared', () => {
  expect(of([...all(), { ...uuidKey, state: 'impossible', why: 'no reason' }]).problems).toEqual([
    'Feast 0.67.0: UUID, as the type of a join key: said to be impossible, and compared',
  ])
})

test('so is a difference that is not written down', () => {
  expect(of(only(uuidKey, { state: 'deviating', why: 'Older values overwrite' })).problems).toEqual([])
  expect(of(only(uuidKey, { state: 'deviating', why: 'Nobody said so' })).problems).toEqual([
    'Feast 0.67.0: UUID, as the type of a join key: docs/reference/differences.md says nothing of "Nobody said so"',
  ])
})

test('what several tests noted of a cell is added up, and a difference is seen beside what is the same', () => {
  const cells: readonly Cell[] = [
    { ...uuidKey, state: 'tested', values: 3 },
    { ...uuidKey, state: 'deviating', why: 'Older values overwrite', values: 4 },
  ]
  expect(of(cells).of(uuidKey)).toEqual({ state: 'deviating', whys: ['Older values overwrite'], objects: 0, rows: 0, values: 7 })
})

test('the summary counts cells by what came of them, and what they compared', () => {
  const text = matrixSummary(of(only(uuidKey, { state: 'impossible', why: 'Feast has no such key' })))
  const cells = places.filter(({ version }) => version === '0.67.0').length
  expect(text).toContain(
    `Feast 0.67.0: ${cells} cells: ${cells - 1} tested, 0 deviating, 1 impossible, 0 untested; ${cells} objects of 2 kinds, ${2 * cells} rows, ${3 * cells} values of 2 types compared`,
  )
  expect(text).toContain('- Feast has no such key: UUID d')
})

test('the page is the same whatever was counted, and what differs of it is named', () => {
  const page = matrixPage(of(all()), '18')
  expect(matrixPage(of(all(() => ({ rows: 99 }))), '18')).toBe(page)
  expect(pageDifference(page, page)).toEqual([])
  expect(pageDifference(page, matrixPage(of(only(uuidKey, { state: 'impossible', why: 'Feast has no such key' })), '18'))).toEqual([
    expect.stringMatching(/^- \| UUID +\| ✓ /),
    expect.stringMatching(/^\+ \| UUID +\| ✓ /),
    '+ Impossible:',
    '+ - Feast has no such key: UUID d',
  ])
})
