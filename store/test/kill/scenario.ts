import { expect } from 'vitest'
import type { Store } from '../../src/index.ts'
import { type Act, intervalOf, perform } from './operation.ts'
import type { Place } from './place.ts'
import type { Blow } from './proxy.ts'
import { after, before, served } from './repository.ts'
import { pendingDifferences, readState, type State } from './state.ts'
import type { Victims } from './victim.ts'

/*
 * The invariants, from docs/decisions/consistency.md. After any blow at any message, before anybody mends anything:
 *
 * apply, teardown  The registry says all of the old or all of the new. Every view that is online has its table. No service names a view that
 *                  is not there.
 * materialize      What is served of a view is all of the old or all of the new. Where it is the new, its job says `succeeded`, and where it
 *                  is the old, no job says so. An interval stands in the registry only where its data does.
 * push             What is served of a view is all of the old or all of the new; the new only where the history has it.
 *
 * After the same operation was run once more, undisturbed: everything is as if nothing had happened. No table without a view, each interval
 * once, no job that seems to run although its process is gone.
 */

/** A state to begin in, and what is done to it. */
export interface Scenario {
  readonly name: string
  readonly act: Act
  readonly prepare: (store: Store) => Promise<void>
}

const materialize: Act = { kind: 'materialize', from: 1, to: 3 }
const push: Act = { kind: 'push', drivers: [1, 2, 99], minute: 20_000, tag: 9, history: true }

const materialized = async (store: Store): Promise<void> => {
  await store.apply(after)
  await perform(store, materialize)
}

/** All that is killed. */
export const scenarios: readonly Scenario[] = [
  { name: 'the first apply', act: { kind: 'apply' }, prepare: async () => undefined },
  {
    name: 'an apply that makes, changes and removes',
    act: { kind: 'apply' },
    prepare: async (store) => {
      await store.apply(before)
      await perform(store, { ...push, history: false })
    },
  },
  {
    name: 'the first materialization',
    act: materialize,
    prepare: async (store) => {
      await store.apply(after)
    },
  },
  {
    name: 'a materialization of what is newer',
    act: materialize,
    prepare: async (store) => {
      await store.apply(after)
      await perform(store, { kind: 'materialize', from: 1, to: 1 })
    },
  },
  { name: 'a push', act: push, prepare: materialized },
  { name: 'a teardown', act: { kind: 'teardown' }, prepare: materialized },
]

/** What a scenario is measured by. */
export interface Whole {
  /** The types of the messages that the operation takes, in order. */
  readonly messages: readonly string[]
  readonly old: State
  readonly done: State
}

const begin = async (place: Place, scenario: Scenario, store: Store): Promise<void> => {
  await place.reset()
  await store.refreshRegistry()
  await scenario.prepare(store)
}

/**
 * The messages, counted from 1, at which what PostgreSQL has committed may differ from one before: a simple query, the end of an extended one,
 * data and end of a COPY, goodbye. What comes before the end of an extended query (Parse, Bind, Execute) is rolled back with it.
 */
export const decisive = ({ messages }: Whole): readonly number[] =>
  messages.flatMap((type, at) => (['Q', 'S', 'd', 'c', 'X'].includes(type) ? [at + 1] : []))

/** Runs a scenario undisturbed, behind the counting proxy. */
export const runWhole = async (place: Place, scenario: Scenario): Promise<Whole> => {
  const { store } = place
  await begin(place, scenario, store)
  const old = await readState(place, store)
  place.proxy.arm()
  {
    await using doomed = await place.openDoomed()
    await perform(doomed, scenario.act)
  }
  const messages = place.proxy.seen
  await place.settled()
  return { messages, old, done: await readState(place, store) }
}

const interval = intervalOf(1, 3)

const checkTorn = ({ kind }: Act, state: State, { old, done }: Whole): void => {
  expect([old.registered, done.registered]).toContainEqual(state.registered)
  expect(state.withoutTable).toEqual([])
  expect(state.dangling).toEqual([])
  if (kind !== 'materialize' && kind !== 'push') return
  for (const view of served) {
    expect([old.served[view], done.served[view]], view).toContain(state.served[view])
    const isNew = state.served[view] === done.served[view]
    if (kind === 'push') {
      if (isNew) expect(state.history, view).toBe(done.history)
      continue
    }
    const succeeded = (each: State) => each.jobs.filter((job) => job.startsWith(`${view} succeeded`)).length
    expect(succeeded(state), view).toBe(isNew ? succeeded(done) : succeeded(old))
    if (state.intervals[view]?.includes(interval)) expect(isNew, view).toBe(true)
  }
}

const checkMended = ({ kind }: Act, state: State, { done }: Whole): void => {
  expect(state.registered).toEqual(done.registered)
  expect(state.withoutTable).toEqual([])
  expect(state.withoutView).toEqual([])
  expect(state.served).toEqual(done.served)
  if (kind === 'materialize') expect(state.intervals).toEqual(done.intervals)
  expect(state.jobs.filter((job) => job.includes('running'))).toEqual([])
}

/** What a lease of a minute would do, now. */
const expireLeases = async ({ online }: Place): Promise<void> => {
  const { rows } = await online.query<{ there: boolean }>(`SELECT to_regclass('charmed_feast.job') IS NOT NULL AS there`)
  if (rows[0]?.there === true) await online.query(`UPDATE charmed_feast.job SET lease_until = '2000-01-01' WHERE state = 'running'`)
}

/** Runs a scenario and strikes at one message; then looks, runs the operation once more, and looks again. */
export const strike = async (
  place: Place,
  scenario: Scenario,
  whole: Whole,
  { at, blow, victims }: { readonly at: number; readonly blow: Blow; readonly victims: Victims },
): Promise<void> => {
  const { act } = scenario
  const { store } = place
  await begin(place, scenario, store)
  if (blow === 'kill') await victims.run({ yaml: place.doomedYaml, act }, (kill) => place.proxy.arm({ at, blow, kill }))
  else {
    place.proxy.arm({ at, blow, kill: () => undefined })
    await using doomed = await place.openDoomed()
    await perform(doomed, act).catch((error: unknown) => {
      expect(error).toHaveProperty('code', expect.stringMatching(/^STORE_/))
    })
  }
  place.proxy.arm()
  await place.settled()
  checkTorn(act, await readState(place, store), whole)
  await expireLeases(place)
  await perform(store, act).catch((error: unknown) => {
    // Of a teardown that was through, nothing is left to remove.
    if (act.kind !== 'teardown') throw error
    expect(error).toHaveProperty('code', 'STORE_REGISTRY_PROJECT_NOT_FOUND')
  })
  checkMended(act, await readState(place, store), whole)
  if (act.kind === 'apply') expect(await pendingDifferences(store)).toBe(0)
}
