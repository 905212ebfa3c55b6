import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseAllDocuments,
  type YAMLMap,
  type YAMLSeq,
  type Scalar as YamlScalar,
} from 'yaml'
import { readScalar, readTagged, type Scalar } from './yaml-scalar.ts'

/** A part of a configuration with the line that it is on. Keys are text. */
export type YamlNode = (
  | Scalar
  | { readonly kind: 'list'; readonly items: readonly YamlNode[] }
  | { readonly kind: 'map'; readonly entries: ReadonlyMap<string, YamlNode> }
) & {
  readonly line: number
}

/** Thrown inside of this file: a line and what is wrong with it. It never quotes the text, which may be a password. */
export class YamlFault extends Error {
  readonly line: number

  constructor(line: number, why: string) {
    super(why)
    this.name = 'YamlFault'
    this.line = line
  }
}

/** What PyYAML's reader refuses. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const unprintable = /[^\x09\x0a\x0d\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u

/**
 * Reads a YAML document as Python's Feast does: by the rules of YAML 1.1, the last of equal keys winning, `<<` merging.
 *
 * @throws YamlFault
 * @example
 * readYaml('a: yes') // { kind: 'map', entries: Map { 'a' => { kind: 'boolean', value: true, line: 1 } }, line: 1 }
 */
export const readYaml = (text: string): YamlNode => {
  const lines = new LineCounter()
  const bad = unprintable.exec(text.replace(/^\ufeff/, ''))
  if (bad !== null) throw new YamlFault(text.slice(0, bad.index).split('\n').length, 'it holds a character that YAML does not allow')
  const documents = parseAllDocuments(text, {
    version: '1.1',
    schema: 'failsafe',
    uniqueKeys: false,
    prettyErrors: false,
    lineCounter: lines,
    strict: true,
  })
  const [document, second] = Array.isArray(documents) ? documents : []
  if (document === undefined || document.contents === null) return { kind: 'null', value: null, line: 1 }
  const fault = document.errors[0] ?? second?.errors[0]
  if (fault !== undefined) throw new YamlFault(lines.linePos(fault.pos[0]).line, faults[fault.code] ?? `it is no YAML (${fault.code})`)
  if (second !== undefined) throw new YamlFault(lines.linePos(second.range[0]).line, 'a second document begins')
  const lineOf = (node: Node): number => lines.linePos(node.range?.[0] ?? 0).line
  return new TreeReader(lineOf, text.endsWith('\n') ? undefined : text.length, (alias) => alias.resolve(document)).read(document.contents)
}

const faults: Readonly<Record<string, string>> = {
  BAD_ALIAS: 'a name after * is not defined; quote text that begins with *',
  BAD_DQ_ESCAPE: 'a backslash inside of double quotes begins nothing known; write it twice, or use single quotes',
  BAD_INDENT: 'it is indented wrongly, or a bracket is not closed',
  BAD_SCALAR_START: 'text begins with a character that is reserved; quote it',
  BLOCK_AS_IMPLICIT_KEY: 'there are two ": " on one line; quote the value',
  MISSING_CHAR: 'a quote, a bracket or a colon is missing',
  MULTILINE_IMPLICIT_KEY: 'a colon is missing',
  TAB_AS_INDENT: 'a tab is no indentation',
  UNEXPECTED_TOKEN: 'something stands where nothing is expected; quote text with special characters',
}

/** Walks yaml's tree. It keeps count of where it is, so that an alias to an enclosing node ends. */
class TreeReader {
  private readonly enclosing = new Set<Node>()
  private count = 0
  private readonly lineOf: (node: Node) => number
  private readonly unended: number | undefined
  private readonly resolve: (alias: Alias) => Node | undefined

  /** `unended` is the length of a text that has no newline at its end. */
  constructor(lineOf: (node: Node) => number, unended: number | undefined, resolve: (alias: Alias) => Node | undefined) {
    this.lineOf = lineOf
    this.unended = unended
    this.resolve = resolve
  }

  read(node: Node): YamlNode {
    const line = this.lineOf(node)
    this.count++
    if (this.count > 100_000) throw new YamlFault(line, 'its aliases unfold to more than 100000 parts')
    if (isAlias(node)) return this.read(this.target(node))
    if (this.enclosing.has(node)) throw new YamlFault(line, 'it holds itself')
    this.enclosing.add(node)
    const result = this.content(node, line)
    this.enclosing.delete(node)
    return result
  }

  private target(alias: Alias): Node {
    const target = this.resolve(alias)
    if (target === undefined) throw new YamlFault(this.lineOf(alias), faults.BAD_ALIAS ?? '')
    return target
  }

  private content(node: Node, line: number): YamlNode {
    if (isScalar(node)) return { ...this.scalar(node, line), line }
    if (isSeq(node)) {
      this.checkTag(node, 'seq', line)
      return { kind: 'list', items: node.items.map((item) => this.item(item, line)), line }
    }
    if (isMap(node)) {
      this.checkTag(node, 'map', line)
      return { kind: 'map', entries: this.entries(node, line), line }
    }
    throw new YamlFault(line, 'it is neither text, list nor map')
  }

  private item(item: unknown, line: number): YamlNode {
    return item === null || item === undefined ? { kind: 'null', value: null, line } : this.read(item as Node)
  }

  private checkTag(node: YAMLMap | YAMLSeq, name: string, line: number): void {
    if (node.tag !== undefined && node.tag !== `tag:yaml.org,2002:${name}`) throw new YamlFault(line, 'its tag has no meaning here')
  }

  private scalar(node: YamlScalar, line: number): Scalar {
    const text = String(node.value ?? '')
    if (node.tag !== undefined && node.tag !== '!') {
      const tagged = readTagged(node.tag, text)
      if (tagged === undefined) throw new YamlFault(line, 'its tag has no meaning here, or not for this text')
      return tagged
    }
    if (node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED') return { kind: 'text', value: this.endless(node, text) }
    if (node.type !== 'PLAIN' && node.type !== undefined) return { kind: 'text', value: text }
    if (text === '=' || text === '<<') throw new YamlFault(line, `a single ${text} means something else in YAML 1.1; quote it`)
    return readScalar(text)
  }

  /** A block at the end of a text without a last newline: yaml adds one, PyYAML does not. */
  private endless(node: YamlScalar, text: string): string {
    return this.unended !== undefined && node.range?.[1] === this.unended ? text.replace(/\n$/, '') : text
  }

  private entries(map: YAMLMap, line: number): ReadonlyMap<string, YamlNode> {
    const own: (readonly [string, YamlNode])[] = []
    const merged: (readonly [string, YamlNode])[] = []
    for (const { key, value } of map.items as readonly Pair<unknown, unknown>[]) {
      if (isScalar(key) && key.type === 'PLAIN' && key.value === '<<') merged.push(...this.merge(value, line))
      else own.push([this.key(key, line), this.item(value, line)])
    }
    return new Map([...merged, ...own])
  }

  private key(key: unknown, line: number): string {
    if (isScalar(key) && key.value === '=') return '='
    const node = this.item(key, line)
    if (node.kind !== 'text')
      throw new YamlFault(
        node.line,
        `a key is no text but ${node.kind === 'list' || node.kind === 'map' ? 'a' : 'of kind'} ${node.kind}; quote it`,
      )
    return node.value
  }

  /** Of several maps the first one wins, and the keys beside `<<` win over all. */
  private merge(value: unknown, line: number): readonly (readonly [string, YamlNode])[] {
    const node = this.item(value, line)
    const maps = node.kind === 'list' ? [...node.items].reverse() : [node]
    return maps.flatMap((each) => {
      if (each.kind !== 'map') throw new YamlFault(each.line, 'only a map, or a list of maps, can be merged')
      return [...each.entries]
    })
  }
}

/** A node as a plain value, for parts that are kept as they are. */
export const plainValue = (node: YamlNode): unknown => {
  if (node.kind === 'list') return node.items.map(plainValue)
  if (node.kind === 'map') return Object.fromEntries([...node.entries].map(([key, value]) => [key, plainValue(value)]))
  return node.value
}
