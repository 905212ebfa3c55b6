import { checkServerIdentity } from 'node:tls'
import type { Client, ClientConfig } from 'pg'

import type { Database } from '../database.ts'

/** How long a connection may take, and a question that only looks; in milliseconds. */
export const patience = 5_000

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

/** What to do about a code. */
export const adviceOn = (code: string): string => advices[code] ?? 'see the database’s log'

const tlsOf = ({ tls, host }: Database): readonly ClientConfig['ssl'][] => {
  // Said here, because pg forgets a host that is an address: Node would then look for `localhost` in the certificate.
  if (tls.mode === 'verify-full') return [{ ca: tls.ca, checkServerIdentity: (_, certificate) => checkServerIdentity(host, certificate) }]
  // As libpq does: `prefer` tries without when the server has no TLS or does not want it, and neither of the two verifies.
  return tls.mode === 'require' ? [{ rejectUnauthorized: false }] : [{ rejectUnauthorized: false }, false]
}

/** The code of what is no failure of a connection or a database. */
export const unknownCode = 'UNKNOWN'

/**
 * The code of a failure: Node's, its TLS', or PostgreSQL's SQLSTATE. Its message may name users and hosts, and is left out.
 *
 * @example
 * codeOf(new Error('The server does not support SSL connections'))   // 'NO_TLS'
 */
export const codeOf = (error: unknown): string => {
  const { code, message } = error as { readonly code?: string; readonly message?: string }
  if (code !== undefined && code !== '') return code
  if (message?.includes('does not support SSL')) return 'NO_TLS'
  return message?.includes('timeout') ? 'ETIMEDOUT' : unknownCode
}

/** A connection to a database. */
export interface Connection {
  readonly client: Client
  readonly encrypted: boolean
}

/** How {@link withConnection} connects. */
export interface ConnectionOptions {
  /** How long a statement may take, in milliseconds; as long as it likes by default. */
  readonly statementTimeout?: number
}

type Settings = ConnectionOptions & { readonly ssl: ClientConfig['ssl'] }

const open = async ({ host, port, user, password, database }: Database, { ssl, statementTimeout }: Settings): Promise<Client> => {
  // Loaded here: hooks never connect to a database.
  const { default: pg } = await import('pg')
  const timeouts = { connectionTimeoutMillis: patience, ...(statementTimeout === undefined ? {} : { query_timeout: statementTimeout }) }
  const client = new pg.Client({ host, port, user, password, database, ssl, ...timeouts })
  // A server that goes while nobody asks anything would else end the process.
  client.on('error', () => undefined)
  try {
    await client.connect()
    return client
  } catch (error) {
    await client.end().catch(() => undefined)
    throw error
  }
}

const openAny = async (database: Database, options: ConnectionOptions): Promise<Connection> => {
  const [ssl, ...others] = tlsOf(database)
  try {
    return { client: await open(database, { ...options, ssl }), encrypted: true }
  } catch (error) {
    if (others.length === 0 || !['NO_TLS', '28000'].includes(codeOf(error))) throw error
    return { client: await open(database, { ...options, ssl: false }), encrypted: false }
  }
}

/**
 * Connects to a database as Feast would, for as long as some work takes.
 *
 * @throws what `pg` throws: see {@link codeOf}.
 *
 * @example
 * await withConnection(database, ({ client }) => client.query('select 1'))
 */
export const withConnection = async <Value>(
  database: Database,
  work: (connection: Connection) => Promise<Value>,
  options: ConnectionOptions = {},
): Promise<Value> => {
  const connection = await openAny(database, options)
  try {
    return await work(connection)
  } finally {
    await connection.client.end().catch(() => undefined)
  }
}

/**
 * Does work in one transaction: all of it, or nothing.
 *
 * @example
 * await inTransaction(client, 'read write', () => client.query('select 1'))
 */
export const inTransaction = async <Value>(
  client: Client,
  mode: 'read write' | 'isolation level repeatable read, read only',
  work: () => Promise<Value>,
): Promise<Value> => {
  await client.query(`begin transaction ${mode}`)
  try {
    const value = await work()
    await client.query('commit')
    return value
  } catch (error) {
    await client.query('rollback').catch(() => undefined)
    throw error
  }
}
