import { StoreError, storeError } from '../errors.ts'
import { describeTarget, type PostgresTarget } from './target.ts'

/** What PostgreSQL says about an error: https://www.postgresql.org/docs/18/protocol-error-fields.html */
export interface ServerFault extends Error {
  /** SQLSTATE: https://www.postgresql.org/docs/18/errcodes-appendix.html */
  readonly code: string
  readonly severity: string
  readonly detail?: string | undefined
  readonly hint?: string | undefined
  /** The C function that raised it: the one part of an error that no language changes. */
  readonly routine?: string | undefined
}

const isServerFault = (error: unknown): error is ServerFault =>
  error instanceof Error && 'severity' in error && 'code' in error && typeof error.code === 'string' && error.code.length === 5

/**
 * The SQLSTATE of an error or of what caused it; undefined when the server said nothing.
 *
 * @example
 * if (sqlState(error) === '55P03') throw new Error('somebody holds the lock')
 */
export const sqlState = (error: unknown): string | undefined => {
  if (isServerFault(error)) return error.code
  return error instanceof Error && error.cause !== undefined ? sqlState(error.cause) : undefined
}

const systemReasons: Readonly<Record<string, string>> = {
  EACCES: 'this process may not use the socket',
  EAI_AGAIN: 'the name server does not answer',
  ECONNREFUSED: 'nobody listens there',
  ECONNRESET: 'the server closed the connection',
  EHOSTUNREACH: 'there is no way to the host',
  ENETUNREACH: 'there is no way to the network',
  ENOENT: 'there is no such socket',
  ENOTFOUND: 'the host name is not known',
  EPIPE: 'the server closed the connection',
  ETIMEDOUT: 'the host does not answer',
}

/** The system's code of a network error; Node bundles the errors of several addresses. */
const systemCode = (error: unknown): string | undefined => {
  if (error instanceof AggregateError && error.errors.length > 0) return systemCode(error.errors[0])
  return error instanceof Error && 'syscall' in error && 'code' in error ? String(error.code) : undefined
}

const reasonOf = (error: unknown): string => {
  const code = systemCode(error)
  if (code !== undefined) return systemReasons[code] ?? code
  return error instanceof Error ? error.message : String(error)
}

const saslOf = (error: Error): string => {
  if (error.message.includes('non-empty string')) return 'it wants a password and none is given'
  return error.message.replace(/^SASL: (?:[A-Z-]+: )?/, '')
}

/**
 * The error of a connection that could not be opened, in our words and with the right code.
 *
 * @example
 * throw connectFailure(error, target)
 */
export const connectFailure = (error: unknown, target: PostgresTarget): StoreError => {
  if (error instanceof StoreError) return error
  const where = describeTarget(target)
  const options = { cause: error }
  if (error instanceof Error && error.message.startsWith('SASL')) {
    return storeError('STORE_POSTGRES_LOGIN_REFUSED', [where, target.user, saslOf(error)], options)
  }
  if (!isServerFault(error)) return storeError('STORE_POSTGRES_UNREACHABLE', [where, reasonOf(error)], options)
  const { code, message } = error
  if (code === '3D000') return storeError('STORE_POSTGRES_DATABASE_MISSING', [where], options)
  // PgBouncer says 08P01 where PostgreSQL says 28P01.
  if (code.startsWith('28') || (code === '08P01' && message.includes('authentication'))) {
    return storeError('STORE_POSTGRES_LOGIN_REFUSED', [where, target.user, message], options)
  }
  if (code === '42501') {
    const grant = `GRANT CONNECT ON DATABASE "${target.database}" TO "${target.user}"`
    return storeError('STORE_POSTGRES_PERMISSION_DENIED', [where, target.user, `${message}; it needs ${grant}`], options)
  }
  return storeError('STORE_POSTGRES_UNREACHABLE', [where, message], options)
}

const objectGrants: Readonly<Record<string, (verb: string) => string>> = {
  database: (verb) => (verb === 'CREATE' ? 'CREATE' : 'CONNECT'),
  function: () => 'EXECUTE',
  schema: (verb) => (verb === 'CREATE' ? 'CREATE' : 'USAGE'),
  sequence: () => 'USAGE',
}

const tableGrant = (verb: string, statement: string): string => {
  if (verb === 'INSERT') return /\bon\s+conflict\b/i.test(statement) ? 'SELECT, INSERT, UPDATE' : 'INSERT'
  if (verb === 'COPY') return /\bfrom\s+stdin\b/i.test(statement) ? 'INSERT' : 'SELECT'
  if (verb === 'UPDATE' || verb === 'DELETE') return `SELECT, ${verb}`
  if (verb === 'MERGE') return 'SELECT, INSERT, UPDATE, DELETE'
  return verb === 'TRUNCATE' || verb === 'REFERENCES' ? verb : 'SELECT'
}

const verbOf = (statement: string): string => {
  const first = /^\s*(\w+)/.exec(statement)?.[1]?.toUpperCase() ?? ''
  if (first !== 'WITH') return first
  return /\b(INSERT|UPDATE|DELETE|MERGE)\b/i.exec(statement)?.[1]?.toUpperCase() ?? 'SELECT'
}

/**
 * A refusal in the server's words, with the grant that the statement lacked. The words are read, so in another language than English the
 * grant is left out.
 *
 * @example
 * grantFor('permission denied for table trips', 'SELECT * FROM trips', 'ada') // '…; it needs GRANT SELECT ON trips TO "ada"'
 */
export const grantFor = (message: string, statement: string, user: string): string => {
  const temporary = /^permission denied to create temporary tables in database (.+)$/.exec(message)
  if (temporary !== null) return `${message}; it needs GRANT TEMPORARY ON DATABASE ${temporary[1]} TO "${user}"`
  const match = /^permission denied for (\w+) (.+)$/.exec(message)
  if (match === null) return message
  const [, kind = '', name = ''] = match
  const verb = verbOf(statement)
  if (verb === '') return message
  const grant = objectGrants[kind]?.(verb) ?? tableGrant(verb, statement)
  const object = kind === 'table' || kind === 'view' || kind === 'relation' ? '' : `${kind.toUpperCase()} `
  return `${message}; it needs GRANT ${grant} ON ${object}${name} TO "${user}"`
}

/**
 * Whether a prepared statement is gone from the session, or its tables have changed since: it was not run, and may be sent anew.
 *
 * @example
 * if (isStale(error)) await runAgain()
 */
export const isStale = (error: unknown): boolean => {
  if (error instanceof StoreError) return isStale(error.cause)
  return isServerFault(error) && (error.code === '26000' || error.routine === 'RevalidateCachedQuery')
}

/** The server ends the session: shutdown, crash, an administrator, an idle limit, a protocol fault. */
const endsSession = (code: string): boolean =>
  code.startsWith('08') || ['57P01', '57P02', '57P03', '57P05', '25P03', '25P04'].includes(code)

const lostMessages = /^Connection terminated|not queryable|^Client was closed|^This socket has been ended/

/**
 * Whether an error says that the connection is gone, and not that the statement was wrong.
 *
 * @example
 * if (isLost(error)) session.cut()
 */
export const isLost = (error: unknown): boolean => {
  if (error instanceof StoreError) return error.code === 'STORE_POSTGRES_CONNECTION_LOST'
  if (isServerFault(error)) return endsSession(error.code)
  return systemCode(error) !== undefined || (error instanceof Error && lostMessages.test(error.message))
}

/**
 * The error of a statement, in our words and with the right code. `statement` is read for the grant that is missing, and never shown.
 *
 * @example
 * throw statementFailure(error, target, 'SELECT 1 FROM t')
 */
export const statementFailure = (error: unknown, target: PostgresTarget, statement: string): StoreError => {
  if (error instanceof StoreError) return error
  const where = describeTarget(target)
  const options = { cause: error }
  if (isLost(error)) return storeError('STORE_POSTGRES_CONNECTION_LOST', [where, reasonOf(error)], options)
  if (!isServerFault(error)) return storeError('STORE_POSTGRES_STATEMENT_FAILED', [where, reasonOf(error)], options)
  const { code, message } = error
  if (code === '42501') {
    return storeError('STORE_POSTGRES_PERMISSION_DENIED', [where, target.user, grantFor(message, statement, target.user)], options)
  }
  if (code === '42P01' || code === '3F000') return storeError('STORE_POSTGRES_TABLE_MISSING', [where, message], options)
  if (code === '57014' && target.statementTimeoutMs > 0) {
    return storeError('STORE_POSTGRES_TIMEOUT', [where, String(target.statementTimeoutMs)], options)
  }
  if (code === '57014') return storeError('STORE_POSTGRES_CANCELLED', [where, message], options)
  return storeError('STORE_POSTGRES_STATEMENT_FAILED', [where, `${message} (SQLSTATE ${code})`], options)
}

/**
 * The error of work that used a client of `pg` itself: PostgreSQL's are put in our words, the caller's own stay what they are.
 *
 * @example
 * throw workFailure(error, target)
 */
export const workFailure = (error: unknown, target: PostgresTarget): unknown =>
  sqlState(error) !== undefined || isLost(error) ? statementFailure(error, target, '') : error
