import { entriesOf, formatTime, isList, isMapping, type Printable } from './go-json.ts'
import { goNumber } from './go-text.ts'

/**
 * YAML as go-yaml v2 writes it, for what hook tools print: lists not indented, strings that look like something else in
 * double quotes, other awkward ones in single quotes, blocks for several lines, non-BMP characters escaped
 * (juju-tools.md §6; the emitter's rules are libyaml's).
 *
 * @example
 * formatGoYaml({ a: '007', b: ['x', 'y'] })   // 'a: "007"\nb:\n- x\n- "y"'
 */
export function formatGoYaml(value: Printable): string {
  return isBlock(value) ? writeBlock(value, 0).join('\n') : writeInline(value, 0)
}

function isBlock(value: Printable): boolean {
  return isList(value) ? value.length > 0 : isMapping(value) && entriesOf(value).length > 0
}

function writeInline(value: Printable, indent: number): string {
  if (isList(value)) return '[]'
  return isMapping(value) ? '{}' : writeScalar(value, indent, false)
}

function writeBlock(value: Printable, indent: number): string[] {
  if (isList(value)) return value.flatMap((item) => writeItem(item, indent))
  return isMapping(value) ? entriesOf(value).flatMap(([key, item]) => writeEntry(key, item, indent)) : []
}

function writeItem(item: Printable, indent: number): string[] {
  if (!isBlock(item)) return [`${pad(indent)}- ${writeInline(item, indent)}`]
  const [first = '', ...rest] = writeBlock(item, indent + 2)
  return [`${pad(indent)}- ${first.slice(indent + 2)}`, ...rest]
}

function writeEntry(key: string, item: Printable, indent: number): string[] {
  const start = `${pad(indent)}${writeScalar(key, 0, true)}:`
  if (!isBlock(item)) return [`${start} ${writeInline(item, indent)}`]
  return [start, ...writeBlock(item, isList(item) ? indent : indent + 2)]
}

const pad = (indent: number): string => ' '.repeat(indent)

function writeScalar(value: null | boolean | number | string | Date, indent: number, key: boolean): string {
  if (value instanceof Date) return formatTime(value)
  if (typeof value === 'string') return writeString(value, indent, key)
  if (typeof value === 'number') return goNumber(value)
  return String(value)
}

function writeString(text: string, indent: number, key: boolean): string {
  const shape = analyze(text)
  if (text.includes('\n')) return shape.block && !key ? writeLiteral(text, indent) : doubleQuote(text)
  if (looksLikeAnotherType(text)) return doubleQuote(text)
  if (shape.plain) return text
  return shape.single ? `'${text.replaceAll("'", "''")}'` : doubleQuote(text)
}

function writeLiteral(text: string, indent: number): string {
  const hint = /^[ \n\u0085\u2028\u2029]/.test(text) ? '2' : ''
  const chomp = text.endsWith('\n') ? (text.length === 1 || text.endsWith('\n\n') ? '+' : '') : '-'
  const body = text.replace(/\n$/, '').split('\n')
  return `|${hint}${chomp}\n${body.map((line) => (line === '' ? '' : `${pad(indent + 2)}${line}`)).join('\n')}${chomp === '+' ? '\n' : ''}`
}

const numberLike = /^[-+]?(\.[0-9]+|[0-9][0-9_]*(\.[0-9_]*)?)([eE][-+]?[0-9]+)?$/
const integerLike = /^[-+]?(0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*)$/
const base60 = /^[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?$/
// What go-yaml v2 takes for a time: RFC 3339 with a zone, the same with a blank and none, or a date.
const timestamp = new RegExp(
  '^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt][0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(?:\\.[0-9]+)?(?:Z|[-+][0-9]{2}:[0-9]{2})' +
    '| [0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(?:\\.[0-9]+)?)?$',
)
const words = new Set(
  ['y', 'Y', 'n', 'N', '', '~', '<<', '.nan', '.NaN', '.NAN'].concat(
    ['yes', 'no', 'true', 'false', 'on', 'off', 'null'].flatMap((word) => [word, capitalize(word), word.toUpperCase()]),
    ['.inf', '.Inf', '.INF'].flatMap((word) => [word, `+${word}`, `-${word}`]),
  ),
)

function capitalize(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1)
}

function looksLikeAnotherType(text: string): boolean {
  return words.has(text) || integerLike.test(text) || numberLike.test(text) || base60.test(text) || timestamp.test(text)
}

interface Shape {
  readonly plain: boolean
  readonly single: boolean
  readonly block: boolean
}

const special = /[^\n\x20-\x7e\u00a0-\ud7ff\ue000-\ufefe\uff00-\ufffd]/u

/** Which styles libyaml allows for a text in block context. */
function analyze(text: string): Shape {
  const breakSpace = /[\n\r\u0085\u2028\u2029] /.test(text)
  const spaceBreak = / [\n\r\u0085\u2028\u2029]/.test(text)
  const never = spaceBreak || special.test(text)
  const indicators =
    /^(---|\.\.\.)/.test(text) ||
    /^[#,[\]{}&*!|>'"%@`]/.test(text) ||
    /^[?:-]([ \t\n]|$)/.test(text) ||
    /:([ \t\n]|$)/.test(text) ||
    /[ \t\n]#/.test(text)
  const edges = /^[ \n]|[ \n]$/.test(text)
  return {
    plain: !never && !breakSpace && !indicators && !edges && !/[\u0085\u2028\u2029]/.test(text),
    single: !never && !breakSpace,
    block: !never && !text.endsWith(' '),
  }
}

const doubled: ReadonlyMap<string, string> = new Map([
  ['\0', '\\0'],
  ['\x07', '\\a'],
  ['\b', '\\b'],
  ['\t', '\\t'],
  ['\n', '\\n'],
  ['\v', '\\v'],
  ['\f', '\\f'],
  ['\r', '\\r'],
  ['\x1b', '\\e'],
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['\u0085', '\\N'],
  ['\u00a0', '\u00a0'],
  ['\u2028', '\\L'],
  ['\u2029', '\\P'],
])

function doubleQuote(text: string): string {
  const parts = [...text].map((character) => {
    const known = doubled.get(character)
    if (known) return known
    if (!special.test(character)) return character
    const code = character.codePointAt(0) ?? 0
    if (code <= 0xff) return `\\x${hex(code, 2)}`
    return code <= 0xffff ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`
  })
  return `"${parts.join('')}"`
}

const hex = (code: number, width: number): string => code.toString(16).toUpperCase().padStart(width, '0')
