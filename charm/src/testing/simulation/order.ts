import type { Disturbance } from './disturbance.ts'
import type { Simulation } from './simulation.ts'

/** Something that a person does in every order. */
export interface OrderStep {
  readonly name: string
  /** Names of steps that must have been done before. */
  readonly after?: readonly string[]
  readonly run: (simulation: Simulation) => void
}

/** Options of {@link runInOrder}. */
export interface OrderOptions {
  readonly steps: readonly OrderStep[]
  readonly disturbances?: readonly Disturbance[]
  /** How many disturbances happen; 6 by default. */
  readonly count?: number
  /**
   * Lets every unit's `update-status` timer fire at the end, as it does every five minutes. Juju tells a unit nothing when it loses
   * leadership: what it shall take back then, it takes back with its next hook, which may be this one. False by default.
   */
  readonly timers?: boolean
  /** How likely something is done rather than the next hook run; 0.3 by default. */
  readonly haste?: number
}

/**
 * Does all steps in an order that the simulation's seed chooses, with disturbances and hooks in between, until nobody has anything to
 * do; then ends the disturbances, and settles again. What it gives is the order, for people: the same seed gives the same one.
 *
 * @example
 * for (let seed = 1; seed <= 1000; seed += 1) {
 *   const simulation = new Simulation({ seed })
 *   const order = await runInOrder(simulation, { steps, disturbances: everydayDisturbances })
 *   expect(settledState(simulation), `seed ${seed}: ${order.join(', ')}`).toEqual(expected)
 * }
 */
export async function runInOrder(simulation: Simulation, options: OrderOptions): Promise<readonly string[]> {
  const { random } = simulation
  const order: string[] = []
  const left = [...options.steps]
  let disturbances = options.count ?? 6
  const nextStep = (): OrderStep | undefined => {
    const waiting = new Set(left.map(({ name }) => name))
    return random.pick(left.filter(({ after = [] }) => !after.some((name) => waiting.has(name))))
  }
  const disturb = (): void => {
    disturbances -= 1
    const found = random.pick((options.disturbances ?? []).filter(({ possible }) => possible(simulation)))
    found?.happen(simulation, random)
    if (found) order.push(found.name)
  }
  const act = (): void => {
    const step = disturbances > 0 && random.next() < 0.5 ? undefined : nextStep()
    if (step) {
      left.splice(left.indexOf(step), 1)
      step.run(simulation)
      order.push(step.name)
    } else if (disturbances > 0) disturb()
    else throw new Error(`cannot go on with "${left.map(({ name }) => name).join('", "')}": each waits for another`)
  }
  while (left.length > 0 || disturbances > 0) {
    const unit = random.next() < (options.haste ?? 0.3) ? undefined : random.pick(simulation.busy())
    const record = unit === undefined ? act() : await simulation.step(unit)
    if (record) order.push(`${record.unit} ${record.name}`)
    if (unit === undefined && simulation.busy().length === 0) simulation.retry()
  }
  await simulation.settle()
  for (const { end } of options.disturbances ?? []) end?.(simulation)
  simulation.toolFailures.length = 0
  await simulation.settle()
  if (options.timers) {
    for (const unit of simulation.units) simulation.updateStatus(unit)
    await simulation.settle()
  }
  return order
}
