import { charmError } from '../errors.ts'

/** Texts by key. An empty text takes a key out of a databag. */
export type TextMap = Readonly<Record<string, string>>

// Printable in JSON, but not allowed raw (or folded to a blank) by YAML 1.1: DEL, C1 controls, line and paragraph separators, BOM, non-characters.
const unprintable = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g

const escapeUnprintable = (json: string): string =>
  json.replace(unprintable, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)

/**
 * Writes texts for the standard input of `relation-set --file -` and `state-set --file -`.
 *
 * Juju does not read JSON there but YAML (goyaml v2), which refuses escaped surrogate pairs, DEL and the C1 controls, and folds U+0085 to a
 * blank. So: JSON with characters beyond the BMP written raw, and everything that YAML calls unprintable escaped. Keys are sorted.
 *
 * @throws {CharmError} `CHARM_DATABAG_INVALID` for an empty key, or half a surrogate pair, which neither side can write.
 *
 * @example
 * encodeTextMap({ port: '5432', host: 'db' }) // '{"host":"db","port":"5432"}\n'
 */
export const encodeTextMap = (texts: TextMap): string => {
  const entries = Object.entries(texts).sort(([a], [b]) => (a < b ? -1 : 1))
  for (const [key, value] of entries) {
    if (key === '') throw charmError('CHARM_DATABAG_INVALID', [key, 'a key cannot be empty'])
    if (!key.isWellFormed() || !value.isWellFormed()) {
      throw charmError('CHARM_DATABAG_INVALID', [key.toWellFormed(), 'it holds half a surrogate pair, which is not Unicode text'])
    }
  }
  const pairs = entries.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`)
  return `${escapeUnprintable(`{${pairs.join(',')}}`)}\n`
}
