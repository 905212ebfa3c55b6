import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { mixes, runMix } from './mix.ts'
import { makePlace, type Place } from './place.ts'

// A few of the mixes of mix.long.test.ts.

let place: Place
beforeAll(async () => {
  place = await makePlace()
})
afterAll(async () => {
  await place[Symbol.asyncDispose]()
})

test.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])(
  'mix %i of writers that are struck ends as if nobody had been, and readers notice nothing',
  async (seed) => {
    const [mix] = fc.sample(mixes, { seed, numRuns: 1 })
    expect(mix?.acts.length).toBeGreaterThan(5)
    if (mix !== undefined) await runMix(place, mix)
  },
)
