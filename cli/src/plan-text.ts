import type { ApplyPlan } from '@charmed-feast/store'
import { jsonText } from './table.ts'

const verbs = {
  planned: { create: 'Create', update: 'Update', delete: 'Delete', make: 'Make', drop: 'Remove' },
  done: { create: 'Created', update: 'Updated', delete: 'Deleted', make: 'Made', drop: 'Removed' },
} as const

const value = (each: unknown): string => (each === undefined ? '(nothing)' : typeof each === 'string' ? each : jsonText(each, 0))

/** What an apply does, in the words of `feast plan`: a line an object, then what changes of it. */
export const planText = (plan: ApplyPlan, tense: keyof typeof verbs): string => {
  const words = verbs[tense]
  const lines = plan.differences.flatMap(({ action, kind, name, changes }) => [
    `${words[action]} ${kind.replaceAll('-', ' ')} ${name}`,
    ...changes.map(({ path, before, after }) => `\t${path}: ${value(before)} -> ${value(after)}`),
  ])
  const tables = [
    ...plan.createTables.map((view) => `${words.make} the online table of ${view}`),
    ...plan.dropTables.map((view) => `${words.drop} the online table of ${view}`),
  ]
  const registry = lines.length === 0 ? ['No changes to registry'] : lines
  const infrastructure = tables.length === 0 ? ['No changes to infrastructure'] : tables
  return `${[...registry, '', ...infrastructure].join('\n')}\n`
}
