import type { ClientConfig } from 'pg'

import type { Database } from '../database.ts'

/** What a connection to a database told. */
export type Finding =
  | { readonly kind: 'ok'; readonly serverVersion: string; readonly encrypted: boolean }
  | { readonly kind: 'failed'; readonly code: string; readonly advice: string }

const timeout = 5_000

/** Codes of Node, of its TLS, and SQLSTATEs of PostgreSQL (its documentation, appendix A), with what to do. */
const advices: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there: look whether the database runs',
  ENOTFOUND: 'the name is not known: look whether the database runs in this cluster',
  EAI_AGAIN: 'names cannot be looked up: look at the cluster’s DNS',
  ETIMEDOUT: 'no answer: look for a network policy between the two',
  ECONNRESET: 'the server hung up: look at its log',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the certificate is not signed by the authority in the relation: look at the provider’s TLS',
  SELF_SIGNED_CERT_IN_CHAIN: 'the certificate is not signed by the authority in the relation: look at the provider’s TLS',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the certificate is not signed by the authority in the relation: look at the provider’s TLS',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'the certificate is not signed by the authority in the relation: look at the provider’s TLS',
  ERR_TLS_CERT_ALTNAME_INVALID: 'the certificate is for another name: give the provider one for the name of its endpoint',
  CERT_HAS_EXPIRED: 'the certificate is out of date: renew the provider’s',
  NO_TLS: 'the relation says TLS and the server does not speak it: look at the provider’s TLS',
  '28P01': 'the password is refused: it was changed behind Juju’s back, or a rotation is on its way',
  '28000': 'this user may not enter: look at the server’s pg_hba.conf',
  '3D000': 'there is no such database: remove the relation and add it again',
  '53300': 'the server has no connection left: raise max_connections, or lower the clients’',
  '57P03': 'the server is starting: try again',
  '42501': 'the user may not create tables in schema public: grant it CREATE there',
}

const failed = (code: string): Finding => ({ kind: 'failed', code, advice: advices[code] ?? 'see the database’s log' })

const tlsOf = ({ tls }: Database): readonly ClientConfig['ssl'][] => {
  if (tls.mode === 'verify-full') return [{ ca: tls.ca }]
  // As libpq does: `prefer` tries without when the server has no TLS, and neither of the two verifies.
  return tls.mode === 'require' ? [{ rejectUnauthorized: false }] : [{ rejectUnauthorized: false }, false]
}

const codeOf = (error: unknown): string => {
  const { code, message } = error as { readonly code?: string; readonly message?: string }
  if (code !== undefined && code !== '') return code
  if (message?.includes('does not support SSL')) return 'NO_TLS'
  return message?.includes('timeout') ? 'ETIMEDOUT' : 'UNKNOWN'
}

const probeWith = async (database: Database, ssl: ClientConfig['ssl']): Promise<Finding> => {
  // Loaded here: hooks never connect to a database.
  const { default: pg } = await import('pg')
  const { host, port, user, password } = database
  const timeouts = { connectionTimeoutMillis: timeout, query_timeout: timeout }
  const client = new pg.Client({ host, port, user, password, database: database.database, ssl, ...timeouts })
  // A server that goes while nobody asks anything would else end the process.
  client.on('error', () => undefined)
  try {
    await client.connect()
    const { rows } = await client.query<{ version: string; may: boolean }>(
      "select current_setting('server_version') as version, has_schema_privilege('public', 'CREATE') as may",
    )
    const [row] = rows
    return row?.may === true ? { kind: 'ok', serverVersion: row.version, encrypted: ssl !== false } : failed('42501')
  } catch (error) {
    return failed(codeOf(error))
  } finally {
    await client.end().catch(() => undefined)
  }
}

/**
 * Connects to a database as Feast would, and looks whether its user may create tables.
 *
 * @example
 * await probe(database)   // { kind: 'ok', serverVersion: '16.4', encrypted: true }
 */
export const probe = async (database: Database): Promise<Finding> => {
  let finding = failed('UNKNOWN')
  for (const ssl of tlsOf(database)) {
    finding = await probeWith(database, ssl)
    if (finding.kind === 'ok' || finding.code !== 'NO_TLS') break
  }
  return finding
}
