import { parseKey, parseKeyValues } from './arguments.ts'
import { type Call, declareOutput } from './call.ts'
import { checkEmpty } from './flags.ts'
import { ToolError } from './tool-error.ts'

/** `is-leader` */
export function isLeader(call: Call): void {
  const output = declareOutput(call, 'smart')
  checkEmpty(call.parse())
  output.write(call.context.isLeader())
}

/** `leader-get [KEY]`: legacy, still served. */
export function leaderGet(call: Call): void {
  const output = declareOutput(call, 'smart')
  const [first, ...rest] = call.parse('[<key>]')
  const key = parseKey(first)
  checkEmpty(rest)
  const settings = call.context.application.leaderSettings
  output.write(key === '' ? settings : (settings[key] ?? null))
}

/** `leader-set K=V…`: legacy, still served; it changes the model at once. */
export function leaderSet(call: Call): void {
  const settings = parseKeyValues(call.parse('<key>=<value> [...]'))
  if (!call.context.isLeader()) throw new ToolError('cannot write leadership settings: cannot write settings: not the leader')
  call.context.change({ kind: 'leader-settings', unit: call.context.unitName, settings })
}
