import { type RunTool, readToolJson } from './run.ts'

/**
 * Whether this unit leads. Good for thirty seconds from the answer.
 *
 * @example
 * await isLeader(run) // true
 */
export const isLeader = async (run: RunTool): Promise<boolean> =>
  (await readToolJson(run, { tool: 'is-leader', args: ['--format=json'] })) === true
