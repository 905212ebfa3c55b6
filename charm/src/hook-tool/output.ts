import { charmError } from '../errors.ts'

/** A JSON object whose values are not known yet. */
export type JsonObject = Readonly<Record<string, unknown>>

const refuse = (tool: string, expected: string): never => {
  throw charmError('CHARM_TOOL_OUTPUT', [tool, `it is not ${expected}`])
}

/**
 * Reads a hook tool's JSON as an object; `null` is an empty one.
 *
 * @throws {CharmError} `CHARM_TOOL_OUTPUT` when it is anything else.
 *
 * @example
 * parseObject('config-get', { a: 1 }) // { a: 1 }
 */
export const parseObject = (tool: string, value: unknown): JsonObject => {
  if (value === null) return {}
  return typeof value === 'object' && !Array.isArray(value) ? (value as JsonObject) : refuse(tool, 'an object')
}

/**
 * Reads a hook tool's JSON as an object of texts, with no prototype: a databag key may be called `__proto__`.
 *
 * @throws {CharmError} `CHARM_TOOL_OUTPUT` when it is anything else.
 *
 * @example
 * parseTexts('relation-get', { host: 'db' }).host // 'db'
 */
export const parseTexts = (tool: string, value: unknown): Readonly<Record<string, string>> => {
  const texts: Record<string, string> = Object.create(null)
  for (const [key, each] of Object.entries(parseObject(tool, value))) texts[key] = parseText(tool, each)
  return Object.freeze(texts)
}

/**
 * Reads a hook tool's JSON as a text.
 *
 * @throws {CharmError} `CHARM_TOOL_OUTPUT` when it is anything else.
 *
 * @example
 * parseText('relation-list', 'pg') // 'pg'
 */
export const parseText = (tool: string, value: unknown): string => (typeof value === 'string' ? value : refuse(tool, 'a text'))

/**
 * Reads a hook tool's JSON as a list of texts; `null` is an empty one.
 *
 * @throws {CharmError} `CHARM_TOOL_OUTPUT` when it is anything else.
 *
 * @example
 * parseTextList('relation-ids', ['db:1']) // ['db:1']
 */
export const parseTextList = (tool: string, value: unknown): readonly string[] => {
  if (value === null) return []
  return Array.isArray(value) ? value.map((each) => parseText(tool, each)) : refuse(tool, 'a list')
}
