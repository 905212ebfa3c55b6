import type { HookContext } from '../context/context.ts'
import type { ActionResults } from '../model/change.ts'
import { type Call, declareOutput } from './call.ts'
import { checkEmpty } from './flags.ts'
import { Float64, isList, isMapping, type Printable } from './go-json.ts'
import { goQuote } from './go-text.ts'
import { ToolError, usageError } from './tool-error.ts'

function requireAction(context: HookContext): NonNullable<HookContext['hook']['action']> {
  if (!context.hook.action) throw new ToolError('not running an action')
  return context.hook.action
}

/** `action-get [a.b.c]` */
export function actionGet(call: Call): void {
  const output = declareOutput(call, 'smart')
  const [path, ...rest] = call.parse('[<key>[.<key>.<key>...]]')
  checkEmpty(rest)
  const params = asFloats(requireAction(call.context).params)
  output.write(path === undefined ? params : path.split('.').reduce<Printable>(step, params))
}

/** Parameters reach the agent as JSON: Go holds every number of them as a float. */
function asFloats(value: Printable): Printable {
  if (typeof value === 'number') return new Float64(value)
  if (isList(value)) return value.map(asFloats)
  if (!isMapping(value) || value instanceof Map) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, asFloats(item)]))
}

function step(value: Printable, key: string): Printable {
  if (!isMapping(value) || value instanceof Map) return null
  return Object.entries(value).find(([name]) => name === key)?.[1] ?? null
}

const keyRule = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/
const reserved: ReadonlySet<string> = new Set(['stdout', 'stdout-encoding', 'stderr', 'stderr-encoding'])

/** `action-set a.b=V…` */
export function actionSet(call: Call): void {
  const values = call.parse('<key>=<value> [<key>=<value> ...]').map(parseResult)
  if (values.length > 0) requireAction(call.context)
  for (const { path, value } of values) call.context.actionResults = setResult(call.context.actionResults, path, value)
}

function parseResult(text: string): { readonly path: readonly string[]; readonly value: string } {
  const equals = text.indexOf('=')
  if (equals < 0) throw usageError(`argument ${goQuote(text)} must be of the form key...=value`)
  const path = text.slice(0, equals).split('.')
  for (const key of path) {
    if (!keyRule.test(key)) {
      throw usageError(
        `key ${goQuote(key)} must start and end with lowercase alphanumeric, and contain only lowercase alphanumeric and hyphens`,
      )
    }
    if (reserved.has(key)) throw usageError(`cannot set reserved action key ${goQuote(key)}`)
  }
  return { path, value: text.slice(equals + 1) }
}

function setResult(results: ActionResults, [key = '', ...path]: readonly string[], value: string): ActionResults {
  if (path.length === 0) return { ...results, [key]: value }
  const inner = results[key]
  return { ...results, [key]: setResult(typeof inner === 'object' ? inner : {}, path, value) }
}

/** `action-fail [MESSAGE]` */
export function actionFail(call: Call): void {
  const [message = 'action failed without reason given, check action for errors', ...rest] = call.parse('["<failure message>"]')
  checkEmpty(rest)
  requireAction(call.context)
  call.context.actionMessage = message
  call.context.actionFailed = true
}

/** `action-log MESSAGE` */
export function actionLog(call: Call): void {
  const words = call.parse('<message>')
  if (words.length === 0) throw usageError('no message specified')
  call.context.change({ kind: 'action-message', action: requireAction(call.context).id, message: words.join(' ') })
}
