import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { mixes, runMix } from './mix.ts'
import { makePlace, type Place } from './place.ts'
import { Victims } from './victim.ts'

let place: Place
let victims: Victims
beforeAll(async () => {
  place = await makePlace()
  victims = new Victims()
})
afterAll(async () => {
  await victims[Symbol.asyncDispose]()
  await place[Symbol.asyncDispose]()
})

test('a hundred mixes of writers that are struck or killed end as if nobody had been', { timeout: 3_600_000 }, async () => {
  const wrong: string[] = []
  for (let seed = 1; seed <= 100; seed++) {
    const [mix] = fc.sample(mixes, { seed, numRuns: 1 })
    if (mix === undefined) throw new Error('no mix was made')
    await runMix(place, mix, victims).catch((error: unknown) => wrong.push(`seed ${seed}: ${String(error)} ${JSON.stringify(mix)}`))
  }
  process.stdout.write(`100 mixes, ${wrong.length} wrong\n`)
  expect(wrong).toEqual([])
})
