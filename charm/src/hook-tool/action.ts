import { charmError } from '../errors.ts'
import { type JsonObject, parseObject } from './output.ts'
import { type RunTool, readTool, readToolJson } from './run.ts'
import type { TextMap } from './text-map.ts'

const keyRule = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/
const reserved = new Set(['stdout', 'stdout-encoding', 'stderr', 'stderr-encoding', 'return-code'])
// MAX_ARG_STRLEN of Linux: one argument with its final zero byte.
const argumentLimit = 131_071

/**
 * Reads the parameters of the running action, types kept.
 *
 * @throws {HookToolError} `CHARM_TOOL_FAILED` outside an action.
 *
 * @example
 * await actionGet(run) // { 'include-credentials': true }
 */
export const actionGet = async (run: RunTool): Promise<JsonObject> =>
  parseObject('action-get', await readToolJson(run, { tool: 'action-get', args: ['--format=json'] }))

/**
 * Sets results of the running action. They stand in the arguments of a process and in the controller: never a secret.
 *
 * @throws {CharmError} `CHARM_TOOL_ARGUMENT` for a key that Juju does not take, or a value longer than an argument may be.
 *
 * @example
 * await actionSet(run, { 'checks.registry': 'ok' })
 */
export const actionSet = async (run: RunTool, results: TextMap): Promise<void> => {
  const refuse = (why: string): never => {
    throw charmError('CHARM_TOOL_ARGUMENT', ['action-set', why])
  }
  const args = Object.entries(results).map(([key, value]) => {
    if (!keyRule.test(key)) refuse(`result "${key}" is not dotted words of a-z, 0-9 and inner hyphens`)
    if (key.split('.').some((part) => reserved.has(part))) refuse(`result "${key}" has a name that Juju keeps for itself`)
    const argument = `${key}=${value.replaceAll('\0', '\ufffd')}`
    return Buffer.byteLength(argument) > argumentLimit ? refuse(`result "${key}" is longer than ${argumentLimit} bytes`) : argument
  })
  if (args.length > 0) await readTool(run, { tool: 'action-set', args })
}

/**
 * Tells whoever waits for the running action how it goes.
 *
 * @example
 * await actionLog(run, 'registry copied')
 */
export const actionLog = async (run: RunTool, message: string): Promise<void> => {
  await readTool(run, { tool: 'action-log', args: ['--', message] })
}

/**
 * Marks the running action as failed. The last message wins; the unit itself is not in error.
 *
 * @example
 * await actionFail(run, 'cannot connect to the registry: connection refused')
 */
export const actionFail = async (run: RunTool, message: string): Promise<void> => {
  await readTool(run, { tool: 'action-fail', args: message === '' ? [] : ['--', message] })
}
