import { expect, test } from 'vitest'
import { fitColumns } from '../../src/part/fit-columns.ts'

const columns = [
  { id: 'name', width: 'name' },
  { id: 'state', width: 's' },
  { id: 'age', width: 'm', from: 'medium' },
  { id: 'text', width: 'wide', from: 'wide' },
  { id: 'owner', width: 'm', from: 'wide' },
  { id: 'tags', width: 'l', from: 'medium' },
] as const

function shownAt(width: number): readonly string[] {
  return fitColumns(columns, width).map(({ id }) => id)
}

test('all columns stand where there is room for all', () => {
  expect(shownAt(1400)).toEqual(['name', 'state', 'age', 'text', 'owner', 'tags'])
})

test('columns for wide screens go first, from the right', () => {
  expect(shownAt(900)).toEqual(['name', 'state', 'age', 'text', 'tags'])
  expect(shownAt(700)).toEqual(['name', 'state', 'age', 'tags'])
})

test('then those for medium ones; the name and what every screen shows stay', () => {
  expect(shownAt(420)).toEqual(['name', 'state', 'age'])
  expect(shownAt(320)).toEqual(['name', 'state'])
  expect(shownAt(100)).toEqual(['name', 'state'])
})
