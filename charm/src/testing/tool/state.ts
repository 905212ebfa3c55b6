import { parseKey, parseKeyValues } from './arguments.ts'
import { type Call, declareOutput } from './call.ts'
import { checkEmpty } from './flags.ts'
import { goQuote } from './go-text.ts'
import { parseTextMap } from './text-map.ts'
import { ToolError } from './tool-error.ts'

/** `state-get [KEY] [--strict]` */
export function stateGet(call: Call): void {
  const output = declareOutput(call, 'smart')
  const strict = call.flags.boolean('strict')
  const [first, ...rest] = call.parse('[<key>]')
  checkEmpty(rest)
  const key = parseKey(first)
  const state = call.context.charmState()
  const value = state.get(key)
  if (key !== '' && value === undefined && strict.value) throw new ToolError(`${goQuote(key)} not found`)
  const whole = state.size === 0 && output.format() === 'json' ? null : Object.fromEntries(state)
  output.write(key === '' ? whole : (value ?? ''))
}

/** `state-set K=V… [--file F]` */
export function stateSet(call: Call): void {
  const file = call.flags.string(['file'])
  const overrides = parseKeyValues(call.parse('key=value [key=value ...]'))
  const values = { ...(file.value === '' ? {} : parseTextMap(call.readText(file.value))), ...overrides }
  for (const [key, value] of Object.entries(values)) call.context.setCharmState(key, value)
}

/** `state-delete [KEY]` */
export function stateDelete(call: Call): void {
  const [key, ...rest] = call.parse('<key>')
  checkEmpty(rest)
  if (key !== undefined && key !== '') call.context.deleteCharmState(key)
}
