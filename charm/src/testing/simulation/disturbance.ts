import { applicationOf } from '../model/model.ts'
import type { Random } from './random.ts'
import type { Simulation } from './simulation.ts'

/** Something that may happen to a model at any time, and that a good charm is none the worse for. */
export interface Disturbance {
  readonly name: string
  /** Whether it can happen now. */
  readonly possible: (simulation: Simulation) => boolean
  readonly happen: (simulation: Simulation, random: Random) => void
  /** What brings the model back to what was asked for; it runs when all is quiet. */
  readonly end?: (simulation: Simulation) => void
}

const alive = (simulation: Simulation): string[] => simulation.units.filter((name) => simulation.model.units[name]?.life === 'alive')

const unitsOf = (simulation: Simulation, application: string): string[] =>
  alive(simulation).filter((name) => applicationOf(name) === application)

/** A disturbance of any one unit. */
function ofAnyUnit(name: string, happen: (simulation: Simulation, unit: string, random: Random) => void): Disturbance {
  return {
    name,
    possible: (simulation) => alive(simulation).length > 0,
    happen: (simulation, random) => {
      const unit = random.pick(alive(simulation))
      if (unit !== undefined) happen(simulation, unit, random)
    },
  }
}

/** Leadership of any application goes to any of its units; in the end to the oldest. */
const leaderChange: Disturbance = {
  ...ofAnyUnit('leader change', (simulation, unit) => simulation.controller.setLeader(applicationOf(unit), unit)),
  end: (simulation) => {
    for (const application of Object.keys(simulation.model.applications)) {
      simulation.controller.setLeader(application, unitsOf(simulation, application)[0] ?? null)
    }
  },
}

/** What may happen to every model: a change of leader, pods and containers lost, `update-status`, a hook tool that fails. */
export const everydayDisturbances: readonly Disturbance[] = [
  leaderChange,
  ofAnyUnit('lost pod', (simulation, unit) => simulation.losePod(unit)),
  ofAnyUnit('ended pod', (simulation, unit) => simulation.losePod(unit, { graceful: true })),
  ofAnyUnit('update-status', (simulation, unit) => simulation.updateStatus(unit)),
  ofAnyUnit('failing tool', (simulation, _, random) => simulation.toolFailures.push(random.below(30))),
  ofAnyUnit('container restart', (simulation, unit, random) => {
    const container = random.pick([...simulation.pod(unit).containers.keys()])
    if (container !== undefined) simulation.restartContainer(unit, container)
  }),
]

/**
 * An application grows and shrinks; in the end it has the units that it had.
 *
 * @example
 * await runInOrder(simulation, { steps, disturbances: [...everydayDisturbances, scaling('feast', 2)] })
 */
export function scaling(application: string, units: number): Disturbance {
  const extra = (simulation: Simulation): string[] => unitsOf(simulation, application).slice(units)
  return {
    name: `scale ${application}`,
    possible: (simulation) => unitsOf(simulation, application).length >= units,
    happen: (simulation) => {
      const [newest] = extra(simulation).reverse()
      if (newest === undefined) simulation.controller.addUnit(application)
      else simulation.controller.removeUnit(newest)
    },
    end: (simulation) => {
      for (const unit of extra(simulation)) simulation.controller.removeUnit(unit)
    },
  }
}

/**
 * A relation is removed and made anew, with another id; in the end it is there.
 *
 * @example
 * relationLoss('feast:registry', 'pg:database')
 */
export function relationLoss(left: string, right: string): Disturbance {
  const lost = new WeakSet<Simulation>()
  return {
    name: `lose ${left} ${right}`,
    possible: (simulation) => lost.has(simulation) || simulation.controller.findRelation(left, right)?.life === 'alive',
    happen: (simulation) => {
      const relation = simulation.controller.findRelation(left, right)
      if (relation?.life === 'alive') {
        simulation.controller.removeRelation(left, right)
        lost.add(simulation)
      } else if (!relation) {
        simulation.controller.integrate(left, right)
        lost.delete(simulation)
      }
    },
    end: (simulation) => {
      if (lost.has(simulation)) simulation.controller.integrate(left, right)
      lost.delete(simulation)
    },
  }
}
