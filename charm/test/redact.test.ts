import fc from 'fast-check'
import { expect, test } from 'vitest'
import { stringify } from 'yaml'

import { createRedactor, isSensitiveKey } from '../src/redact.ts'

const hostile = `p:/?#[]@!$&'()*+,;=% "\\{{}}{%%}#<é😀>`

const redactorOf = (...values: readonly string[]): ReturnType<typeof createRedactor> => {
  const redactor = createRedactor()
  for (const value of values) redactor.protect(value)
  return redactor
}

const base64 = (text: string): string => Buffer.from(text).toString('base64')

const encodings: Readonly<Record<string, (value: string) => string>> = {
  plain: (value) => value,
  json: (value) => JSON.stringify({ password: value }),
  'json in json': (value) => JSON.stringify({ data: JSON.stringify({ password: value }) }),
  'json of Go': (value) => JSON.stringify(value).replace(/[<>&]/g, (each) => `\\u00${each.charCodeAt(0).toString(16)}`),
  'json of Python': (value) =>
    JSON.stringify(value).replace(/[^\x20-\x7e]/g, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`),
  yaml: (value) => stringify({ password: value }, { lineWidth: 0 }),
  'yaml in single quotes': (value) => `password: '${value.replaceAll("'", "''")}'`,
  url: (value) => `postgresql://u:${encodeURIComponent(value)}@h/db`,
  'url of Python': (value) =>
    `postgresql://u:${encodeURIComponent(value).replace(/[!'()*]/g, (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`)}@h/db`,
  form: (value) => new URLSearchParams({ p: value }).toString(),
  base64: (value) => base64(value),
  'base64 of a document': (value) => base64(`user: x\npassword: ${value}\nhost: y\n`),
  'base64 of a document, shifted': (value) => base64(`user: xy\npassword: ${value}\nhost: y\n`),
  'base64 of a document, shifted again': (value) => base64(`user: xyz\npassword: ${value}\nhost: y\n`),
  'base64 of JSON': (value) => base64(JSON.stringify({ a: 1, password: value })),
  base64url: (value) => Buffer.from(`${value}>>>???`).toString('base64url'),
}

test.each(Object.keys(encodings))('a hostile value is blotted out in %s', (name) => {
  const encode = encodings[name] ?? String
  const redacted = redactorOf(hostile).redact(encode(hostile))
  expect(redacted).toContain('***')
  expect(redacted).not.toContain(encode(hostile))
  expect(redacted.length).toBeLessThan(encode(hostile).length)
})

/** What of the value a reader of the redacted text could still decode. */
const leaks = (redacted: string, value: string): boolean =>
  redacted.includes(value) ||
  redacted.split(/[^A-Za-z0-9+/=_-]+/).some((word) => Buffer.from(word.replaceAll('-', '+').replaceAll('_', '/'), 'base64').includes(value))

test('any value is found in any encoding', () => {
  const value = fc.string({ unit: 'grapheme', minLength: 8, maxLength: 40 }).filter((text) => text.isWellFormed() && text.trim() === text)
  fc.assert(
    fc.property(value, fc.constantFrom(...Object.keys(encodings)), (secret, name) => {
      const encoded = (encodings[name] ?? String)(secret)
      const redacted = redactorOf(secret).redact(encoded)
      expect(redacted).not.toBe(encoded)
      expect(leaks(redacted, secret)).toBe(false)
    }),
    { numRuns: 500 },
  )
})

test('a document in base64 loses the secret and keeps its neighbours', () => {
  const redacted = redactorOf('correct horse battery').redact(base64('user: feast\npassword: correct horse battery\nhost: pg\n'))
  expect(Buffer.from(redacted.split('***')[0] ?? '', 'base64').toString()).toContain('user: feast')
})

test('the longest value goes first, so that no rest of it stays', () => {
  expect(redactorOf('hunter', 'hunter-and-more').redact('hunter-and-more')).toBe('***')
})

test('short values are blotted out only where they stand alone', () => {
  const { redact } = redactorOf('ab', '7')
  expect(redact('pw=ab; about 17 x 7')).toBe('pw=***; about 17 x ***')
})

test('a value of several lines is found line by line, as a YAML block has it', () => {
  const key = '-----BEGIN KEY-----\nMIIEvQIBADANBgkq\n-----END KEY-----\n'
  expect(redactorOf(key).redact(stringify({ key }))).not.toContain('MIIEvQIBADANBgkq')
})

test('a whole document is found too, and costs no more than a moment', () => {
  const document = JSON.stringify(Array.from({ length: 20_000 }, (_, index) => ({ name: `manifest-${index}`, kind: 'Secret' })))
  const redactor = redactorOf(document)
  const start = process.cpuUsage()
  expect(redactor.redact(`a ${document} b ${base64(document)} c ${JSON.stringify(document)}`)).toBe('a *** b *** c "***"')
  const { user, system } = process.cpuUsage(start)
  expect((user + system) / 1000).toBeLessThan(250)
})

test('nothing is protected until it is, and an empty value is none', () => {
  const redactor = createRedactor()
  redactor.protect('')
  expect(redactor.redact('a b c')).toBe('a b c')
  redactor.protect('later')
  expect(redactor.redact('later')).toBe('***')
})

test.each([
  ['password', true],
  ['registry_password', true],
  ['uris', true],
  ['read-only-uris', true],
  ['auth-token', true],
  ['tls-private-key', true],
  ['username', false],
  ['secret-user', false],
  ['requested-secrets', false],
  ['endpoints', false],
])('the databag key %s is sensitive: %s', (key, sensitive) => {
  expect(isSensitiveKey(key)).toBe(sensitive)
})
