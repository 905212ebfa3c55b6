import { type RunTool, readTool } from './run.ts'

/**
 * Tells Juju the workload's version, at once; it stays when the hook fails. Juju has no tool to read it back.
 *
 * @example
 * await applicationVersionSet(run, '0.49.0')
 */
export const applicationVersionSet = async (run: RunTool, version: string): Promise<void> => {
  await readTool(run, { tool: 'application-version-set', args: ['--', version] })
}
