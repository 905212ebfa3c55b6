import { describe, expect, test } from 'vitest'
import { restRequests, seededNumbers } from '../../conformance/src/rest-requests.ts'
import { routes } from '../src/routes.ts'
import { openFixture } from './fixture.ts'

const hostile = [
  ...[
    '',
    ' ',
    '.',
    '..',
    '../../etc/passwd',
    '%',
    '%00',
    '\0',
    '"',
    "'",
    "'; DROP TABLE entities; --",
    '<script>alert(1)</script>',
    '$1',
    '\\',
  ],
  ...[
    '__proto__',
    'constructor',
    'toString',
    'null',
    'NaN',
    '-1',
    '1e999',
    '9'.repeat(400),
    'ü',
    '😀',
    '\u202e',
    'a'.repeat(3000),
    '{}',
    '[]',
    '$' + '{x}',
  ],
  ...[
    'stats',
    'rides',
    'driver',
    'featureView',
    'stats:trips',
    'entity:driver',
    '2025-11-24',
    'true',
    '5',
    'tag:',
    '-',
    '"unclosed',
    'fresh:<',
    'spec.name',
  ],
]

describe('hostile requests', () => {
  test('are answered, 5,000 of them, and none of them by a failure', async () => {
    await using fixture = await openFixture({ openings: { data: true, writes: true } })
    const next = seededNumbers(5)
    const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T
    const value = (depth = 0): unknown => {
      const roll = next()
      if (roll < 0.5 || depth > 3) return pick(hostile)
      if (roll < 0.6) return pick([0, -1, 1.5, 1e308, true, null])
      return roll < 0.8
        ? [value(depth + 1), value(depth + 1)]
        : { [pick(hostile)]: value(depth + 1), [pick(['project', 'name', 'spec', 'views'])]: value(depth + 1) }
    }
    const asked = routes.filter(({ cost, path }) => cost !== 'stream' && path !== '/runs')
    const statuses = new Map<number, number>()
    const ask = async (): Promise<string | undefined> => {
      const row = pick(asked)
      const path = row.path.replaceAll(/\{\w+\}/g, () => encodeURIComponent(pick(hostile)) || '%20')
      const query = new URLSearchParams(
        Object.keys(row.query).flatMap((name) => (next() < 0.6 ? [[name, pick(hostile)] as [string, string]] : [])),
      )
      if (next() < 0.7 && 'project' in row.query) query.set('project', 'rides')
      const members = Object.keys((row.body?.schema.properties as object | undefined) ?? {})
      const body = Object.fromEntries(members.map((name) => [name, name === 'project' ? 'rides' : value()]))
      const sent =
        row.body === undefined
          ? {}
          : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(next() < 0.9 ? body : value()) }
      const response = await fixture.get(`/api/v1${path}?${query}`, { method: row.method, ...sent })
      await response.arrayBuffer()
      statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1)
      const isFine = response.status < 500 || [501, 503].includes(response.status)
      return isFine ? undefined : `${row.method} ${path}?${query} ${JSON.stringify(sent)} ${response.status}`
    }
    const failed: string[] = []
    for (let batch = 0; batch < 500; batch++) {
      const answers = await Promise.all(Array.from({ length: 10 }, ask))
      failed.push(...answers.filter((each) => each !== undefined))
    }
    expect(failed.slice(0, 5)).toEqual([])
    // All ways of answering were gone through, the good one too.
    expect(statuses.get(200)).toBeGreaterThan(200)
    expect([...statuses.keys()]).toEqual(expect.arrayContaining([200, 400, 404, 422]))
    expect((await fixture.get('/projects')).status).toBe(200)
    expect((await fixture.get('/feature_services/ranking?project=rides')).status).toBeLessThan(500)
  }, 180_000)

  test.each([
    ['DELETE', '/runs/%00', 404],
    ['GET', '/runs/%00', 404],
    ['GET', '/changes?project=%00', 200],
    ['GET', '/data_sources/all?sort_by=__proto__', 200],
    ['GET', '/entities?project=rides&sort_by=constructor', 200],
  ])('such as %s %s are answered', async (method, path, status) => {
    await using fixture = await openFixture({ openings: { writes: true } })
    await fixture.send('POST', '/runs', {
      ...{ project: 'rides', views: ['stats'], mode: 'range', dry_run: false },
      ...{ start: '2025-11-24T10:00:00Z', end: '2025-11-24T13:00:00Z' },
    })
    expect((await fixture.get(path, { method })).status).toBe(status)
  })

  test('with bodies that are too large, or no JSON, are refused', async () => {
    await using fixture = await openFixture({ openings: { writes: true } })
    const large = await fixture.send('POST', '/plan', { project: 'rides', changes: [], undo: 'x'.repeat(1_100_000) })
    expect([large.status, await large.json()]).toMatchObject([413, { code: 'SERVER_BODY_TOO_LARGE' }])
    for (const [type, body] of [
      ['application/json', '{'],
      ['text/plain', '{}'],
      ['application/x-www-form-urlencoded', 'a=b'],
    ] as const)
      expect((await fixture.get('/plan', { method: 'POST', headers: { 'content-type': type }, body })).status).toBe(422)
  })

  test('of Feast kind are no failures either, whatever the mixture', async () => {
    await using fixture = await openFixture()
    for (const { path } of restRequests(3, 300)) {
      const { status } = await fixture.get(`/api/v1/${path}`)
      expect(status < 500 || status === 503, path).toBe(true)
    }
  })
})
