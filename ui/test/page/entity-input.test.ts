import { describe, expect, test } from 'vitest'
import { type Input, readInput, readPasted, readRows } from '../../src/page/online/entity-input.ts'
import { askRows, readTrainingRows } from '../../src/page/training/row-source.tsx'

const inputs: readonly Input[] = [
  { name: 'driver_id', type: 'INT64', role: 'join_key', entity: 'driver' },
  { name: 'city', type: 'STRING', role: 'join_key', entity: 'city' },
]

describe('readInput', () => {
  test.each([
    ['9223372036854775807', 'INT64', '9223372036854775807'],
    [' -5 ', 'INT32', -5],
    ['0012', 'STRING', '0012'],
    ['1e3', 'DOUBLE', 1000],
    ['TRUE', 'BOOL', true],
    ['[1,2]', 'INT64_LIST', [1, 2]],
  ])('reads %s as %s', (text, type, value) => {
    expect(readInput(text, type)).toEqual({ value })
  })

  test.each([
    ['9223372036854775808', 'INT64'],
    ['2147483648', 'INT32'],
    ['1.5', 'INT64'],
    ['1001x', 'INT64'],
    ['', 'STRING'],
    ['yes', 'BOOL'],
    ['[1', 'INT64_LIST'],
  ])('refuses %s as %s rather than take another value', (text, type) => {
    expect(readInput(text, type)).toHaveProperty('error')
  })
})

describe('readRows', () => {
  test('leaves out empty rows and names what is wrong by row and key', () => {
    const { rows, errors } = readRows([{ driver_id: '1', city: 'Ulm' }, {}, { driver_id: 'x', city: 'Bonn' }], inputs)
    expect(rows).toEqual([{ driver_id: '1', city: 'Ulm' }, { city: 'Bonn' }])
    expect([...errors]).toEqual([['2 driver_id', 'a whole number is needed']])
  })
})

describe('readPasted', () => {
  test('goes by the names of the first line, in any order', () => {
    expect(readPasted('city\tdriver_id\nUlm\t1\nBonn\t2', inputs, 0)).toEqual([
      { city: 'Ulm', driver_id: '1' },
      { city: 'Bonn', driver_id: '2' },
    ])
  })

  test('without names goes by position from where it was pasted', () => {
    expect(readPasted('Ulm\nBonn', inputs, 1)).toEqual([{ city: 'Ulm' }, { city: 'Bonn' }])
  })

  test('leaves a single value to the browser', () => {
    expect(readPasted('1001', inputs, 0)).toBeNull()
  })
})

describe('readTrainingRows', () => {
  test('reads a time without a zone as UTC', () => {
    expect(readTrainingRows('driver_id,city,event_timestamp\n1,Ulm,2026-11-24 10:00', inputs)).toEqual({
      rows: [{ driver_id: '1', city: 'Ulm', event_timestamp: '2026-11-24T10:00:00.000Z' }],
    })
  })

  test.each([
    ['driver_id,city\n1,Ulm', 'the first line must name event_timestamp'],
    ['driver_id,city,event_timestamp\n1,Ulm,soon', 'row 1, event_timestamp: a time such as 2026-11-24T10:00:00Z is needed'],
    ['driver_id,city,event_timestamp\nx,Ulm,2026-11-24', 'row 1, driver_id: a whole number is needed'],
    ['', 'a line of names and at least one row are needed'],
  ])('says what is wrong with %s', (text, error) => {
    expect(readTrainingRows(text, inputs)).toEqual({ error })
  })

  test('one way to say rows is asked for, the others are null', () => {
    const from = { mode: 'source' as const, text: '', source: 'stats', sql: 'SELECT 1', start: '2026-11-01T00:00', end: '' }
    expect(askRows(from, inputs)).toEqual({ rows: null, sql: null, source: 'stats', start: '2026-11-01T00:00:00Z', end: null })
    expect(askRows({ ...from, source: '' }, inputs)).toEqual({ error: 'a data source is needed' })
  })
})
