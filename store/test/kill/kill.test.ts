import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makePlace, type Place } from './place.ts'
import type { Blow } from './proxy.ts'
import { decisive, runWhole, scenarios, strike } from './scenario.ts'
import { Victims } from './victim.ts'

// A sample of what kill.long.test.ts does at every message.

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

const blows: readonly Blow[] = ['end', 'cut', 'kill']

test.each(scenarios)(
  '$name, struck at some of its messages, is whole or undone, and the next one completes it',
  { timeout: 120_000 },
  async (scenario) => {
    const whole = await runWhole(place, scenario)
    const chosen = fc.sample(fc.constantFrom(...decisive(whole)), { seed: 27, numRuns: blows.length })
    for (const [index, at] of chosen.entries()) {
      const blow = blows[index] ?? 'end'
      await strike(place, scenario, whole, { at, blow, victims }).catch((cause: unknown) => {
        throw new Error(`${blow} at message ${at} of ${whole.messages.length}: ${String(cause)}`, { cause })
      })
    }
    expect(chosen).toHaveLength(blows.length)
  },
)
