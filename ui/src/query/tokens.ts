import type { QueryToken } from '../api/contract.ts'

/** The keys a token may have, with a word for the completion list. */
export const tokenKeys = {
  name: 'part of the name',
  tag: 'team=risk',
  owner: 'ana',
  type: 'INT64, FLOAT, KAFKA',
  kind: 'featureView',
  entity: 'driver',
  source: 'driver_stats',
  view: 'driver_stats',
  service: 'pricing',
  project: 'fraud',
  online: 'yes or no',
  state: 'fresh, ageing, late, never',
  fresh: '<1h, >2d',
  updated: '<7d',
} as const

export type TokenKey = keyof typeof tokenKeys

const known = new Set<string>(Object.keys(tokenKeys))

/**
 * Reads a token query: words, `key:value`, `key:"two words"`, `-key:value`. An unknown key is a word. Never throws: a reader types it.
 *
 * @example parseTokens('fraud tag:team=risk -owner:"Ana B"').length // 3
 */
export function parseTokens(query: string): QueryToken[] {
  const tokens: QueryToken[] = []
  const pattern = /(-?)(?:([A-Za-z]+):)?(?:"((?:[^"\\]|\\.)*)"?|(\S+))/g
  for (const [raw, minus, key, quoted, bare] of query.matchAll(pattern)) {
    const negated = minus === '-'
    const value = quoted === undefined ? (bare ?? '') : quoted.replaceAll(/\\(.)/g, '$1')
    if (key !== undefined && known.has(key.toLowerCase())) tokens.push({ key: key.toLowerCase(), value, negated })
    else if (key === undefined && value !== '') tokens.push({ key: null, value, negated })
    else if (key !== undefined) tokens.push({ key: null, value: raw.replace(/^-/, ''), negated })
  }
  return tokens
}

function quote(value: string): string {
  return /[\s"\\]/.test(value) || value === '' ? `"${value.replaceAll(/["\\]/g, '\\$&')}"` : value
}

/** The text of tokens, read back by {@link parseTokens} as the same tokens. */
export function formatTokens(tokens: readonly QueryToken[]): string {
  return tokens.map((token) => `${token.negated ? '-' : ''}${token.key === null ? '' : `${token.key}:`}${quote(token.value)}`).join(' ')
}

/** Adds a token, or takes it out when it is there. */
export function toggleToken(query: string, key: TokenKey, value: string): string {
  const tokens = parseTokens(query)
  const rest = tokens.filter((token) => !(token.key === key && token.value === value && !token.negated))
  return formatTokens(rest.length < tokens.length ? rest : [...tokens, { key, value, negated: false }])
}

export function hasToken(query: string, key: TokenKey, value: string): boolean {
  return parseTokens(query).some((token) => token.key === key && token.value === value && !token.negated)
}
