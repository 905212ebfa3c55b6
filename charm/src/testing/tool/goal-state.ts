import type { Goal } from '../model/model.ts'
import { type Call, declareOutput } from './call.ts'
import { checkEmpty } from './flags.ts'
import type { Printable } from './go-json.ts'
import { byBytes } from './go-text.ts'

/** `goal-state`: asked anew at each call. */
export function goalState(call: Call): void {
  const output = declareOutput(call, 'yaml')
  checkEmpty(call.parse())
  const { units, relations } = call.context.unit.goalState
  const related = Object.entries(relations).map(([endpoint, goals]) => [endpoint, printGoals(goals)] as const)
  output.write(
    new Map<string, Printable>([
      ['units', printGoals(units)],
      ['relations', new Map(related.sort(([left], [right]) => byBytes(left, right)))],
    ]),
  )
}

function printGoals(goals: Readonly<Record<string, Goal>>): Printable {
  const sorted = Object.entries(goals).sort(([left], [right]) => byBytes(left, right))
  return new Map(
    sorted.map(
      ([name, { status, since }]) =>
        [
          name,
          new Map([
            ['status', status],
            ['since', since.replace('T', ' ')],
          ]),
        ] as const,
    ),
  )
}
