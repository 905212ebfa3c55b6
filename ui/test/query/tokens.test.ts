import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatTokens, hasToken, parseTokens, toggleToken, tokenKeys } from '../../src/query/tokens.ts'

describe('parseTokens', () => {
  test('reads words, keys, quoted values and negation', () => {
    expect(parseTokens('fraud tag:team=risk owner:"Ana B" -state:late')).toEqual([
      { key: null, value: 'fraud', negated: false },
      { key: 'tag', value: 'team=risk', negated: false },
      { key: 'owner', value: 'Ana B', negated: false },
      { key: 'state', value: 'late', negated: true },
    ])
  })

  test('takes an unknown key for a word', () => {
    expect(parseTokens('http://example.com')).toEqual([{ key: null, value: 'http://example.com', negated: false }])
  })

  test('reads what is typed half: an open quote, a key without a value', () => {
    expect(parseTokens('owner:"Ana')).toEqual([{ key: 'owner', value: 'Ana', negated: false }])
    expect(parseTokens('owner:')).toEqual([{ key: null, value: 'owner:', negated: false }])
  })

  test('never throws, whatever is typed', () => {
    fc.assert(fc.property(fc.string(), (text) => Array.isArray(parseTokens(text))))
  })

  test('reads back what formatTokens writes', () => {
    const value = fc.string({ minLength: 1 }).filter((text) => text.trim() !== '')
    const token = fc.record({ key: fc.constantFrom(...Object.keys(tokenKeys)), value, negated: fc.boolean() })
    fc.assert(
      fc.property(fc.array(token), (tokens) => {
        expect(parseTokens(formatTokens(tokens))).toEqual(tokens)
      }),
    )
  })
})

describe('toggleToken', () => {
  test('adds a condition and takes it away again', () => {
    const added = toggleToken('fraud', 'tag', 'team=risk')
    expect(added).toBe('fraud tag:team=risk')
    expect(hasToken(added, 'tag', 'team=risk')).toBe(true)
    expect(toggleToken(added, 'tag', 'team=risk')).toBe('fraud')
  })
})
