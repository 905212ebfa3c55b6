import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { CharmError, charmError, charmErrors, isCharmError } from '../src/errors.ts'

const codes = Object.keys(charmErrors)

test('every code stands in the reference, and the reference has no other', async () => {
  const page = await readFile(new URL('../../docs/reference/charm-errors.md', import.meta.url), 'utf8')
  expect([...page.matchAll(/^\| `(CHARM_[A-Z_]+)` +\|/gm)].map(([, code]) => code)).toEqual(codes)
})

test('every message says what cannot be done, in one form', () => {
  const messages = Object.values(charmErrors).map(({ message }) => (message as (...values: readonly string[]) => string)('a', 'b'))
  expect(messages.filter((message) => !/^cannot [a-z]+ .*[^.]$/.test(message))).toEqual([])
})

test('every code is thrown somewhere', async () => {
  const root = new URL('../src', import.meta.url).pathname
  const files = (await readdir(root, { recursive: true })).filter(
    (name) => name.endsWith('.ts') && name !== 'errors.ts' && !name.startsWith('testing'),
  )
  const source = (await Promise.all(files.map((name) => readFile(join(root, name), 'utf8')))).join('\n')
  expect(codes.filter((code) => !source.includes(`'${code}'`))).toEqual([])
})

test('an error has code, message and cause, and is known by its codes', () => {
  const cause = new Error('below')
  const error = charmError('CHARM_TOOL_MISSING', ['is-leader'], { cause })
  expect(error).toBeInstanceOf(CharmError)
  expect(error).toMatchObject({ code: 'CHARM_TOOL_MISSING', cause })
  expect(isCharmError(error)).toBe(true)
  expect(isCharmError(error, 'CHARM_TOOL_FAILED', 'CHARM_TOOL_MISSING')).toBe(true)
  expect(isCharmError(error, 'CHARM_TOOL_FAILED')).toBe(false)
  expect(isCharmError(cause)).toBe(false)
})
