import { charmError } from '../errors.ts'
import { parseObject, parseText } from './output.ts'
import { type RunTool, readTool, readToolJson } from './run.ts'

/** A status as Juju names it, with its message. */
export interface ToolStatus {
  readonly status: string
  readonly message: string
}

const settable = ['active', 'blocked', 'maintenance', 'waiting']

const parseStatus = (value: unknown): ToolStatus => {
  const { status, message } = parseObject('status-get', value)
  return { status: parseText('status-get', status), message: parseText('status-get', message ?? '') }
}

/**
 * Reads the unit's status. Juju answers from its cache: after a status-set of the same hook it is stale.
 *
 * @example
 * await unitStatusGet(run) // { status: 'waiting', message: 'for db' }
 */
export const unitStatusGet = async (run: RunTool): Promise<ToolStatus> =>
  parseStatus(await readToolJson(run, { tool: 'status-get', args: ['--include-data', '--format=json', '--application=false'] }))

/**
 * Reads the application's status.
 *
 * @throws {HookToolError} `CHARM_PERMISSION_DENIED` on a unit that does not lead.
 *
 * @example
 * await applicationStatusGet(run) // { status: 'active', message: '' }
 */
export const applicationStatusGet = async (run: RunTool): Promise<ToolStatus> => {
  const output = await readToolJson(run, { tool: 'status-get', args: ['--include-data', '--format=json', '--application=true'] })
  return parseStatus(parseObject('status-get', output)['application-status'] ?? null)
}

const statusSet = async (run: RunTool, flag: string, { status, message }: ToolStatus): Promise<void> => {
  if (!settable.includes(status)) throw charmError('CHARM_STATUS_INVALID', [status])
  await readTool(run, { tool: 'status-set', args: [`--application=${flag}`, status, ...(message === '' ? [] : ['--', message])] })
}

/**
 * Sets the unit's status at once; it stays when the hook fails.
 *
 * @throws {CharmError} `CHARM_STATUS_INVALID` for a status that only Juju sets.
 *
 * @example
 * await unitStatusSet(run, { status: 'waiting', message: 'Waiting for leadership' })
 */
export const unitStatusSet = (run: RunTool, status: ToolStatus): Promise<void> => statusSet(run, 'False', status)

/**
 * Sets the application's status at once; it stays when the hook fails.
 *
 * @throws {CharmError} `CHARM_STATUS_INVALID`; {@link HookToolError} `CHARM_PERMISSION_DENIED` on a unit that does not lead.
 *
 * @example
 * await applicationStatusSet(run, { status: 'active', message: '' })
 */
export const applicationStatusSet = (run: RunTool, status: ToolStatus): Promise<void> => statusSet(run, 'True', status)
