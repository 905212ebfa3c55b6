import type { HookContext } from '../context/context.ts'
import * as action from './action.ts'
import { Call } from './call.ts'
import * as config from './config.ts'
import { credentialGet } from './credential.ts'
import { goalState } from './goal-state.ts'
import * as leader from './leader.ts'
import { jujuLog } from './log.ts'
import { networkGet } from './network.ts'
import * as port from './port.ts'
import { jujuReboot } from './reboot.ts'
import * as relation from './relation.ts'
import { resourceGet } from './resource.ts'
import * as secret from './secret.ts'
import * as secretAccess from './secret-access.ts'
import * as state from './state.ts'
import * as status from './status.ts'
import * as storage from './storage.ts'
import { HelpRequest, ToolError } from './tool-error.ts'
import { unitGet } from './unit.ts'

/** A hook tool: reads its options from the call, prints to it, and throws {@link ToolError} to refuse. */
export type Tool = (call: Call) => void

/** Every hook tool that Juju 3.6 serves, without the legacy ones for payloads, metrics and pod specifications. */
export const tools: Readonly<Record<string, Tool>> = {
  'action-fail': action.actionFail,
  'action-get': action.actionGet,
  'action-log': action.actionLog,
  'action-set': action.actionSet,
  'application-version-set': status.applicationVersionSet,
  'close-port': port.closePort,
  'config-get': config.configGet,
  'credential-get': credentialGet,
  'goal-state': goalState,
  'is-leader': leader.isLeader,
  'juju-log': jujuLog,
  'juju-reboot': jujuReboot,
  'leader-get': leader.leaderGet,
  'leader-set': leader.leaderSet,
  'network-get': networkGet,
  'open-port': port.openPort,
  'opened-ports': port.openedPorts,
  'relation-get': relation.relationGet,
  'relation-ids': relation.relationIds,
  'relation-list': relation.relationList,
  'relation-model-get': relation.relationModelGet,
  'relation-set': relation.relationSet,
  'resource-get': resourceGet,
  'secret-add': secret.secretAdd,
  'secret-get': secret.secretGet,
  'secret-grant': secretAccess.secretGrant,
  'secret-ids': secret.secretIds,
  'secret-info-get': secret.secretInfoGet,
  'secret-remove': secret.secretRemove,
  'secret-revoke': secretAccess.secretRevoke,
  'secret-set': secret.secretSet,
  'state-delete': state.stateDelete,
  'state-get': state.stateGet,
  'state-set': state.stateSet,
  'status-get': status.statusGet,
  'status-set': status.statusSet,
  'storage-add': storage.storageAdd,
  'storage-get': storage.storageGet,
  'storage-list': storage.storageList,
  'unit-get': unitGet,
}

/** How a hook tool is called: name, arguments, and what it may read. */
export interface ToolInput {
  readonly tool: string
  readonly args: readonly string[]
  /** Standard input: the text, or what gives it when a tool reads. */
  readonly stdin?: string | (() => string)
  /** Where relative paths begin; the hook's working directory, that is the charm's folder. */
  readonly directory?: string
  /** Files that are not on disk: absolute path to text. */
  readonly files?: Readonly<Record<string, string>>
}

/** What a hook tool answered. */
export interface ToolAnswer {
  readonly exit: number
  readonly stdout: string
  readonly stderr: string
  /** Whether it read standard input. */
  readonly stdinRead: boolean
}

/**
 * Runs a hook tool in a hook's context: options, output, errors and exit codes are those of Juju 3.6.25
 * (recorded in `test/testing/golden-juju`).
 *
 * @example
 * runTool(context, { tool: 'relation-ids', args: ['db', '--format=json'] }).stdout   // '["db:1"]\n'
 */
export function runTool(context: HookContext, input: ToolInput): ToolAnswer {
  const tool = Object.hasOwn(tools, input.tool) ? tools[input.tool] : undefined
  if (!tool) return { exit: 1, stdout: '', stderr: `ERROR bad request: unknown command: ${input.tool}\n`, stdinRead: false }
  const { directory = '/', stdin = '', files = {} } = input
  const call = new Call({
    context,
    tool: input.tool,
    args: input.args,
    directory,
    stdin: typeof stdin === 'string' ? () => stdin : stdin,
    files,
  })
  try {
    tool(call)
    return { exit: 0, stdout: call.stdout, stderr: call.stderr, stdinRead: call.stdinRead }
  } catch (error) {
    if (error instanceof HelpRequest) return { exit: 0, stdout: `${call.usage}\n`, stderr: '', stdinRead: false }
    if (!(error instanceof ToolError)) throw error
    return { exit: error.exit, stdout: '', stderr: `${call.stderr}ERROR ${error.message}\n`, stdinRead: call.stdinRead }
  }
}
