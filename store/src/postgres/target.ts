import { storeError } from '../errors.ts'

/** What `sslmode` may be, with libpq's meaning: https://www.postgresql.org/docs/18/libpq-ssl.html#LIBPQ-SSL-SSLMODE-STATEMENTS */
export const sslModes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const
/** One of {@link sslModes}. `require` encrypts and verifies nothing, unless a root certificate is given: then it verifies as `verify-ca`. */
export type SslMode = (typeof sslModes)[number]

/** What `target_session_attrs` may be: which server of several is wanted. */
export const sessionAttributes = ['any', 'read-write', 'read-only', 'primary', 'standby', 'prefer-standby'] as const
/** One of {@link sessionAttributes}. */
export type TargetSessionAttrs = (typeof sessionAttributes)[number]

/** What `channel_binding` may be: whether SCRAM must be bound to the TLS certificate. */
export const channelBindings = ['disable', 'prefer', 'require'] as const
/** One of {@link channelBindings}. */
export type ChannelBinding = (typeof channelBindings)[number]

/** One server: a name, an address, or (with a leading `/`) the directory of a Unix socket. */
export interface PostgresHost {
  readonly host: string
  readonly port: number
}

/** Where a PostgreSQL database is and how to log in there. An immutable value: made by {@link postgresTarget} or `parsePostgresUrl`. */
export interface PostgresTarget {
  /** Tried in this order. */
  readonly hosts: readonly [PostgresHost, ...PostgresHost[]]
  readonly database: string
  readonly user: string
  readonly password?: string
  readonly sslMode: SslMode
  /** Path of the certificate authority, or `system` for the certificates that Node trusts. Read anew at each connect. */
  readonly sslRootCert?: string
  readonly sslCert?: string
  readonly sslKey?: string
  readonly channelBinding: ChannelBinding
  /** Text of the setting `search_path`, sent as it stands: names with capitals need `quoteIdentifier`. */
  readonly searchPath?: string
  /** Command-line options of the server process (`-c geqo=off`), sent as they stand. */
  readonly options?: string
  readonly targetSessionAttrs: TargetSessionAttrs
  readonly applicationName: string
  /** For each host; 0 waits as long as the operating system does. */
  readonly connectTimeoutMs: number
  /** Longest time of a statement; 0 is no limit. */
  readonly statementTimeoutMs: number
  /** Seconds of silence before TCP asks whether the other side still lives. */
  readonly keepalivesIdle: number
  /** A PgBouncer stands between: nothing is sent at connect that it refuses, nothing is left in a session. */
  readonly pooled: boolean
}

/** What {@link postgresTarget} takes: what is left out has a default. */
export type PostgresTargetParts = {
  readonly [Key in Exclude<keyof PostgresTarget, 'hosts'>]?: PostgresTarget[Key] | undefined
} & { readonly hosts: readonly PostgresHost[]; readonly database: string; readonly user: string }

/**
 * `host:port,host:port/database`: how errors name a target. Holds neither user nor password.
 *
 * @example
 * describeTarget(parsePostgresUrl('postgresql://feast:secret@a,b:5433/feast')) // 'a:5432,b:5433/feast'
 */
export const describeTarget = (target: Pick<PostgresTarget, 'hosts' | 'database'>): string =>
  `${target.hosts.map(({ host, port }) => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`)).join(',')}/${target.database}`

const present = <Value extends object>(value: Value): Value =>
  // Fields that are undefined are left out, so two equal targets have equal keys.
  Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as Value

/**
 * Makes a target from its parts. Defaults: `prefer` for TLS, no wish about the session, 10 s to connect, no limit for statements.
 * Throws `STORE_POSTGRES_TARGET_INVALID` for parts that no connection can be made from.
 *
 * @example
 * postgresTarget({ hosts: [{ host: 'db', port: 5432 }], database: 'feast', user: 'feast', password, sslMode: 'require' })
 */
export const postgresTarget = (parts: PostgresTargetParts): PostgresTarget => {
  const refuse = (why: string) => storeError('STORE_POSTGRES_TARGET_INVALID', [describeTarget({ ...parts, hosts }), why])
  const [first, ...rest] = parts.hosts
  const hosts: PostgresTarget['hosts'] = [first ?? { host: '', port: 0 }, ...rest]
  if (first === undefined) throw refuse('no host is given')
  if (hosts.some(({ host }) => host === '')) throw refuse('a host is empty')
  if (hosts.some(({ port }) => !Number.isInteger(port) || port < 1 || port > 65535)) throw refuse('a port is not between 1 and 65535')
  if (parts.user === '') throw refuse('no user is given')
  if (parts.database === '') throw refuse('no database is given')
  const texts = [parts.user, parts.database, parts.password, parts.options, parts.searchPath, parts.applicationName]
  if (texts.some((text) => text?.includes('\0'))) throw refuse('a field holds a NUL character')
  if ((parts.sslCert === undefined) !== (parts.sslKey === undefined)) throw refuse('sslcert and sslkey are only good together')
  const sslMode = parts.sslMode ?? 'prefer'
  const verifies = sslMode === 'verify-ca' || sslMode === 'verify-full'
  if (verifies && parts.sslRootCert === undefined) throw refuse(`sslmode ${sslMode} needs sslrootcert: a path, or system`)
  if (parts.sslRootCert === 'system' && sslMode !== 'verify-full') throw refuse('sslrootcert system needs sslmode verify-full')
  return Object.freeze(
    present({
      ...parts,
      hosts,
      sslMode,
      channelBinding: parts.channelBinding ?? 'prefer',
      targetSessionAttrs: parts.targetSessionAttrs ?? 'any',
      applicationName: parts.applicationName ?? 'charmed-feast',
      connectTimeoutMs: parts.connectTimeoutMs ?? 10_000,
      statementTimeoutMs: parts.statementTimeoutMs ?? 0,
      keepalivesIdle: parts.keepalivesIdle ?? 30,
      pooled: parts.pooled ?? false,
    } as PostgresTarget),
  )
}
