import { type Document, isAlias, isMap, isScalar, isSeq, parseAllDocuments, type Scalar } from 'yaml'

const booleans: ReadonlyMap<string, boolean> = new Map([
  ...['yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map((text) => [text, true] as const),
  ...['no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map((text) => [text, false] as const),
])

// What PyYAML takes for numbers and times (yaml/resolver.py, read for its rules): a float has a point and a signed exponent.
const float = /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?)$/
const infinite = /^[-+]?\.(?:inf|Inf|INF)$/
const integer = /^[-+]?(?:0|[1-9][0-9_]*)$/
const based = /^([-+]?)(?:0b([01_]+)|0x([0-9a-fA-F_]+)|0([0-7_]+))$/
const sixty = /^[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+$/
const sixtyFloat = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*$/
const date = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/
const time = /^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::?[0-9]{2})?))?$/

/**
 * Reads the first document of a YAML text as PyYAML's safe loader does, and so Feast: plain `yes`, `0123`, `12:30:45` and `2024-01-01`
 * are no strings, `1e3` is one. Times come as `{ time: text }`.
 *
 * @throws when the text is no YAML.
 *
 * @example
 * parsePythonYaml('a: 0123\nb: 1e3\n')   // { a: 83, b: '1e3' }
 */
export function parsePythonYaml(text: string): unknown {
  const documents = parseAllDocuments(text, { version: '1.1', schema: 'failsafe', merge: true, uniqueKeys: false, logLevel: 'silent' })
  const [document] = Array.isArray(documents) ? documents : []
  if (!document) return null
  const [error] = document.errors
  if (error) throw error
  return construct(document, document.contents)
}

function construct(document: Document, node: unknown): unknown {
  if (isAlias(node)) return construct(document, node.resolve(document))
  if (isSeq(node)) return node.items.map((item) => construct(document, item))
  if (isMap(node)) return constructMap(document, node.items)
  return isScalar(node) ? resolve(node) : null
}

function constructMap(document: Document, items: readonly { readonly key: unknown; readonly value: unknown }[]): unknown {
  const entries = items.flatMap(({ key, value }): [string, unknown][] => {
    const name = isScalar(key) ? keyOf(resolve(key)) : JSON.stringify(construct(document, key))
    const item = construct(document, value)
    if (name !== '<<' || !isScalar(key) || key.type !== 'PLAIN') return [[name, item]]
    return [item].flat().flatMap((each) => (typeof each === 'object' && each !== null ? Object.entries(each) : []))
  })
  return Object.fromEntries(entries)
}

function keyOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function resolve(node: Scalar): unknown {
  const text = typeof node.value === 'string' ? node.value : (node.source ?? '')
  if (node.type !== 'PLAIN' || node.tag === 'tag:yaml.org,2002:str') return text
  if (['', '~', 'null', 'Null', 'NULL'].includes(text)) return null
  return booleans.get(text) ?? number(text) ?? (date.test(text) || time.test(text) ? { time: text } : text)
}

function number(text: string): number | string | undefined {
  const plain = text.replaceAll('_', '')
  if (integer.test(text)) return Number.isSafeInteger(Number(plain)) ? Number(plain) : `${plain} as an integer`
  if (float.test(text)) return Number(plain)
  if (infinite.test(text)) return `${text.startsWith('-') ? '-' : ''}Infinity as a number`
  if (/^\.(?:nan|NaN|NAN)$/.test(text)) return 'NaN as a number'
  const [, sign, binary, hex, octal] = based.exec(plain) ?? []
  const digits = binary ?? hex ?? octal
  if (digits !== undefined) return (sign === '-' ? -1 : 1) * Number.parseInt(digits, binary ? 2 : hex ? 16 : 8)
  if (!sixty.test(text) && !sixtyFloat.test(text)) return undefined
  const parts = plain.replace(/^[-+]/, '').split(':')
  const total = parts.reduce((sum, part) => sum * 60 + Number(part), 0)
  return plain.startsWith('-') ? -total : total
}
