/** One word of a query, or one `key:value`. */
export interface Token {
  readonly key: string | null
  readonly value: string
  readonly negated: boolean
}

/** The keys that a token may have; `ui/src/query/tokens.ts` has the same. */
const tokenKeys: ReadonlySet<string> = new Set([
  ...['name', 'tag', 'owner', 'type', 'kind', 'entity', 'source', 'view', 'service', 'project', 'online', 'state', 'fresh', 'updated'],
])

const pattern = /(-?)(?:([A-Za-z]+):)?(?:"((?:[^"\\]|\\.)*)"?|(\S+))/g

/**
 * Reads a token query: words, `key:value`, `key:"two words"`, `-key:value`. An unknown key is a word. Never throws: a reader types it.
 *
 * @example
 * parseTokens('fraud tag:team=risk -owner:"Ana B"').length // 3
 */
export const parseTokens = (query: string): readonly Token[] =>
  [...query.matchAll(pattern)].flatMap(([raw, minus, key, quoted, bare = '']): readonly Token[] => {
    const negated = minus === '-'
    const value = quoted === undefined ? bare : quoted.replaceAll(/\\(.)/g, '$1')
    if (key === undefined) return value === '' ? [] : [{ key: null, value, negated }]
    const known = key.toLowerCase()
    return [tokenKeys.has(known) ? { key: known, value, negated } : { key: null, value: raw.replace(/^-/, ''), negated }]
  })
