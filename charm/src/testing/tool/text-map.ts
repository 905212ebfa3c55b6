import {
  Composer,
  CST,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  Parser,
  type Scalar,
  type YAMLMap,
  type YAMLParseError,
} from 'yaml'

import type { Bag } from '../model/model.ts'
import { ToolError } from './tool-error.ts'
import { translateProblem } from './yaml-problem.ts'

/**
 * Reads a YAML map of texts as go-yaml v2 decodes into `map[string]string`: scalars keep their text, null is empty, the first
 * document counts, of equal keys the last (recorded; juju-tools.md §7 relation-set).
 *
 * @param type what go-yaml calls the map in its errors.
 * @throws {ToolError} with go-yaml's words.
 *
 * @example
 * parseTextMap('a: 1.50\nb: ~\n')   // { a: '1.50', b: '' }
 */
export function parseTextMap(text: string, type = 'map[string]string'): Bag {
  // A raw NEL is a line break to YAML 1.1; inside a text it folds to a blank.
  const source = text
    .replace(/^\ufeff/, '')
    .replace(/\r\n?/g, '\n')
    .replace(/[ \t]*\u0085[ \t]*/g, ' ')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that YAML does not allow.
  if (/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]/.test(source)) fail('control characters are not allowed')
  const lines = new LineCounter()
  const tokens = [...new Parser(lines.addNewLine).parse(source)]
  checkEscapes(tokens, lines)
  const [document] = new Composer({ version: '1.1', schema: 'failsafe', merge: true, uniqueKeys: false }).compose(tokens)
  const problem = document?.errors[0]
  if (problem && !isBehind(document.contents, problem)) throw new ToolError(`yaml: ${translateProblem(problem, source, lines)}`)
  return document?.contents ? decodeMap(document, document.contents, lines, type) : {}
}

/** go-yaml stops reading when the first node has ended: what comes behind it is never seen. */
function isBehind(root: Node | null, problem: YAMLParseError): boolean {
  const end = root?.range?.[1]
  return end !== undefined && problem.code === 'UNEXPECTED_TOKEN' && problem.pos[0] >= end && !isScalar(root)
}

function fail(problem: string, lines?: LineCounter, offset = 0): never {
  const line = lines?.linePos(offset).line ?? 1
  throw new ToolError(line > 1 ? `yaml: line ${line}: ${problem}` : `yaml: ${problem}`)
}

// The escapes that libyaml knows: JSON's `\/` is not among them, and half a surrogate pair is no character.
const escapeForm = /\\(?:[0abtnvfre "'/\\N_LP\t\r\n]|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|[xuU]|.)/gs

function checkEscapes(tokens: readonly CST.Token[], lines: LineCounter): void {
  for (const token of tokens) {
    if (token.type !== 'document') continue
    CST.visit(token, (item) => {
      for (const part of [item.key, item.value]) if (part?.type === 'double-quoted-scalar') checkScalar(part, lines)
    })
  }
}

function checkScalar(token: CST.FlowScalar, lines: LineCounter): void {
  for (const match of token.source.matchAll(escapeForm)) {
    const [text, , four, eight] = match
    const code = Number.parseInt(four ?? eight ?? '0', 16)
    if ((code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff) {
      fail('found invalid Unicode character escape code', lines, token.offset + match.index)
    }
    if (/^\\[xuU]$/.test(text)) fail('did not find expected hexdecimal number', lines, token.offset + match.index)
    if (/^\\[^0abtnvfre "'\\N_LPxuU\t\r\n]/.test(text)) fail('found unknown escape character', lines, token.offset + match.index)
  }
}

/** Decodes one document and gathers what does not fit, as go-yaml does. */
function decodeMap(document: Document.Parsed, root: Node, lines: LineCounter, type: string): Bag {
  const misfits: string[] = []
  const misfit = (node: Node, into: string): undefined => {
    misfits.push(`  line ${lines.linePos(node.range?.[0] ?? 0).line}: cannot unmarshal ${describe(node)} into ${into}`)
    return undefined
  }
  const decodeText = (node: unknown): string | undefined => {
    if (isAlias(node)) return decodeText(node.resolve(document) ?? fail(`unknown anchor '${node.source}' referenced`))
    if (isScalar(node)) return textOf(node)
    return isMap(node) || isSeq(node) ? misfit(node, 'string') : ''
  }
  const values = new Map<string, string>()
  const readItems = (items: readonly Pair[]): void => {
    for (const { key, value } of items) {
      if (isMergeKey(key)) {
        for (const merged of mergedMaps(document, value)) readItems(merged.items)
        continue
      }
      checkKeyLength(root, key)
      const name = decodeText(key)
      const text = decodeText(value)
      if (name !== undefined && text !== undefined) values.set(name, text)
    }
  }
  if (isMap(root)) readItems(root.items)
  else if (!isScalar(root) || !isNull(root)) misfit(root, type)
  if (misfits.length > 0) throw new ToolError(`yaml: unmarshal errors:\n${misfits.join('\n')}`)
  return Object.fromEntries(values)
}

/** libyaml looks for the colon of a key no further than 1024 characters. */
function checkKeyLength(root: Node, key: unknown): void {
  const [start = 0, end = 0] = isScalar(key) && key.range ? key.range : []
  if (end - start <= 1024 || !isMap(root)) return
  fail(root.flow ? "did not find expected ',' or '}'" : 'mapping values are not allowed in this context')
}

function isMergeKey(key: unknown): boolean {
  return isScalar(key) && key.type === 'PLAIN' && sourceOf(key) === '<<'
}

/** The maps behind `<<`: one, or a list whose first ones win. */
function mergedMaps(document: Document.Parsed, value: unknown): readonly YAMLMap[] {
  const node = isAlias(value) ? value.resolve(document) : value
  if (isMap(node)) return [node]
  const items = isSeq(node) ? node.items.map((item) => (isAlias(item) ? item.resolve(document) : item)) : []
  if (items.length > 0 && items.every(isMap)) return items.reverse()
  return fail('map merge requires map or sequence of maps as the value')
}

function textOf(node: Scalar): string {
  if (isNull(node)) return ''
  return node.tag === 'tag:yaml.org,2002:binary' ? Buffer.from(sourceOf(node), 'base64').toString() : sourceOf(node)
}

function sourceOf(node: Scalar): string {
  return typeof node.value === 'string' ? node.value : (node.source ?? '')
}

function isNull(node: Scalar): boolean {
  return node.type === 'PLAIN' && node.tag === undefined && ['', '~', 'null', 'Null', 'NULL'].includes(sourceOf(node))
}

function describe(node: Node): string {
  if (isSeq(node)) return '!!seq'
  if (!isScalar(node)) return '!!map'
  const text = sourceOf(node)
  return `!!${tagOf(node, text)} \`${text.length > 10 ? `${text.slice(0, 7)}...` : text}\``
}

function tagOf(node: Scalar, text: string): string {
  if (node.type !== 'PLAIN') return 'str'
  if (/^(?:[yYnN]|yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/.test(text)) return 'bool'
  if (/^[-+]?(?:0b[01_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*)$/.test(text)) return 'int'
  return /^[-+]?(?:\.[0-9]+|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:[eE][-+]?[0-9]+)?$/.test(text) ? 'float' : 'str'
}
