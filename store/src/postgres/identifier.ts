import { storeError } from '../errors.ts'

/** PostgreSQL's NAMEDATALEN less the closing zero: https://www.postgresql.org/docs/18/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS */
const maxIdentifierBytes = 63

/**
 * Gives a name back if PostgreSQL keeps it whole. PostgreSQL (and so Feast) cuts longer names silently, and two tables become one: we refuse.
 * Throws `STORE_POSTGRES_IDENTIFIER_INVALID`.
 *
 * @example
 * checkIdentifierLength('driver_stats_driver_hourly_stats') // the same name
 */
export const checkIdentifierLength = (name: string): string => {
  const bytes = Buffer.byteLength(name)
  if (bytes > maxIdentifierBytes) {
    throw storeError('STORE_POSTGRES_IDENTIFIER_INVALID', [name, `it has ${bytes} bytes; allowed: up to ${maxIdentifierBytes}`])
  }
  return name
}

/**
 * Writes a name as SQL wants it: in double quotes, so that case and every character stay.
 * Throws `STORE_POSTGRES_IDENTIFIER_INVALID` for a name that is empty, too long, or holds a NUL character.
 *
 * @example
 * `SELECT * FROM ${quoteIdentifier('driver stats')}` // SELECT * FROM "driver stats"
 */
export const quoteIdentifier = (name: string): string => {
  if (name === '') throw storeError('STORE_POSTGRES_IDENTIFIER_INVALID', [name, 'it is empty'])
  if (name.includes('\0')) throw storeError('STORE_POSTGRES_IDENTIFIER_INVALID', [name, 'it holds a NUL character'])
  return `"${checkIdentifierLength(name).replaceAll('"', '""')}"`
}

/**
 * Writes a text as an SQL literal, for the few statements that take no parameters (`SET`, `NOTIFY`, DDL). Elsewhere bind a parameter.
 * Throws `STORE_POSTGRES_IDENTIFIER_INVALID` for a text with a NUL character.
 *
 * @example
 * `COMMENT ON TABLE t IS ${quoteLiteral("it's here")}` // COMMENT ON TABLE t IS 'it''s here'
 */
export const quoteLiteral = (text: string): string => {
  if (text.includes('\0')) throw storeError('STORE_POSTGRES_IDENTIFIER_INVALID', [text, 'it holds a NUL character'])
  const quoted = `'${text.replaceAll("'", "''").replaceAll('\\', '\\\\')}'`
  return text.includes('\\') ? ` E${quoted}` : quoted
}
