import type { HookContext } from '../context/context.ts'
import type { Status } from '../model/model.ts'
import { type Call, declareOutput } from './call.ts'
import { checkEmpty } from './flags.ts'
import type { Printable } from './go-json.ts'
import { goQuote } from './go-text.ts'
import { ToolError, usageError } from './tool-error.ts'

const settable = ['maintenance', 'blocked', 'waiting', 'active']

/** `status-set STATUS [MESSAGE] [--application]` */
export function statusSet(call: Call): void {
  const { context } = call
  const application = call.flags.boolean('application')
  const [status, message = '', ...rest] = call.parse('<status> [<message>]')
  if (status === undefined) throw usageError('invalid args, require <status> [message]')
  if (!settable.includes(status)) throw usageError(`invalid status ${goQuote(status)}, expected one of [${settable.join(' ')}]`)
  checkEmpty(rest)
  if (application.value) context.requireLeader()
  context.change({ kind: application.value ? 'application-status' : 'unit-status', unit: context.unitName, status, message })
}

/** `status-get [--include-data] [--application]` */
export function statusGet(call: Call): void {
  const output = declareOutput(call, 'smart')
  const withData = call.flags.boolean('include-data')
  const application = call.flags.boolean('application')
  checkEmpty(call.parse('[--include-data] [--application]'))
  const bare = !withData.value && output.format() === 'smart'
  if (!application.value) output.write(bare ? call.context.status().status : printStatus(call.context.status(), withData.value))
  else output.write(readApplicationStatus(call.context, withData.value, bare))
}

function readApplicationStatus(context: HookContext, withData: boolean, bare: boolean): Printable {
  if (!context.isLeader()) throw new ToolError('finding application status: this unit is not the leader')
  const { status } = context.application
  if (bare) return status.status
  const siblings = Object.values(context.model.units).filter((unit) => unit.application === context.applicationName)
  const units = Object.fromEntries(siblings.map((unit) => [unit.name, printStatus(unit.status, withData)]))
  return { 'application-status': { ...printStatus(status, withData), units } }
}

function printStatus(status: Status, withData: boolean): { readonly [key: string]: Printable } {
  if (!withData) return { status: status.status }
  return { status: status.status, message: status.message, 'status-data': status.data ?? {} }
}

/** `application-version-set VERSION` */
export function applicationVersionSet(call: Call): void {
  const [version, ...rest] = call.parse('<new-version>')
  if (version === undefined) throw usageError('no version specified')
  checkEmpty(rest)
  call.context.change({ kind: 'workload-version', unit: call.context.unitName, version })
}
