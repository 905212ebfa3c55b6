import { quoteLiteral } from './identifier.ts'
import type { PostgresTarget } from './target.ts'

/** Settings of a session by name, as `SET` takes them. */
export type Settings = Readonly<Record<string, string>>

const escapeOption = (value: string): string => value.replace(/[\\\s]/g, (character) => `\\${character}`)

const ownSettings = (target: PostgresTarget): Settings => ({
  ...(target.searchPath === undefined ? {} : { search_path: target.searchPath }),
  ...(target.statementTimeoutMs === 0 ? {} : { statement_timeout: String(target.statementTimeoutMs) }),
})

/**
 * The startup parameter `options` of a target: its own raw options, then search path, statement timeout and `settings`; the last wins.
 * Behind a PgBouncer only the raw options stay, because PgBouncer refuses settings that it does not track.
 *
 * @example
 * startupOptions(postgresTarget({ ...parts, searchPath: 'feast,public' })) // '-c search_path=feast,public'
 */
export const startupOptions = (target: PostgresTarget, settings: Settings = {}): string => {
  const ours = target.pooled ? {} : { ...ownSettings(target), ...settings }
  const flags = Object.entries(ours).map(([name, value]) => `-c ${name}=${escapeOption(value)}`)
  return [target.options ?? '', ...flags].filter((text) => text !== '').join(' ')
}

/**
 * What a connection tells the server when it starts. UTC and ISO dates hold whatever the role or the database has as default,
 * and PgBouncer tracks both. `client_encoding` is added by whoever writes the message. Message: https://www.postgresql.org/docs/18/protocol-message-formats.html#PROTOCOL-MESSAGE-FORMATS-STARTUPMESSAGE
 *
 * @example
 * startupParameters(target, { max_parallel_workers_per_gather: '0' }).TimeZone // 'UTC'
 */
export const startupParameters = (target: PostgresTarget, settings: Settings = {}): Settings => {
  const options = startupOptions(target, settings)
  return {
    user: target.user,
    database: target.database,
    application_name: target.applicationName,
    DateStyle: 'ISO',
    TimeZone: 'UTC',
    ...(options === '' ? {} : { options }),
  }
}

/**
 * The settings that {@link startupOptions} left out for a PgBouncer: they go into each transaction, where PgBouncer cannot lose them.
 *
 * @example
 * transactionSettings(postgresTarget({ ...parts, pooled: true, searchPath: 'feast' })) // { search_path: 'feast' }
 */
export const transactionSettings = (target: PostgresTarget, settings: Settings = {}): Settings =>
  target.pooled ? { ...ownSettings(target), ...settings } : {}

/**
 * The statement that sets {@link transactionSettings} for the transaction it is in; undefined when there are none. It selects one row.
 *
 * @example
 * transactionStatement(postgresTarget({ ...parts, pooled: true, searchPath: 'feast' })) // "SELECT pg_catalog.set_config('search_path', 'feast', true)"
 */
export const transactionStatement = (target: PostgresTarget, settings: Settings = {}): string | undefined => {
  const calls = Object.entries(transactionSettings(target, settings)).map(
    ([name, value]) => `pg_catalog.set_config(${quoteLiteral(name)}, ${quoteLiteral(value)}, true)`,
  )
  return calls.length === 0 ? undefined : `SELECT ${calls.join(', ')}`
}
