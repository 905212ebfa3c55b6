import { StoreError } from '../errors.ts'
import { type PostgresTarget, postgresTarget, sslModes } from '../postgres/target.ts'
import type { ConnectionOptions } from './charmed-feast.ts'
import { integer, nullable, oneOf, text } from './field.ts'
import { type Place, report } from './problem.ts'
import type { Section } from './section.ts'

/** The fields that online and offline stores on PostgreSQL have in common. */
export const postgresFields = {
  min_conn: integer(1),
  max_conn: integer(10),
  conn_type: oneOf(['singleton', 'pool'], 'singleton'),
  host: text(),
  port: integer(5432),
  database: text(),
  /** Goes into `search_path` as it stands. */
  db_schema: text('public'),
  user: text(),
  password: text(),
  /** `require` when absent, as in Feast 0.67 (0.49: libpq's `prefer`, which null still means). */
  sslmode: nullable(oneOf(sslModes, 'require')),
  sslkey_path: nullable(text()),
  sslcert_path: nullable(text()),
  sslrootcert_path: nullable(text()),
  keepalives_idle: nullable(integer()),
}

/** A PostgreSQL section of Feast's. */
export type PostgresSection = Section<typeof postgresFields>

/**
 * The target that a section names. `host` may be several, separated by commas, as in libpq; each has the section's port. The search path
 * is that of Python's Feast: `db_schema` (or the user, when that is empty), then `public`, without quotes.
 */
export const sectionTarget = (section: PostgresSection, options: ConnectionOptions, place: Place): PostgresTarget | undefined => {
  const schema = (section.dbSchema || section.user).trim()
  return targetOrProblem(place, () =>
    postgresTarget({
      hosts: section.host.split(',').map((host) => ({ host: host.trim(), port: section.port })),
      database: section.database,
      user: section.user,
      password: section.password,
      sslMode: section.sslmode ?? 'prefer',
      sslKey: section.sslkeyPath ?? undefined,
      sslCert: section.sslcertPath ?? undefined,
      sslRootCert: section.sslrootcertPath ?? undefined,
      searchPath: schema === 'public' ? schema : `${schema},public`,
      keepalivesIdle: section.keepalivesIdle ?? undefined,
      ...ownParts(options),
    }),
  )
}

/** What our own options say about a target; what they leave open is not there. */
export const ownParts = ({ poolSize: _, ...options }: ConnectionOptions): Partial<PostgresTarget> =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== null))

/** Makes a target; a refusal becomes a problem of the section. */
export const targetOrProblem = (place: Place, make: () => PostgresTarget): PostgresTarget | undefined => {
  try {
    return make()
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    report(place, error.message)
    return undefined
  }
}
