import { describe, expect, test } from 'vitest'
import { niceTicks, scaleLinear } from '../../src/chart/scale.ts'
import { placeTimes } from '../../src/chart/time-line.tsx'
import { neighboursOf } from '../../src/page/detail/related.tsx'
import { readFrom, readOptions, sourceType } from '../../src/page/source/source.ts'
import { readInputTime, writeInputTime } from '../../src/page/view/input-time.ts'
import { splitCode } from '../../src/part/code-words.ts'
import { findWords } from '../../src/shell/marked.tsx'

describe('a data source', () => {
  const configuration = btoa('{"name": "x", "query": "", "table": "driver_stats"}')

  test('of PostgreSQL is named so, and says its table', () => {
    const source = {
      name: 'x',
      type: 'CUSTOM_SOURCE',
      dataSourceClassType: 'feast.infra.a.PostgreSQLSource',
      customOptions: { configuration },
    }
    expect(sourceType(source)).toBe('PostgreSQL')
    expect(readFrom(source)).toBe('driver_stats')
  })

  test('says no table when its options cannot be read', () => {
    expect(readOptions({ name: 'x', customOptions: { configuration: '!!!' } })).toBeNull()
    expect(sourceType({ name: 'x', type: 'STREAM_KAFKA' })).toBe('Kafka')
  })
})

test('neighbours are found on either end, by kind, without features and without twins', () => {
  const view = { type: 'featureView', name: 'stats' }
  const service = { source: view, target: { type: 'featureService', name: 'pricing' } }
  const source = { source: { type: 'dataSource', name: 'hourly' }, target: view }
  const feature = { source: { type: 'feature', name: 'rate' }, target: view }
  expect([...neighboursOf([service, service, source, feature], 'featureView', 'stats')]).toEqual([
    ['featureService', ['pricing']],
    ['dataSource', ['hourly']],
  ])
})

test('code is split into parts that are the code again', () => {
  const code = "import x  # why\nprint('a # b', 12)\n"
  const parts = splitCode(code, 'python')
  expect(parts.map(({ text }) => text).join('')).toBe(code)
  expect(parts.filter(({ look }) => look !== '').map(({ look, text }) => [look, text])).toEqual([
    ['word', 'import'],
    ['comment', '# why'],
    ['string', "'a # b'"],
    ['number', '12'],
  ])
})

test('axes name round values, and a range of nothing lies in the middle', () => {
  expect(niceTicks(0, 97, 4)).toEqual([0, 50])
  expect(niceTicks(0, 1, 4)).toEqual([0, 0.5, 1])
  expect(scaleLinear([5, 5], [0, 10])(5)).toBe(5)
})

test('times keep their order and their distance from each other', () => {
  const x = placeTimes([0, 1, 2, 1000], 0, 100)
  expect([x(0), x(1000)]).toEqual([0, 100])
  expect(x(2) - x(1)).toBeGreaterThan(15)
  expect(x(1000) - x(2)).toBeGreaterThan(x(2) - x(1))
})

test('a time that was typed is UTC', () => {
  expect(readInputTime('2026-11-24T10:00')).toBe('2026-11-24T10:00:00Z')
  expect(readInputTime('')).toBeNull()
  expect(writeInputTime('2026-11-24T10:00:30Z')).toBe('2026-11-24T10:00')
})

test('found words are marked once, in order, whatever the case', () => {
  expect(findWords('Driver stats of a driver', 'STATS driver tag:x')).toEqual([
    [0, 6],
    [7, 12],
  ])
  expect(findWords('abc', 'ab bc')).toEqual([[0, 2]])
})
