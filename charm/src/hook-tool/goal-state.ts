import { type JsonObject, parseObject, parseText } from './output.ts'
import { type RunTool, readToolJson } from './run.ts'

/** A unit or application that is planned, and how far it is. */
export interface Goal {
  readonly status: string
  /** As Juju writes it: `2006-01-02 15:04:05Z`. */
  readonly since: string
}

/** What the model is meant to become, seen from this application. */
export interface GoalState {
  /** Own units by name, also those that do not run yet. */
  readonly units: Readonly<Record<string, Goal>>
  /** By endpoint, remote applications and their units by name. */
  readonly relations: Readonly<Record<string, Readonly<Record<string, Goal>>>>
}

const parseGoals = (value: unknown): Readonly<Record<string, Goal>> => {
  const parseGoal = (goal: JsonObject): Goal => ({
    status: parseText('goal-state', goal.status),
    since: parseText('goal-state', goal.since ?? ''),
  })
  const entries = Object.entries(parseObject('goal-state', value ?? null))
  return Object.fromEntries(entries.map(([name, goal]) => [name, parseGoal(parseObject('goal-state', goal))]))
}

/**
 * Tells which units and relations are planned.
 *
 * @example
 * Object.keys((await goalState(run)).units).length // how many units this application shall have
 */
export const goalState = async (run: RunTool): Promise<GoalState> => {
  const output = parseObject('goal-state', await readToolJson(run, { tool: 'goal-state', args: ['--format=json'] }))
  const relations = Object.entries(parseObject('goal-state', output.relations ?? null))
  return {
    units: parseGoals(output.units),
    relations: Object.fromEntries(relations.map(([endpoint, goals]) => [endpoint, parseGoals(goals)])),
  }
}
