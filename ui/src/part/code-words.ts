/** Just enough of each language to colour it: comments, strings, numbers, words of the language. */

export type Language = 'python' | 'typescript' | 'sql' | 'json' | 'bash' | 'yaml'

export interface CodePart {
  readonly text: string
  readonly look: '' | 'comment' | 'string' | 'number' | 'word'
}

const words: Readonly<Record<Language, string>> = {
  python:
    'from import as def return class if elif else for in is not and or with lambda None True False await async yield try except raise',
  typescript:
    'import from export const let function return if else for of in new await async type interface extends null true false class as using',
  sql: 'select from where and or not in is null join left right inner outer on order by group having limit as union all with distinct case when then else end between desc asc',
  json: 'true false null',
  bash: 'if then else fi for do done export',
  yaml: 'true false null',
}

const comment: Readonly<Record<Language, string>> = {
  python: '#.*',
  typescript: '\\/\\/.*|\\/\\*[\\s\\S]*?\\*\\/',
  sql: '--.*|\\/\\*[\\s\\S]*?\\*\\/',
  json: '(?!)',
  bash: '(?<=^|\\s)#.*',
  yaml: '(?<=^|\\s)#.*',
}

const patterns = new Map<Language, RegExp>()

function patternOf(language: Language): RegExp {
  const known = patterns.get(language)
  if (known) return known
  const strings = `"""[\\s\\S]*?"""|"(?:[^"\\\\\\n]|\\\\.)*"|'(?:[^'\\\\\\n]|\\\\.)*'|\`(?:[^\`\\\\]|\\\\.)*\``
  const pattern = new RegExp(`(${comment[language]})|(${strings})|(\\b\\d[\\d_.]*n?\\b)|([A-Za-z_]\\w*)`, 'gm')
  patterns.set(language, pattern)
  return pattern
}

/** Splits code into parts to colour; joined together they are the text again. */
export function splitCode(text: string, language: Language): CodePart[] {
  const known = new Set(words[language].split(' '))
  const parts: CodePart[] = []
  let end = 0
  for (const match of text.matchAll(patternOf(language))) {
    const [whole, isComment, isString, isNumber, isWord] = match
    const look = isComment ? 'comment' : isString ? 'string' : isNumber ? 'number' : ''
    const name = language === 'sql' ? isWord?.toLowerCase() : isWord
    const kind = look === '' && name !== undefined && known.has(name) ? 'word' : look
    if (kind === '') continue
    if (match.index > end) parts.push({ text: text.slice(end, match.index), look: '' })
    parts.push({ text: whole, look: kind })
    end = match.index + whole.length
  }
  if (end < text.length) parts.push({ text: text.slice(end), look: '' })
  return parts
}
