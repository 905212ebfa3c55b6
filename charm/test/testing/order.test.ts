import { describe, expect, test } from 'vitest'

import { active, defineCharm } from '../../src/index.ts'
import {
  type Disturbance,
  everydayDisturbances,
  findLeaks,
  inProcess,
  newRandom,
  type OrderStep,
  relationLoss,
  runInOrder,
  type ScenarioCharm,
  Simulation,
  scaling,
  settledState,
} from '../../src/testing/index.ts'
import { sample } from './sample/charm.ts'
import { database } from './sample/database.ts'

const steps = (charm: ScenarioCharm): readonly OrderStep[] => [
  { name: 'deploy pg', run: ({ controller }) => controller.deploy('pg', inProcess(database)) },
  { name: 'deploy sample', run: ({ controller }) => controller.deploy('sample', charm, { units: 2 }) },
  { name: 'relate', after: ['deploy pg', 'deploy sample'], run: ({ controller }) => void controller.integrate('sample:db', 'pg:database') },
  { name: 'greet', after: ['deploy sample'], run: ({ controller }) => controller.configure('sample', { greeting: 'good day' }) },
  { name: 'rotate', after: ['deploy pg'], run: ({ controller }) => controller.configure('pg', { password: 'second-password' }) },
]

const disturbances: readonly Disturbance[] = [...everydayDisturbances, scaling('sample', 2), relationLoss('sample:db', 'pg:database')]

const runOrder = async (seed: number, charm: ScenarioCharm): Promise<{ readonly simulation: Simulation; readonly order: string }> => {
  const simulation = new Simulation({ seed })
  const order = await runInOrder(simulation, { steps: steps(charm), disturbances })
  return { simulation, order: `seed ${seed}: ${order.join(', ')}` }
}

const plainOrder = async (charm: ScenarioCharm): Promise<Simulation> => {
  const simulation = new Simulation()
  for (const step of steps(charm)) {
    step.run(simulation)
    await simulation.settle()
  }
  return simulation
}

/** Asks for its database once, when the relation is made: what charms do that look at the event and not at the world. */
const forgetful = defineCharm({
  metadata: sample.metadata,
  observe: async (hook) => ({ databases: await hook.relations('db'), created: hook.event.kind === 'relation-created' }),
  reconcile: ({ databases, created }) => ({
    relations: created ? databases.map((relation) => ({ relation, app: { database: 'sample' } })) : [],
    unitStatus: [active()],
  }),
})

const seeds = Array.from({ length: 30 }, (_, index) => index + 1)

describe('orders of events', () => {
  test('lead to one state, whatever happens in between, and no secret is told', async () => {
    const expected = settledState(await plainOrder(inProcess(sample)))
    expect(JSON.stringify(expected)).toContain('second-password')
    for (const seed of seeds) {
      const { simulation, order } = await runOrder(seed, inProcess(sample))
      expect(settledState(simulation), order).toEqual(expected)
      expect(
        simulation.records.flatMap((record) => findLeaks(record, ['first-password', 'second-password'])),
        order,
      ).toEqual([])
    }
  }, 120_000)

  test('find out a charm that acts on events instead of what it sees', async () => {
    const expected = settledState(await plainOrder(inProcess(forgetful)))
    const states: unknown[] = []
    for (const seed of seeds.slice(0, 10)) states.push(settledState((await runOrder(seed, inProcess(forgetful))).simulation))
    expect(states.filter((state) => JSON.stringify(state) !== JSON.stringify(expected)).length).toBeGreaterThan(0)
  })

  test('contain everything that was asked for, are many, and the same for the same seed', async () => {
    const idle: ScenarioCharm = { metadata: sample.metadata, run: async () => ({ exit: 0, stdout: '', stderr: '' }) }
    const orders: string[] = []
    for (const seed of seeds) orders.push((await runOrder(seed, idle)).order)
    expect(new Set(orders.map((order) => order.replace(/^seed \d+: /, ''))).size).toBe(seeds.length)
    for (const { name } of steps(idle)) expect(orders.every((order) => order.includes(name))).toBe(true)
    for (const { name } of disturbances)
      expect(
        orders.some((order) => order.includes(name)),
        name,
      ).toBe(true)
    expect((await runOrder(7, idle)).order).toBe(orders[6])
  })

  test('refuse steps that wait for each other', async () => {
    const circle: readonly OrderStep[] = [
      { name: 'a', after: ['b'], run: () => undefined },
      { name: 'b', after: ['a'], run: () => undefined },
    ]
    await expect(runInOrder(new Simulation(), { steps: circle })).rejects.toThrow('cannot go on with "a", "b": each waits for another')
  })
})

test('random numbers are the same for the same seed, and spread evenly', () => {
  const random = newRandom(3)
  const dice = [0, 0, 0, 0, 0, 0]
  for (let count = 0; count < 6000; count += 1) {
    const side = random.below(6)
    dice[side] = (dice[side] ?? 0) + 1
  }
  expect(Math.max(...dice) - Math.min(...dice)).toBeLessThan(250)
  expect(newRandom(3).shuffle([1, 2, 3, 4, 5])).toEqual(newRandom(3).shuffle([1, 2, 3, 4, 5]))
  expect(newRandom(3).shuffle([1, 2, 3, 4, 5]).toSorted()).toEqual([1, 2, 3, 4, 5])
})
