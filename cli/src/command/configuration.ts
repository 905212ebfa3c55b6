import { describeConfig, loadConfig } from '@charmed-feast/store'
import type { Command } from '../command.ts'

/** `feast configuration`: secrets are masked unless asked for. */
export const command: Command = {
  arguments: [],
  options: [{ flags: '--show-secrets', description: 'print passwords too' }],
  async run(terminal, { options, global }) {
    const config = await loadConfig({
      repoPath: global.chdir,
      environment: terminal.env,
      ...(global.featureStoreYaml === undefined ? {} : { path: global.featureStoreYaml }),
    })
    terminal.out(describeConfig(config, { showSecrets: options.showSecrets === true }))
    return undefined
  },
}
