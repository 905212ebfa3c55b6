import fc from 'fast-check'
import { expect } from 'vitest'
import { type Act, momentOfPush, perform } from './operation.ts'
import type { Place } from './place.ts'
import type { Blow } from './proxy.ts'
import { after, served } from './repository.ts'
import { readState } from './state.ts'
import type { Victims } from './victim.ts'

/*
 * A mix: acts of several writers at the same time, some of which are struck. What was struck is done again at the end. Then:
 *
 * - of each driver and feature that value is served which is the newest of all that was pushed or lies in a window that was materialized;
 * - the registry says what the last apply says, with a table for each view and no table more;
 * - whoever read meanwhile got no error, and never half of a row.
 */

/** What happens in one mix. */
export interface Mix {
  readonly acts: readonly Act[]
  /** Blows, one after the other: each after so many more messages. */
  readonly blows: readonly { readonly after: number; readonly blow: Blow }[]
}

const drivers = 20
const day = fc.integer({ min: 1, max: 3 })

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('apply' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('apply-beside' as const), name: fc.constantFrom('one', 'two') }) },
  {
    weight: 3,
    arbitrary: fc.tuple(day, day).map(([a, b]) => ({ kind: 'materialize' as const, from: Math.min(a, b), to: Math.max(a, b) })),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('push' as const),
      drivers: fc.uniqueArray(fc.integer({ min: 1, max: drivers }), { minLength: 1, maxLength: 6 }),
      minute: fc.integer({ min: 1, max: 4000 }),
      tag: fc.constant(0),
      history: fc.constant(false),
    }),
  },
)

/** Mixes of six to ten acts. Pushes are told apart by their tag and their minute, so that there is one newest. */
export const mixes: fc.Arbitrary<Mix> = fc.record({
  acts: fc
    .array(act, { minLength: 6, maxLength: 10 })
    .map((acts) => acts.map((each, at) => (each.kind === 'push' ? { ...each, tag: 100 + at, minute: each.minute * 10 + at } : each))),
  blows: fc.array(fc.record({ after: fc.integer({ min: 1, max: 120 }), blow: fc.constantFrom<Blow>('end', 'cut', 'kill') }), {
    minLength: 2,
    maxLength: 3,
  }),
})

interface Candidate {
  readonly at: number
  readonly rate: number
  readonly trips: bigint
  readonly city: string
}

/** All that may be served of a driver, by brute force. */
const candidates = (acts: readonly Act[], driver: number): readonly Candidate[] =>
  acts.flatMap((each): Candidate[] => {
    if (each.kind === 'push' && each.drivers.includes(driver))
      return [{ at: momentOfPush(each.minute).getTime(), rate: each.tag, trips: BigInt(each.tag), city: `city ${each.tag}` }]
    if (each.kind !== 'materialize') return []
    const days = Array.from({ length: each.to - each.from + 1 }, (_, n) => each.from - 1 + n)
    return days.map((n) => ({ at: Date.UTC(2026, 0, 1 + n, 12), rate: driver + n / 10, trips: BigInt(n), city: `Köln ${n}` }))
  })

const features = ['stats:rate', 'stats:trips', 'stats:city', 'fresh:city', 'fresh:rate']
const rows = Array.from({ length: drivers }, (_, at) => ({ driver_id: BigInt(at + 1) }))
const read = (place: Place) => place.store.readOnline(features, rows, { fullFeatureNames: true, staleValues: true, snapshot: true })

/** Whether what is served of one view and driver comes from one row. */
const isWhole = (row: Readonly<Record<string, unknown>>): boolean => {
  const { stats__rate: rate, stats__trips: trips, stats__city: city } = row
  if (rate === null) return trips === null && city === null
  return typeof trips === 'bigint' && (trips >= 100n ? city === `city ${trips}` && rate === Number(trips) : city === `Köln ${trips}`)
}

const watch = async (place: Place, isDone: () => boolean): Promise<void> => {
  while (!isDone()) {
    for (const row of (await read(place)).rows) expect(row).toSatisfy(isWhole)
    if (!isDone()) await place.proxy.moved()
  }
}

/** Runs a mix and looks whether all came out right. With `victims` the first two acts are done by processes of their own. */
export const runMix = async (place: Place, { acts, blows }: Mix, victims?: Victims): Promise<void> => {
  await place.reset()
  await place.store.refreshRegistry()
  await place.store.apply(after)
  const split = victims === undefined ? 0 : 2
  const [own, others] = [acts.slice(0, split), acts.slice(split)]
  const failed: Act[] = []
  let kill = () => undefined as unknown
  const armNext = (at: number): void => {
    const next = blows[at]
    if (next === undefined) place.proxy.arm()
    else place.proxy.arm({ at: next.after, blow: next.blow, kill: () => kill(), struck: () => armNext(at + 1) })
  }
  armNext(0)
  let done = false
  const reading = watch(place, () => done)
  const writers = [others.filter((_, at) => at % 2 === 0), others.filter((_, at) => at % 2 === 1)].map(async (list) => {
    await using store = await place.openDoomed()
    for (const each of list)
      await perform(store, each).catch((error: unknown) => {
        expect(error).toHaveProperty('code', expect.stringMatching(/^STORE_/))
        failed.push(each)
      })
  })
  const processes = own.map(async (each) => {
    const through = await victims?.run({ yaml: place.doomedYaml, act: each }, (end) => {
      kill = end
    })
    if (through !== true) failed.push(each)
  })
  await Promise.all([...writers, ...processes]).finally(() => {
    done = true
    place.proxy.arm()
  })
  await reading
  await place.settled()
  expect(await readState(place, place.store)).toMatchObject({ withoutTable: [], dangling: [] })
  for (const each of failed) await perform(place.store, each)
  await perform(place.store, { kind: 'apply' })
  const state = await readState(place, place.store)
  expect(state).toMatchObject({ withoutTable: [], withoutView: [], dangling: [] })
  expect(Object.keys(state.served)).toEqual([...served])
  const answer = await read(place)
  answer.rows.forEach((row, at) => {
    const newest = candidates(acts, at + 1).reduce<Candidate | undefined>(
      (best, each) => (best && best.at > each.at ? best : each),
      undefined,
    )
    expect(row).toMatchObject({
      stats__rate: newest?.rate ?? null,
      stats__trips: newest?.trips ?? null,
      stats__city: newest?.city ?? null,
      fresh__city: newest?.city ?? null,
      fresh__rate: newest?.rate ?? null,
    })
  })
}
