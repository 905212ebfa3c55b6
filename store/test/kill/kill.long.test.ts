import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makePlace, type Place } from './place.ts'
import type { Blow } from './proxy.ts'
import { decisive, runWhole, scenarios, strike, type Whole } from './scenario.ts'
import { Victims } from './victim.ts'

// Every operation, struck in three ways at every message that decides something, or at every message at all with KILL_EVERY_MESSAGE=1. The
// invariants stand in scenario.ts.

const all = process.env.KILL_EVERY_MESSAGE === '1'

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

describe.each(scenarios)('$name', (scenario) => {
  let whole: Whole
  beforeAll(async () => {
    whole = await runWhole(place, scenario)
  })

  test.each<Blow>(['end', 'cut', 'kill'])('survives %s at every message', { timeout: 3_600_000 }, async (blow) => {
    const places = all ? whole.messages.map((_, at) => at + 1) : decisive(whole)
    const torn: string[] = []
    for (const at of places)
      await strike(place, scenario, whole, { at, blow, victims }).catch((error: unknown) =>
        torn.push(`message ${at} (${whole.messages[at - 1]}): ${error}`),
      )
    process.stdout.write(
      `${scenario.name}, ${blow}: struck at ${places.length} of ${whole.messages.length} messages, ${torn.length} torn\n`,
    )
    expect(torn).toEqual([])
  })
})
