import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { intervalOf, momentOfPush, perform } from './operation.ts'
import { makePlace, type Place } from './place.ts'
import { after } from './repository.ts'
import { readState } from './state.ts'

let place: Place
beforeAll(async () => {
  place = await makePlace()
})
afterAll(() => place[Symbol.asyncDispose]())

const prepared = async () => {
  await place.reset()
  await place.store.refreshRegistry()
  await place.store.apply(after)
}
const rate = async (driver: bigint) =>
  (await place.store.readOnline(['stats:rate'], [{ driver_id: driver }], { staleValues: true })).rows[0]?.rate

describe('a late write', () => {
  const push = (minute: number, created: number, tag: number) =>
    place.store.push('pushed', [
      { driver_id: 1n, at: momentOfPush(minute), created: momentOfPush(created), rate: tag, trips: 1n, city: 'Bern' },
    ])

  test.each<[string, readonly (readonly [number, number, number])[], number]>([
    [
      'of an older event',
      [
        [10, 10, 1],
        [9, 99, 2],
      ],
      1,
    ],
    [
      'of the same event, made earlier',
      [
        [10, 10, 1],
        [10, 9, 2],
      ],
      1,
    ],
    [
      'of the same event, made later',
      [
        [10, 10, 1],
        [10, 11, 2],
      ],
      2,
    ],
    [
      'of the same event and making, arriving later',
      [
        [10, 10, 1],
        [10, 10, 2],
      ],
      2,
    ],
    [
      'of a newer event, made earlier',
      [
        [10, 10, 1],
        [11, 1, 2],
      ],
      2,
    ],
  ])('%s wins only where it is newer', async (_, pushes, expected) => {
    await prepared()
    for (const [minute, created, tag] of pushes) await push(minute, created, tag)
    expect(await rate(1n)).toBe(expected)
  })

  test('wins against no other, whatever the order in which thirty come at the same time', async () => {
    await prepared()
    await Promise.all(Array.from({ length: 30 }, (_, at) => push(((at * 7) % 30) + 1, 1, ((at * 7) % 30) + 1)))
    expect(await rate(1n)).toBe(30)
  })
})

describe('at the same time', () => {
  test('two materializations of an empty view leave what one leaves, and both say what they did', async () => {
    await prepared()
    await perform(place.store, { kind: 'materialize', from: 1, to: 3 })
    const { served } = await readState(place, place.store)
    await prepared()
    await Promise.all([1, 2].map(() => perform(place.store, { kind: 'materialize', from: 1, to: 3 })))
    const state = await readState(place, place.store)
    expect(state.served).toEqual(served)
    expect(state.jobs.toSorted()).toEqual(['fresh succeeded true', 'fresh succeeded true', 'stats succeeded true', 'stats succeeded true'])
    expect(state.intervals.stats).toEqual([intervalOf(1, 3)])
  })

  test('a full apply and one that adds a view leave a table for each view and no other', async () => {
    for (let round = 0; round < 5; round++) {
      await prepared()
      await Promise.all([
        perform(place.store, { kind: 'apply-beside', name: 'one' }),
        perform(place.store, { kind: 'apply' }),
        perform(place.store, { kind: 'apply-beside', name: 'two' }),
      ])
      expect(await readState(place, place.store)).toMatchObject({ withoutTable: [], withoutView: [], dangling: [] })
    }
  })
})

describe('a job', () => {
  test('whose process went silent reads as failed, and the next run writes that down', async () => {
    await prepared()
    await perform(place.store, { kind: 'materialize', from: 1, to: 1 })
    await place.online.query(`UPDATE charmed_feast.job SET state = 'running', lease_until = '2026-01-01' WHERE view = 'fresh'`)
    const states = async () => (await place.online.query(`SELECT view, state, error FROM charmed_feast.job WHERE view = 'fresh'`)).rows
    expect((await place.store.online.jobs('rides', { view: 'fresh', limit: 9 })).map(({ state }) => state)).toEqual(['failed'])
    expect(await states()).toMatchObject([{ state: 'running' }])
    await place.store.materialize({ start: momentOfPush(0), end: momentOfPush(0), views: ['stats'] })
    expect(await states()).toMatchObject([{ state: 'failed', error: 'its process is gone' }])
  })

  test('of a view that is gone keeps nobody from materializing, and gives its interval to no view of the same name', async () => {
    await prepared()
    await perform(place.store, { kind: 'apply-beside', name: 'one' })
    await place.store.materialize({ start: momentOfPush(0), end: momentOfPush(0), views: ['one'] })
    await place.online.query('UPDATE charmed_feast.job SET recorded = false')
    await place.registry.query(`DELETE FROM feature_views WHERE feature_view_name = 'one'`)
    await perform(place.store, { kind: 'materialize', from: 1, to: 1 })
    expect(await place.store.online.unrecordedJobs('rides')).toEqual([])

    await perform(place.store, { kind: 'apply-beside', name: 'one' })
    await place.store.materialize({ start: momentOfPush(0), end: momentOfPush(0), views: ['one'] })
    await place.online.query('UPDATE charmed_feast.job SET recorded = false')
    await perform(place.store, { kind: 'apply' })
    await perform(place.store, { kind: 'apply-beside', name: 'one' })
    await perform(place.store, { kind: 'materialize', from: 1, to: 1 })
    expect((await readState(place, place.store)).intervals.one).toEqual([])
  })
})

test('a push passes over a view that is not online', async () => {
  await prepared()
  const results = await place.store.push('pushed', [
    { driver_id: 1n, at: momentOfPush(1), created: momentOfPush(1), rate: 1, trips: 1n, city: 'Bern' },
  ])
  expect(results).toEqual([
    { view: 'dark', rows: 1, written: undefined },
    { view: 'fresh', rows: 1, written: 2 },
    { view: 'stats', rows: 1, written: 3 },
  ])
})
