import { float64, int64, string } from '@charmed-feast/store'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { safeCsv } from '../src/value/export.ts'
import { statisticsOf } from '../src/value/statistics.ts'
import { type Fixture, openFixture } from './fixture.ts'

let fixture: Fixture
beforeAll(async () => {
  fixture = await openFixture({ openings: { data: true } })
})
afterAll(async () => {
  await fixture[Symbol.asyncDispose]()
  expect(fixture.reported).toEqual([])
})

describe('statistics', () => {
  const day = '2025-11-24'
  const of = (values: readonly unknown[]) => values.map((value) => ({ day, value }))

  test('of numbers are what PostgreSQL says of the same rows', async () => {
    const response = await fixture.send('POST', '/preview/statistics', { project: 'rides', view: 'stats', features: ['conv_rate'] })
    const { features, rows, from, to } = (await response.json()) as {
      features: readonly Record<string, unknown>[]
      rows: string
      from: string
      to: string
    }
    const [theirs] = await fixture.sql(
      `SELECT avg(conv_rate)::float8 AS mean, stddev_samp(conv_rate)::float8 AS stddev,
        percentile_cont(ARRAY[0, 0.25, 0.5, 0.95, 1]) WITHIN GROUP (ORDER BY conv_rate) AS parts FROM driver_stats`,
    )
    const [own] = features
    const quantiles = own?.quantiles as Record<string, number>
    const parts = (theirs?.parts ?? []) as readonly number[]
    expect([rows, from, to]).toEqual(['6', '2025-11-24T10:00:00Z', '2025-11-24T15:00:00Z'])
    expect(own).toMatchObject({ feature: 'conv_rate', type: 'DOUBLE', rows: '6', nulls: '0', distinct: '6' })
    expect(own?.mean).toBeCloseTo(theirs?.mean as number, 10)
    expect(own?.stddev).toBeCloseTo(theirs?.stddev as number, 10)
    for (const [place, part] of ['0', '0.25', '0.5', '0.95', '1'].entries())
      expect(quantiles[part]).toBeCloseTo(parts[place] ?? Number.NaN, 10)
  })

  test('count every value in one bin', () => {
    const { histogram } = statisticsOf('f', float64, of([1, 2, 2, 3, 100, Number.NaN, null]))
    const { edges, counts } = histogram as { edges: readonly number[]; counts: readonly number[] }
    expect(edges).toHaveLength(counts.length + 1)
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(5)
    expect([edges[0], edges.at(-1)]).toEqual([1, 100])
  })

  test('of one value, of none, and of texts', () => {
    expect(statisticsOf('f', int64, of([5n]))).toMatchObject({ mean: 5, stddev: null, histogram: { edges: [5, 5], counts: [1] } })
    expect(statisticsOf('f', int64, of([null, null]))).toMatchObject({
      rows: '2',
      nulls: '2',
      mean: null,
      quantiles: null,
      histogram: null,
      days: [{ nullRate: 1 }],
    })
    expect(statisticsOf('f', int64, [])).toMatchObject({ rows: '0', days: [] })
    const texts = of([...'aabcdefghijklm'])
    expect(statisticsOf('f', string, texts)).toMatchObject({ distinct: '13', mean: null, histogram: { kind: 'values', other: 3 } })
  })
})

describe('an export', () => {
  const asked = {
    ...{ project: 'rides', features: ['stats:trips'], feature_service: null, sql: null, source: null, full_feature_names: false },
    rows: [{ driver_id: '1001', event_timestamp: '2025-11-24T14:00:00Z' }],
  }

  test('is the training set as a file', async () => {
    const response = await fixture.send('POST', '/historical/export?format=csv', asked)
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="training.csv"')
    expect(await response.text()).toBe('driver_id,event_timestamp,trips\r\n1001,2025-11-24T14:00:00.000Z,30\r\n')
  })

  test('holds no formula', () => {
    expect(
      safeCsv(
        ['a', '=b'],
        [
          ['=1+1', '-5'],
          ['@x', '-x'],
          ['a"b', 'c\r\nd'],
          [null, ''],
        ],
      ),
    ).toBe('a,\'=b\r\n\'=1+1,-5\r\n\'@x,\'-x\r\n"a""b","c\r\nd"\r\n,""\r\n')
  })
})
