import type { Command } from '../command.ts'
import { openFor } from '../open.ts'
import { planText } from '../plan-text.ts'
import { loadRepository } from '../repository.ts'
import { formatOf, formatOptions, jsonText } from '../table.ts'

/** `feast plan`. */
export const command: Command = {
  arguments: [],
  options: [
    { flags: '--partial', description: 'leave what the repository lacks as it is' },
    { flags: '--exit-code', description: 'exit with 2 when apply would change something' },
    { flags: '--skip-source-validation', description: 'do not look whether source tables and columns exist' },
    { flags: '--skip-feature-view-validation', description: 'accepted for the sake of scripts; definitions are always checked' },
    ...formatOptions,
  ],
  async run(terminal, { options, global }) {
    const { definitions } = await loadRepository(global.chdir)
    await using store = await openFor(terminal, global, definitions)
    const plan = await store.plan(definitions, {
      partial: options.partial === true,
      skipSourceValidation: options.skipSourceValidation === true,
    })
    terminal.out(formatOf(options) === 'table' ? planText(plan, 'planned') : `${jsonText(plan)}\n`)
    return options.exitCode === true && plan.differences.length > 0 ? 2 : undefined
  },
}
