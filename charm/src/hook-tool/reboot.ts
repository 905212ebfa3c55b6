import { type RunTool, readTool } from './run.ts'

/**
 * Asks Juju to reboot the machine: when the hook has ended, or now. There is no machine on Kubernetes, where the hook then fails.
 *
 * @example
 * await jujuReboot(run, { when: 'after-hook' })
 */
export const jujuReboot = async (run: RunTool, { when }: { readonly when: 'after-hook' | 'now' }): Promise<void> => {
  await readTool(run, { tool: 'juju-reboot', args: when === 'now' ? ['--now'] : [] })
}
