import manifest from '../../package.json' with { type: 'json' }
import type { Command } from '../command.ts'

/** `feast version`. */
export const command: Command = {
  arguments: [],
  options: [],
  async run(terminal) {
    terminal.out(`Charmed Feast: "${manifest.version}"\n`)
    return undefined
  },
}
