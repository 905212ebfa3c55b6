import type { HookContext } from '../context/context.ts'
import type { RelationContext } from '../context/relations.ts'
import type { Bag } from '../model/model.ts'
import type { Call } from './call.ts'
import type { Flag } from './flags.ts'
import { goQuote } from './go-text.ts'
import { usageError } from './tool-error.ts'

/** The relation of `-r` or `--relation`; by default the hook's own, else undefined. */
export function declareRelation(call: Call): Flag<RelationContext | undefined> {
  const { context } = call
  return call.flags.value<RelationContext | undefined>(['r', 'relation'], context.hookRelation, (text) => findRelation(context, text))
}

function findRelation(context: HookContext, text: string): RelationContext {
  const number = text.slice(text.lastIndexOf(':') + 1)
  if (!/^[-+]?\d+$/.test(number)) throw usageError('invalid relation id')
  const relation = context.relations.get(Number(number))
  if (!relation) throw usageError('relation not found')
  return relation
}

/** The relation that a tool cannot do without. */
export function requireRelation(flag: Flag<RelationContext | undefined>): RelationContext {
  if (!flag.value) throw usageError('no relation id specified')
  return flag.value
}

/** `key=value` arguments, trimmed as Juju trims them; twice the same key is refused. */
export function parseKeyValues(texts: readonly string[]): Bag {
  const values = new Map<string, string>()
  for (const text of texts) {
    const equals = text.indexOf('=')
    if (equals < 1) throw usageError(`expected "key=value", got ${goQuote(text)}`)
    const key = text.slice(0, equals).trim()
    if (values.has(key)) throw usageError(`key ${goQuote(key)} specified more than once`)
    values.set(key, text.slice(equals + 1).trim())
  }
  return Object.fromEntries(values)
}

/** A key that may be `-` or empty, both of which mean all. */
export function parseKey(text: string | undefined): string {
  return text === undefined || text === '-' ? '' : text
}
