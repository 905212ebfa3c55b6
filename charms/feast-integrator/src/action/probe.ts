import type { Database } from '../database.ts'
import { adviceOn, type Connection, codeOf, patience, withConnection } from './connection.ts'

/** What a connection to a database told. */
export type Finding =
  | { readonly kind: 'ok'; readonly serverVersion: string; readonly encrypted: boolean }
  | { readonly kind: 'failed'; readonly code: string; readonly advice: string }

const failed = (code: string): Finding => ({ kind: 'failed', code, advice: adviceOn(code) })

const look = async ({ client, encrypted }: Connection): Promise<Finding> => {
  const { rows } = await client.query<{ version: string; may: boolean }>(
    "select current_setting('server_version') as version, has_schema_privilege('public', 'CREATE') as may",
  )
  const [row] = rows
  return row?.may === true ? { kind: 'ok', serverVersion: row.version, encrypted } : failed('42501')
}

/**
 * Connects to a database as Feast would, and looks whether its user may create tables.
 *
 * @example
 * await probe(database)   // { kind: 'ok', serverVersion: '16.4', encrypted: true }
 */
export const probe = async (database: Database): Promise<Finding> => {
  try {
    return await withConnection(database, look, { statementTimeout: patience })
  } catch (error) {
    return failed(codeOf(error))
  }
}
