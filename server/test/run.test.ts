import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { coverageOf, type Span } from '../src/run/coverage.ts'
import { type Fixture, openFixture } from './fixture.ts'

let fixture: Fixture
beforeAll(async () => {
  fixture = await openFixture({ openings: { writes: true } })
})
afterAll(async () => {
  await fixture[Symbol.asyncDispose]()
  expect(fixture.reported).toEqual([])
})

const order = {
  project: 'rides',
  views: ['stats'],
  mode: 'range',
  start: '2025-11-24T10:00:00Z',
  end: '2025-11-24T13:00:00Z',
  dry_run: false,
}
const start = async (given: object = {}) => {
  const response = await fixture.send('POST', '/api/v1/runs', { ...order, ...given })
  return { status: response.status, run: (await response.json()) as Record<string, unknown> }
}
const stateOf = async (id: unknown) => (await fixture.json(`/api/v1/runs/${id}`)).state

describe('a run', () => {
  test('of a view that was never loaded makes it fresh, and is seen to the end', async () => {
    expect(await fixture.json('/freshness?project=rides&view=stats')).toMatchObject({
      freshness: [{ state: 'never', lastEvent: null, lastRun: null }],
    })
    const { status, run } = await start()
    expect([status, run]).toMatchObject([201, { state: 'queued', recordedBy: 'server', views: ['stats'], start: '2025-11-24T10:00:00Z' }])
    await expect.poll(() => stateOf(run.id), { timeout: 15_000 }).toBe('succeeded')
    expect(await fixture.json(`/runs/${run.id}`)).toMatchObject({
      rows: '3',
      error: null,
      parts: [{ view: 'stats', state: 'succeeded', rows: '3' }],
    })
    expect(await fixture.sql('SELECT count(DISTINCT entity_key)::int AS n FROM rides_stats')).toEqual([{ n: 3 }])
    const fresh = await fixture.json('/freshness?project=rides&view=stats')
    expect(fresh).toMatchObject({
      freshness: [
        {
          state: 'fresh',
          ageSeconds: 10_800,
          ttlSeconds: 172_800,
          allowedSeconds: 172_800,
          schedule: '1h',
          scheduleSeconds: 3600,
          lastEvent: '2025-11-24T13:00:00Z',
        },
      ],
      counts: { fresh: 1, never: 1 },
    })
  })

  test('is told once, not again as a job of the store or as an interval', async () => {
    const { runs } = await fixture.json('/runs?project=rides&view=stats')
    expect(runs).toHaveLength(1)
  })

  test('is the same run to another server', async () => {
    const other = await fixture.another({ openings: {} })
    const answer = (await (await fetch(`${other.url}/runs?project=rides`)).json()) as { runs: object[] }
    expect(answer).toEqual(await fixture.json('/runs?project=rides'))
    expect(answer.runs).toMatchObject([{ recordedBy: 'server', state: 'succeeded', views: ['stats'], rows: '3' }])
  })

  test('that cannot be done fails with its reason', async () => {
    await fixture.sql('ALTER TABLE driver_stats RENAME TO moved')
    const { run } = await start({ start: '2025-11-24T13:00:01Z', end: '2025-11-24T14:00:00Z' })
    await expect.poll(() => stateOf(run.id), { timeout: 15_000 }).toBe('failed')
    await fixture.sql('ALTER TABLE moved RENAME TO driver_stats')
    const failed = await fixture.json(`/runs/${run.id}`)
    expect(failed).toMatchObject({ error: { message: expect.stringContaining('driver_stats') }, parts: [{ state: 'failed' }] })
    expect(JSON.stringify(failed)).not.toContain(fixture.password)
  })

  test('that waits behind another is cancelled at once', async () => {
    await fixture.sql('BEGIN; LOCK TABLE driver_stats IN ACCESS EXCLUSIVE MODE')
    const first = await start({ start: '2025-11-24T14:00:00Z', end: '2025-11-24T15:00:00Z' })
    const second = await start({ start: '2025-11-24T15:00:00Z', end: '2025-11-24T16:00:00Z' })
    await expect.poll(() => stateOf(first.run.id), { timeout: 15_000 }).toBe('running')
    expect((await fixture.send('DELETE', `/runs/${second.run.id}`)).status).toBe(202)
    expect(await stateOf(second.run.id)).toBe('cancelled')
    expect((await fixture.send('DELETE', `/runs/${first.run.id}`)).status).toBe(202)
    await expect.poll(() => stateOf(first.run.id), { timeout: 15_000 }).toBe('cancelled')
    await fixture.sql('COMMIT')
    expect((await fixture.send('DELETE', `/runs/${first.run.id}`)).status).toBe(409)
  })

  test('is estimated without being started', async () => {
    const { status, run } = await start({ dry_run: true })
    expect([status, run]).toMatchObject([
      200,
      {
        views: [{ view: 'stats', rows: null, exact: false, coveredSeconds: 10_800 }],
        warnings: ['stats is loaded for all of this range already'],
      },
    ])
  })

  test.each([
    [{ views: ['none'] }, 404],
    [{ views: [] }, 422],
    [{ start: null }, 422],
    [{ end: 'tomorrow' }, 422],
    [{ start: '2025-11-25', end: '2025-11-24' }, 422],
    [{ mode: 'all' }, 422],
  ])('is refused for %j', async (given, expected) => {
    expect((await start(given)).status).toBe(expected)
  })
})

describe('coverage', () => {
  test('fills the range with what was loaded, what failed and what is missing', async () => {
    const coverage = await fixture.json('/coverage?project=rides&view=stats&from=2025-11-24T09:00:00Z&to=2025-11-24T16:00:00Z')
    expect(coverage).toMatchObject({
      segments: [
        { start: '2025-11-24T09:00:00Z', end: '2025-11-24T10:00:00Z', state: 'before' },
        { start: '2025-11-24T10:00:00Z', end: '2025-11-24T13:00:00Z', state: 'covered' },
        { state: 'gap' },
        { start: '2025-11-24T13:00:01Z', end: '2025-11-24T14:00:00Z', state: 'failed' },
        { start: '2025-11-24T14:00:00Z', end: '2025-11-24T16:00:00Z', state: 'gap' },
      ],
      coveredSeconds: 10_800,
      gapSeconds: 10_800,
    })
  })

  const span = (start: bigint, end: bigint): Span => ({ start, end, run: `${start}` })

  test('has segments that touch and fill the range, whatever the spans', () => {
    for (let seed = 0; seed < 500; seed++) {
      const at = (n: number) => BigInt((seed * 7919 + n * 104_729) % 97)
      const spans = [0, 2, 4].map((n) => (at(n) <= at(n + 1) ? span(at(n), at(n + 1)) : span(at(n + 1), at(n))))
      const segments = coverageOf({ start: 10n, end: 90n }, { done: spans.slice(0, 2), running: [], failed: spans.slice(2) })
      expect(segments[0]?.start).toBe(10n)
      expect(segments.at(-1)?.end).toBe(90n)
      for (const [place, { end }] of segments.slice(0, -1).entries()) expect(end).toBe(segments[place + 1]?.start)
      for (let moment = 10n; moment < 90n; moment++) {
        const here = segments.find((segment) => segment.start <= moment && moment < segment.end)
        const isDone = spans.slice(0, 2).some(({ start, end }) => start <= moment && moment < end)
        expect(here?.state === 'covered').toBe(isDone)
      }
    }
  })
})

describe('events', () => {
  const reading = async (path: string, headers: Readonly<Record<string, string>> = {}) => {
    const abort = new AbortController()
    const response = await fixture.get(path, { headers, signal: abort.signal })
    const reader = (response.body ?? new ReadableStream<Uint8Array>()).pipeThrough(new TextDecoderStream()).getReader()
    let text = ''
    const until = async (part: string): Promise<string> => {
      while (!text.includes(part)) {
        const { value, done } = await reader.read()
        if (done) throw new Error(`the stream ended without ${part}: ${text}`)
        text += value
      }
      return text
    }
    return { response, until, end: () => abort.abort() }
  }

  test('tell what was applied by name, and what runs do', async () => {
    const stream = await reading('/api/v1/events?project=rides')
    expect(stream.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(stream.response.headers.get('x-accel-buffering')).toBe('no')
    await fixture.send('PATCH', '/entities/driver?project=rides', { spec: { description: 'Seen' } })
    expect(await stream.until('event: registry')).toContain('{"kind":"entity","name":"driver","project":"rides"}')
    const { run } = await start({ start: '2025-11-24T10:00:00Z', end: '2025-11-24T11:00:00Z' })
    const told = await stream.until('event: freshness')
    expect(told).toContain(`"id":"${run.id}"`)
    stream.end()
  })

  test('that were missed are told to who comes back; after too long that all is new', async () => {
    const first = await reading('/events')
    const known = /: (\w+-\d+)\n/.exec(await first.until('\n\n: '))?.[1] ?? (await first.until('-'))
    first.end()
    await fixture.send('PATCH', '/entities/driver?project=rides', { spec: { description: 'Missed' } })
    const id = /: (\w+-\d+)/.exec(String(known))?.[1] ?? String(known)
    const back = await reading('/events', { 'last-event-id': id })
    expect(await back.until('event: registry')).toContain('"name":"driver"')
    back.end()
    const stranger = await reading('/events', { 'last-event-id': 'other-7' })
    expect(await stranger.until('event: reset')).toContain('"version"')
    stranger.end()
  })
})
