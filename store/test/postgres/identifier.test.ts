import { expect, test } from 'vitest'
import { checkIdentifierLength, quoteIdentifier, quoteLiteral } from '../../src/postgres/identifier.ts'

test('a quoted name keeps case, spaces, quotes and every script', () => {
  expect(quoteIdentifier('Driver "hourly" stats')).toBe('"Driver ""hourly"" stats"')
  expect(quoteIdentifier('températures')).toBe('"températures"')
})

test('a name is measured in bytes, and one that PostgreSQL would cut is refused', () => {
  expect(checkIdentifierLength('é'.repeat(31))).toBe('é'.repeat(31))
  expect(() => checkIdentifierLength('é'.repeat(32))).toThrow('it has 64 bytes; allowed: up to 63')
  expect(() => quoteIdentifier('a'.repeat(64))).toThrow(expect.objectContaining({ code: 'STORE_POSTGRES_IDENTIFIER_INVALID' }))
})

test('an empty name and one with a NUL character are refused', () => {
  expect(() => quoteIdentifier('')).toThrow('it is empty')
  expect(() => quoteIdentifier('a\0b')).toThrow('NUL')
  expect(() => quoteLiteral('a\0b')).toThrow('NUL')
})

test('a literal keeps quotes and backslashes whatever standard_conforming_strings says', () => {
  expect(quoteLiteral("it's")).toBe("'it''s'")
  expect(quoteLiteral('a\\b')).toBe(" E'a\\\\b'")
})
