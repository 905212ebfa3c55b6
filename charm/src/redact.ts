/** Keeps secrets out of everything that leaves the charm for a person to read. */
export interface Redactor {
  /** From now on this value, and what it looks like inside other documents, is blotted out. */
  readonly protect: (value: string) => void
  /** The text with every protected value replaced by `***`. */
  readonly redact: (text: string) => string
}

const mark = '***'
// Shorter values stand in too many words: they are blotted out only where they stand alone.
const shortest = 4
const shortestBase64 = 6
// A longer value is a whole document: nobody writes it into the middle of another in each of these ways.
const longest = 4096

const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')

const hexPattern = (byte: number): string =>
  byte
    .toString(16)
    .padStart(2, '0')
    .replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`)

// Everybody percent-encodes another set of characters, in either case: each character may stand as it is or encoded.
const urlPattern = (value: string): RegExp => {
  const characters = Array.from(value, (character) => {
    const encoded = [...Buffer.from(character)].map((byte) => `%${hexPattern(byte)}`).join('')
    return `(?:${literal(character)}|${encoded}${character === ' ' ? '|\\+' : ''})`
  })
  return new RegExp(characters.join(''), 'gu')
}

const escapeUnicode = (text: string, write: (code: number) => string): string =>
  text.replace(/[^\x20-\x7e]/gu, (character) => write(character.codePointAt(0) ?? 0))

const hex = (code: number, width: number): string => code.toString(16).padStart(width, '0')

const jsonAscii = (json: string): string => json.replace(/[^\x20-\x7e]/g, (character) => `\\u${hex(character.charCodeAt(0), 4)}`)

const goHtml = (json: string): string => json.replace(/[<>&\u2028\u2029]/g, (character) => `\\u${hex(character.charCodeAt(0), 4)}`)

const yamlAscii = (text: string): string =>
  escapeUnicode(text.replace(/[\\"]/g, '\\$&'), (code) =>
    code < 0x100
      ? `\\x${hex(code, 2).toUpperCase()}`
      : code < 0x10000
        ? `\\u${hex(code, 4).toUpperCase()}`
        : `\\U${hex(code, 8).toUpperCase()}`,
  )

const textForms = (value: string): readonly string[] => {
  const json = JSON.stringify(value).slice(1, -1)
  const inJson = JSON.stringify(json).slice(1, -1)
  const pythonRepr = value.replace(/[\\']/g, '\\$&').replaceAll('\n', '\\n')
  return [value, json, inJson, jsonAscii(json), jsonAscii(inJson), goHtml(json), value.replaceAll("'", "''"), pythonRepr, yamlAscii(value)]
}

// What stays of the base64 of a document that holds the value at any offset: the characters that its neighbours do not touch.
const base64Forms = (value: string): readonly string[] => {
  const bytes = Buffer.from(value)
  const forms = [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64')
    const lead = offset === 0 ? 0 : offset + 1
    const trail = [0, 3, 2][(offset + bytes.length) % 3] ?? 0
    return encoded.slice(lead, encoded.length - trail)
  })
  const whole = bytes.toString('base64')
  return [whole, ...forms].flatMap((form) => [form, form.replaceAll('+', '-').replaceAll('/', '_')])
}

// A document written as a YAML block stands line by line, indented.
const lines = (value: string): readonly string[] =>
  value.includes('\n')
    ? value
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line.length >= 8)
    : []

const formsOf = (value: string): readonly string[] => {
  if (value.length > longest) return [value, JSON.stringify(value).slice(1, -1), ...base64Forms(value)]
  const texts = [...new Set([value, ...lines(value)].flatMap(textForms))]
  return [...texts, ...texts.flatMap(base64Forms).filter((form) => form.length >= shortestBase64)]
}

const standsAlone = (value: string): RegExp => new RegExp(`(?<![A-Za-z0-9])${literal(value)}(?![A-Za-z0-9])`, 'gu')

/**
 * Makes a redactor that knows no value yet. Each protected value is found as it is, URL-encoded (each way in use), in base64 (both alphabets, at any
 * offset inside a longer document), and as JSON (also inside JSON), YAML and Python write it.
 *
 * @example
 * const { protect, redact } = createRedactor()
 * protect('p@ss word')
 * redact('postgresql://u:p%40ss%20word@db/x') // 'postgresql://u:***@db/x'
 */
export const createRedactor = (): Redactor => {
  const values = new Set<string>()
  let forms: readonly (string | RegExp)[] | null = null

  const protect = (value: string): void => {
    if (value === '' || values.has(value)) return
    values.add(value)
    forms = null
  }

  const compile = (): readonly (string | RegExp)[] => {
    const longestFirst = [...values].sort((a, b) => b.length - a.length)
    const long = longestFirst.filter((value) => value.length >= shortest)
    const texts = [...new Set(long.flatMap(formsOf))].sort((a, b) => b.length - a.length)
    return [
      ...long.filter((value) => value.length <= longest).map(urlPattern),
      ...texts,
      ...longestFirst.filter((value) => value.length < shortest).map(standsAlone),
    ]
  }

  const redact = (text: string): string => {
    forms ??= compile()
    return forms.reduce<string>((redacted, form) => redacted.replaceAll(form, mark), text)
  }

  return { protect, redact }
}

const sensitiveKey = /(?:^|[-_.])(?:password|passwd|passphrase|token|uris?|private-key|credentials?)$/i

/**
 * Whether a databag key names something that must stay secret: a password, a token, a URI with a password in it.
 * `secret-user` and its kin hold the address of a Juju secret, which is none itself.
 *
 * @example
 * isSensitiveKey('registry_password') // true
 */
export const isSensitiveKey = (key: string): boolean => sensitiveKey.test(key)
