import { relationSide, type Unit } from '@charmed-feast/charm/testing'

import type { ModelState } from './state.ts'
import { unitsOf } from './unit.ts'

type GoalState = Unit['goalState']
type Goal = GoalState['units'][string]

/** What `goal-state` says to a unit: its application's units and those it is related to; a unit that goes is `dying`. */
function goalOf(state: ModelState, application: string): GoalState {
  const goal = (unit: string): Goal => {
    const record = state.units[unit]
    const status = record?.life === 'dying' ? 'dying' : (state.model.units[unit]?.status.status ?? 'unknown')
    return { status, since: record?.since ?? '' }
  }
  const relations: Record<string, Record<string, Goal>> = {}
  for (const relation of state.model.relations) {
    const side = relationSide(relation, application)
    if (!side || side.own.role === 'peer') continue
    const remote = side.remote.application
    const units = unitsOf(state, remote)
    const since = units.map((unit) => state.units[unit]?.since ?? '')[0] ?? ''
    relations[side.own.endpoint] = {
      ...relations[side.own.endpoint],
      [remote]: { status: relation.life === 'alive' ? 'joined' : 'dying', since },
      ...Object.fromEntries(units.map((unit) => [unit, goal(unit)])),
    }
  }
  return { units: Object.fromEntries(unitsOf(state, application).map((unit) => [unit, goal(unit)])), relations }
}

/** The state in which a unit's `goal-state` is as the model is now. */
export function planGoal(state: ModelState, name: string): ModelState {
  const unit = state.model.units[name]
  if (!unit) return state
  const goalState = goalOf(state, unit.application)
  return { ...state, model: { ...state.model, units: { ...state.model.units, [name]: { ...unit, goalState } } } }
}
