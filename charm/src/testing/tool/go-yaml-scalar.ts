import { Float64, formatTime } from './go-json.ts'
import { goFloat } from './go-text.ts'

/** Where a scalar is written: the indentation of its further lines, and the column at which it begins. */
export interface ScalarPlace {
  readonly indent: number
  readonly column: number
}

type Scalar = null | boolean | number | string | Date | Float64

const nowhere: ScalarPlace = { indent: 0, column: Number.NEGATIVE_INFINITY }
const lineWidth = 80

/** Whether a key stands before its colon on one line: it has no line break and 128 bytes at most. */
export function isSimpleKey(key: string): boolean {
  return !/[\n\r\u0085\u2028\u2029]/.test(key) && Buffer.byteLength(key) <= 128
}

/** A simple key. */
export function writeKey(key: string): string {
  return writeString(key, nowhere)
}

/**
 * A scalar in the style that go-yaml and libyaml choose: double quotes where it would be read as another type, a literal block for several
 * lines, single quotes for awkward characters, else plain. Lines beyond 80 columns are folded at single blanks.
 */
export function writeScalar(value: Scalar, place: ScalarPlace): string {
  if (typeof value === 'string') return writeString(value, place)
  if (value instanceof Date) return formatTime(value)
  if (value instanceof Float64) return goFloat(value.value)
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : goFloat(value)
  return String(value)
}

function writeString(text: string, place: ScalarPlace): string {
  const shape = analyze(text)
  if (text.includes('\n')) return shape.block ? writeLiteral(text, place.indent) : writeDouble(text, place)
  if (looksLikeAnotherType(text)) return writeDouble(text, place)
  if (shape.plain) return fold(text, place)
  return shape.single ? `'${fold(text.replaceAll("'", "''"), { ...place, column: place.column + 1 }, 1)}'` : writeDouble(text, place)
}

function writeLiteral(text: string, indent: number): string {
  const hint = /^[ \n\u0085\u2028\u2029]/.test(text) ? '2' : ''
  const chomp = text.endsWith('\n') ? (text.length === 1 || text.endsWith('\n\n') ? '+' : '') : '-'
  const lines = text.replace(/\n$/, '').split('\n')
  const body = lines.map((line) => (line === '' ? '' : ' '.repeat(indent) + line)).join('\n')
  return `|${hint}${chomp}\n${body}`
}

/** Breaks at a blank that stands alone, once the line is too long; `edge` characters at both ends are no place for it. */
function fold(text: string, { indent, column }: ScalarPlace, edge = 0): string {
  let at = column
  let folded = ''
  let afterBlank = false
  const characters = [...text]
  for (const [index, character] of characters.entries()) {
    const inside = index >= edge && index < characters.length - edge
    if (character === ' ' && !afterBlank && at > lineWidth && inside && characters[index + 1] !== ' ') {
      folded += `\n${' '.repeat(indent)}`
      at = indent
    } else {
      // Unicode's own separators break the line too; go-yaml keeps them and indents what follows.
      const broken =
        /[\u2028\u2029]/.test(character) && index < characters.length - 1 && !/[\u2028\u2029]/.test(characters[index + 1] ?? '')
      folded += broken ? character + ' '.repeat(indent) : character
      at = broken ? indent : at + 1
    }
    afterBlank = character === ' '
  }
  return folded
}

const numberLike = /^[-+]?(\.[0-9]+|[0-9][0-9_]*(\.[0-9_]*)?)([eE][-+]?[0-9]+)?$/
const integerLike = /^[-+]?(0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*)$/
const base60 = /^[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?$/
// What go-yaml v2 takes for a time: RFC 3339 with a zone, the same with a blank and none, or a date.
const timestamp = new RegExp(
  '^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt][0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(?:\\.[0-9]+)?(?:Z|[-+][0-9]{2}:[0-9]{2})' +
    '| [0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(?:\\.[0-9]+)?)?$',
)
const words: ReadonlySet<string> = new Set(
  ['y', 'Y', 'n', 'N', '', '~', '.nan', '.NaN', '.NAN'].concat(
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
const breaks = '\\n\\r\\u0085\\u2028\\u2029'

/** Which styles libyaml allows for a text in block context. */
function analyze(text: string): Shape {
  const breakSpace = new RegExp(`[${breaks}] `).test(text)
  const never = special.test(text) || new RegExp(` [${breaks}]`).test(text)
  const indicators =
    /^(---|\.\.\.)/.test(text) ||
    /^[#,[\]{}&*!|>'"%@`]/.test(text) ||
    new RegExp(`^[?:-](?:[ \\t${breaks}]|$)`).test(text) ||
    new RegExp(`:(?:[ \\t${breaks}]|$)`).test(text) ||
    new RegExp(`[ \\t${breaks}]#`).test(text)
  const edges = new RegExp(`^[ ${breaks}]|[ ${breaks}]$`).test(text)
  return {
    plain: !never && !breakSpace && !indicators && !edges && !new RegExp(`[${breaks}]`).test(text),
    single: !never && !breakSpace,
    block: !never && !text.endsWith(' '),
  }
}

const named: ReadonlyMap<string, string> = new Map([
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
  ['\u2028', '\\L'],
  ['\u2029', '\\P'],
])

function writeDouble(text: string, { indent, column }: ScalarPlace): string {
  // go-yaml asks whether the text begins with a byte order mark where it means the character: such a text is escaped whole.
  const marked = text.startsWith('\ufeff')
  const characters = [...text]
  let at = column + 1
  let written = ''
  let afterBlank = false
  for (const [index, character] of characters.entries()) {
    const inside = index > 0 && index < characters.length - 1
    if (character === ' ' && !marked && !afterBlank && at > lineWidth && inside) {
      written += `\n${' '.repeat(indent)}${characters[index + 1] === ' ' ? '\\' : ''}`
      at = indent
    } else {
      const piece = marked || special.test(character) || named.has(character) ? escapeCharacter(character) : character
      written += piece
      at += [...piece].length
    }
    afterBlank = character === ' ' && !marked
  }
  return `"${written}"`
}

function escapeCharacter(character: string): string {
  const name = named.get(character)
  if (name) return name
  const code = character.codePointAt(0) ?? 0
  if (code === 0xa0) return '\\_'
  if (code <= 0xff) return `\\x${hex(code, 2)}`
  return code <= 0xffff ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`
}

function hex(code: number, width: number): string {
  return code.toString(16).toUpperCase().padStart(width, '0')
}
