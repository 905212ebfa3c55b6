import type { LineCounter, YAMLParseError } from 'yaml'

/**
 * Where go-yaml says that a problem is: `here` at its line, `end` where the text ends, `after` one line behind that. The first line has
 * no number.
 */
type Place = 'here' | 'end' | 'after'

interface Translation {
  readonly code: string
  readonly message?: RegExp
  readonly problem: string
  readonly place: Place
}

// The words of libyaml, for the mistakes that people make; what stands in no line gets the last one. Compared with go-yaml v2.4.
const translations: readonly Translation[] = [
  { code: 'MISSING_CHAR', message: /quote$/, problem: 'found unexpected end of stream', place: 'here' },
  { code: 'MISSING_CHAR', message: /Flow sequence/, problem: "did not find expected ',' or ']'", place: 'end' },
  { code: 'BAD_INDENT', message: /Flow sequence/, problem: "did not find expected ',' or ']'", place: 'end' },
  { code: 'MISSING_CHAR', message: /Flow map/, problem: "did not find expected ',' or '}'", place: 'end' },
  { code: 'BAD_INDENT', message: /Flow map/, problem: "did not find expected ',' or '}'", place: 'end' },
  { code: 'MISSING_CHAR', message: /Block collection/, problem: 'mapping values are not allowed in this context', place: 'here' },
  { code: 'MISSING_CHAR', message: /Implicit map keys/, problem: "could not find expected ':'", place: 'after' },
  { code: 'UNEXPECTED_TOKEN', message: /block-seq-ind/, problem: 'block sequence entries are not allowed in this context', place: 'here' },
  { code: 'UNEXPECTED_TOKEN', message: /Unexpected ,/, problem: 'did not find expected node content', place: 'here' },
  { code: 'UNEXPECTED_TOKEN', problem: "did not find expected ',' or '}'", place: 'here' },
  { code: 'BAD_SCALAR_START', problem: 'found character that cannot start any token', place: 'here' },
  { code: 'MULTILINE_IMPLICIT_KEY', problem: 'mapping values are not allowed in this context', place: 'here' },
  { code: 'BLOCK_AS_IMPLICIT_KEY', problem: 'mapping values are not allowed in this context', place: 'here' },
  { code: 'TAB_AS_INDENT', problem: 'found character that cannot start any token', place: 'here' },
]

/** What go-yaml says of a text that is no YAML. */
export function translateProblem(error: YAMLParseError, source: string, lines: LineCounter): string {
  const found = translations.find(({ code, message }) => code === error.code && (!message || message.test(error.message)))
  const { problem, place } = found ?? { problem: "could not find expected ':'", place: 'here' as const }
  const last = source.replace(/\n$/, '').split('\n').length
  // A flow collection that ends after a comma or its bracket lacks an item before it lacks its end.
  const text = place === 'end' && /[[{,]\s*$/.test(source) ? 'did not find expected node content' : problem
  const line = { here: lines.linePos(error.pos[error.code === 'MULTILINE_IMPLICIT_KEY' ? 1 : 0]).line, end: last, after: last + 1 }[place]
  return line > 1 || place === 'end' ? `line ${line}: ${text}` : text
}
