import type { Command } from '../command.ts'
import { cliError } from '../errors.ts'
import { openFor } from '../open.ts'

/** `feast teardown`: of this project alone; Python's removes every project of the registry. */
export const command: Command = {
  arguments: [],
  options: [{ flags: '--yes', description: 'do not ask' }],
  async run(terminal, { options, global }) {
    await using store = await openFor(terminal, global)
    if (options.yes !== true && !(await terminal.confirm(`Remove project ${store.project} with its online tables?`)))
      throw cliError('CLI_NOT_CONFIRMED', [`remove project "${store.project}"`])
    await store.teardown()
    terminal.out(`Removed project ${store.project}\n`)
    return undefined
  },
}
