import type { Command } from '../command.ts'
import { openFor } from '../open.ts'

/** `feast registry create-schema`. */
export const command: Command = {
  arguments: [],
  options: [],
  async run(terminal, { global }) {
    await using store = await openFor(terminal, global)
    await store.registry.createSchema()
    terminal.out('SQL registry schema created successfully.\n')
    return undefined
  },
}
