import { isStorageId } from '../model/tag.ts'
import { type Call, declareOutput } from './call.ts'
import { checkEmpty } from './flags.ts'
import { goQuote } from './go-text.ts'
import { ToolError, usageError } from './tool-error.ts'

/** `storage-get [ATTRIBUTE] [-s ID]` */
export function storageGet(call: Call): void {
  const { unit, hook } = call.context
  const output = declareOutput(call, 'smart')
  const id = call.flags.value<string | undefined>(['s'], hook.storage, (text) => {
    if (!isStorageId(text)) throw usageError(`invalid storage ID ${goQuote(text)}`)
    if (!unit.storage[text]) throw usageError(`storage attachment ${text}:${unit.name} not found`)
    return text
  })
  const [key = '', ...rest] = call.parse('[<key>]')
  const storage = id.value === undefined ? undefined : unit.storage[id.value]
  if (!storage) throw usageError('no storage instance specified')
  checkEmpty(rest)
  const values: Readonly<Record<string, string>> = { kind: storage.kind, location: storage.location }
  const value = key === '' ? values : values[key]
  if (value === undefined) throw new ToolError(`invalid storage attribute ${goQuote(key)}`)
  output.write(value)
}

/** `storage-list [NAME]` */
export function storageList(call: Call): void {
  const output = declareOutput(call, 'smart')
  const [name = '', ...rest] = call.parse('[<storage-name>]')
  checkEmpty(rest)
  const ids = Object.keys(call.context.unit.storage).sort()
  output.write(ids.filter((id) => name === '' || id.slice(0, id.lastIndexOf('/')) === name))
}

const poolName = /^[a-zA-Z]+[-?a-zA-Z0-9]*$/
const count = /^-?[0-9]+$/
const size = /^-?[0-9]+(?:\.[0-9]+)?[MGTPEZY](?:i?B)?$/

/** `storage-add NAME[=COUNT]…` */
export function storageAdd(call: Call): void {
  const args = call.parse('<charm storage name>[=count] ...')
  if (args.length === 0) throw usageError('storage add requires a storage directive')
  const asked = new Map<string, { readonly count: number; readonly more: boolean }>()
  for (const text of args) {
    const [name = '', directive, ...rest] = text.split('=')
    if (name === '' || rest.length > 0) throw usageError(`expected "name=constraints" or "name", got ${goQuote(text)}`)
    if (asked.has(name)) throw usageError(`storage ${goQuote(name)} specified more than once`)
    asked.set(name, directive === undefined ? { count: 1, more: false } : parseDirective(name, directive))
  }
  for (const [name, { more }] of asked) if (more) throw usageError(`only count can be specified for ${goQuote(name)}`)
  call.context.storageAsked.push(...[...asked].map(([name, directive]) => ({ name, count: directive.count })))
}

function parseDirective(name: string, text: string): { readonly count: number; readonly more: boolean } {
  const refuse = (why: string): never => {
    throw usageError(`cannot parse constraints for storage ${goQuote(name)}: ${why}`)
  }
  let directive = { count: 0, more: false }
  for (const field of text.split(',').filter((each) => each !== '')) {
    if (poolName.test(field) || size.test(field)) directive = { ...directive, more: true }
    else if (!count.test(field)) refuse(`unrecognized storage constraint ${goQuote(field)} not valid`)
    else if (Number(field) <= 0) refuse(`parsing storage count: count must be greater than zero, got ${goQuote(field)}`)
    else directive = { ...directive, count: Number(field) }
  }
  if (directive.count === 0 && !directive.more) refuse('storage constraints require at least one field to be specified')
  return directive
}
