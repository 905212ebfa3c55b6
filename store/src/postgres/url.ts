import { allowed, storeError } from '../errors.ts'
import { startupOptions } from './startup.ts'
import { channelBindings, type PostgresHost, type PostgresTarget, postgresTarget, sessionAttributes, sslModes } from './target.ts'

const defaultPort = 5432
const scheme = /^postgres(?:ql)?(?:\+psycopg2?)?:\/\//

/** Keys of libpq that we obey: https://www.postgresql.org/docs/18/libpq-connect.html#LIBPQ-PARAMKEYWORDS */
const obeyed = [
  ...['host', 'port', 'dbname', 'user', 'password', 'options', 'target_session_attrs', 'application_name', 'connect_timeout'],
  ...['sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'channel_binding', 'keepalives_idle'],
]
/** Keys that tune libpq only: accepted, so that a DSN made for Python works, and left out. */
const harmless = [
  ...['client_encoding', 'fallback_application_name', 'gssencmode', 'keepalives', 'keepalives_interval', 'keepalives_count'],
  ...['sslcompression', 'tcp_user_timeout'],
]

/** The URL itself is never shown: a password may stand anywhere in a wrong one. */
const refuse = (why: string, cause?: unknown): Error =>
  storeError('STORE_POSTGRES_TARGET_INVALID', ['postgresql://…', why], cause === undefined ? {} : { cause })

const decode = (part: string, text: string): string => {
  if (/%(?![0-9a-f]{2})/i.test(text)) throw refuse(`the ${part} holds a % that is not followed by two hex digits; write % as %25`)
  try {
    return decodeURIComponent(text)
  } catch {
    // The cause would quote nothing useful, and this text may be a password.
    throw refuse(`the ${part} is not UTF-8 after percent-decoding`)
  }
}

/** Levenshtein distance, for naming the key that was meant. */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}

const checkKey = (key: string): void => {
  if (obeyed.includes(key) || harmless.includes(key)) return
  const nearest = obeyed.toSorted((a, b) => distance(key, a) - distance(key, b))[0]
  // A key that is no word may be a piece of a password with a raw ? in it.
  const shown = /^[A-Za-z_]{1,40}$/.test(key) ? `"${key}" is no known parameter` : 'a parameter is not known'
  throw refuse(`${shown}, the nearest is "${nearest}"; ${allowed(obeyed)}`)
}

const parseQuery = (text: string): ReadonlyMap<string, readonly string[]> => {
  const query = new Map<string, string[]>()
  for (const pair of text.split('&').filter((pair) => pair !== '')) {
    const at = pair.indexOf('=')
    if (at < 0) throw refuse('a parameter has no value; write it as key=value')
    // SQLAlchemy, which reads the same DSN, takes + for a space here; a plus is written %2B by everybody.
    const key = decode('name of a parameter', pair.slice(0, at))
    checkKey(key)
    const value = decode(`parameter ${key}`, pair.slice(at + 1).replaceAll('+', ' '))
    query.set(key, [...(query.get(key) ?? []), value])
  }
  return query
}

const parsePort = (text: string): number => {
  if (!/^\d{1,5}$/.test(text)) throw refuse('a port is not a number between 1 and 65535')
  return Number(text)
}

/** `name`, `name:port`, `[::1]:port`, and in parameters a bare `::1` or a directory. */
const parseHost = (text: string, port: number): PostgresHost => {
  const bracketed = /^\[([^\]]*)\](?::(.*))?$/.exec(text)
  if (bracketed) return { host: bracketed[1] ?? '', port: bracketed[2] === undefined ? port : parsePort(bracketed[2]) }
  const parts = text.split(':')
  if (text.startsWith('/') || parts.length !== 2) return { host: text, port }
  return { host: parts[0] ?? '', port: parts[1] === '' ? port : parsePort(parts[1] ?? '') }
}

const parseHosts = (authority: string, query: ReadonlyMap<string, readonly string[]>): readonly PostgresHost[] => {
  const named = query.get('host')?.flatMap((list) => list.split(','))
  const ports = query.get('port')?.flatMap((list) => list.split(',')) ?? []
  const inPath = authority === '' ? ['localhost'] : authority.split(',')
  const hosts = named ?? inPath
  if (ports.length > 1 && ports.length !== hosts.length) throw refuse(`there are ${hosts.length} hosts and ${ports.length} ports`)
  return hosts.map((host, index) => {
    const port = ports.length === 0 ? defaultPort : parsePort(ports[index] ?? ports[0] ?? '')
    if (named) return parseHost(host, port)
    const { host: name, port: own } = parseHost(host, port)
    return { host: decode('host', name), port: own }
  })
}

const oneOf = <Value extends string>(key: string, values: readonly Value[], text: string | undefined): Value | undefined => {
  const value = values.find((value) => value === text)
  if (text !== undefined && value === undefined) throw refuse(`${key} is wrong; ${allowed(values)}`)
  return value
}

const seconds = (key: string, text: string | undefined): number | undefined => {
  if (text !== undefined && !/^\d{1,7}$/.test(text)) throw refuse(`${key} is not a whole number of seconds`)
  return text === undefined ? undefined : Number(text)
}

/** `user:password@hosts/database` apart, nothing decoded yet. */
const split = (url: string) => {
  const rest = url.replace(scheme, '')
  const [before = '', ...queries] = rest.split('?')
  const [authority = '', ...path] = before.split('/')
  const at = authority.indexOf('@')
  const outside = at < 0 && authority !== '' ? rest.slice(authority.length) : path.join('/')
  if (outside.includes('@') || authority.indexOf('@', at + 1) > at) {
    throw refuse('an @ stands where none is expected; write @ as %40, / as %2F and ? as %3F')
  }
  const [user = '', ...password] = authority.slice(0, Math.max(at, 0)).split(':')
  return { user, password: password.join(':'), hosts: authority.slice(at + 1), database: path.join('/'), query: queries.join('?') }
}

/**
 * Reads a connection URL as libpq, psycopg and SQLAlchemy do: every part percent-decoded once, several hosts, Unix sockets, libpq's parameters.
 * Absent: host `localhost`, port 5432, database as the user, `sslmode=prefer`. A user is needed.
 * Throws `STORE_POSTGRES_TARGET_INVALID`, whose text never holds a piece of the URL that could be a password.
 * Format: https://www.postgresql.org/docs/18/libpq-connect.html#LIBPQ-CONNSTRING-URIS
 *
 * @example
 * parsePostgresUrl('postgresql+psycopg://feast:p%40ss@db1,db2:5433/feast?options=-csearch_path%3Dregistry').hosts
 * // [{ host: 'db1', port: 5432 }, { host: 'db2', port: 5433 }]
 */
export const parsePostgresUrl = (url: string): PostgresTarget => {
  if (!scheme.test(url))
    throw refuse('it does not begin so; allowed: postgresql://, postgres://, postgresql+psycopg://, postgresql+psycopg2://')
  const parts = split(url)
  const query = parseQuery(parts.query)
  const last = (key: string) => query.get(key)?.at(-1)
  const user = last('user') ?? decode('user', parts.user)
  const timeout = seconds('connect_timeout', last('connect_timeout'))
  return postgresTarget({
    hosts: parseHosts(parts.hosts, query),
    user,
    password: last('password') ?? (parts.password === '' ? undefined : decode('password', parts.password)),
    database: (last('dbname') ?? decode('database', parts.database)) || user,
    sslMode: oneOf('sslmode', sslModes, last('sslmode')),
    sslRootCert: last('sslrootcert'),
    sslCert: last('sslcert'),
    sslKey: last('sslkey'),
    channelBinding: oneOf('channel_binding', channelBindings, last('channel_binding')),
    options: last('options'),
    targetSessionAttrs: oneOf('target_session_attrs', sessionAttributes, last('target_session_attrs')),
    applicationName: last('application_name') ?? last('fallback_application_name'),
    connectTimeoutMs: timeout === undefined ? undefined : timeout * 1000,
    keepalivesIdle: seconds('keepalives_idle', last('keepalives_idle')),
  })
}

/** encodeURIComponent leaves `!'()*`, which some readers of URLs stumble over. */
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)

const formatHost = ({ host, port }: PostgresHost): string => (host.includes(':') ? `[${host}]:${port}` : `${encode(host)}:${port}`)

/**
 * Writes a target as a URL that libpq, psycopg, SQLAlchemy and {@link parsePostgresUrl} read; `searchPath` and `statementTimeoutMs` become `options`.
 * `pooled` is ours and has no place in it. For people, `hidePassword` puts `***` in its place.
 *
 * @example
 * formatPostgresUrl(target, { hidePassword: true }) // postgresql://feast:***@db:5432/feast?sslmode=require
 */
export const formatPostgresUrl = (target: PostgresTarget, options: { readonly hidePassword?: boolean } = {}): string => {
  const { password } = target
  const secret = password === undefined ? '' : `:${options.hidePassword ? '***' : encode(password)}`
  const sent = startupOptions({ ...target, pooled: false })
  const query = {
    sslmode: target.sslMode,
    sslrootcert: target.sslRootCert,
    sslcert: target.sslCert,
    sslkey: target.sslKey,
    channel_binding: target.channelBinding === 'prefer' ? undefined : target.channelBinding,
    options: sent === '' ? undefined : sent,
    target_session_attrs: target.targetSessionAttrs === 'any' ? undefined : target.targetSessionAttrs,
    application_name: target.applicationName,
    connect_timeout: String(Math.ceil(target.connectTimeoutMs / 1000)),
    keepalives_idle: String(target.keepalivesIdle),
  }
  const pairs = Object.entries(query).flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${encode(value)}`]))
  const hosts = target.hosts.map(formatHost).join(',')
  return `postgresql://${encode(target.user)}${secret}@${hosts}/${encode(target.database)}?${pairs.join('&')}`
}
