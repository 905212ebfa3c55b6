import { channelBindings, sessionAttributes } from '../postgres/target.ts'
import { flag, integer, nullable, oneOf, text } from './field.ts'
import type { Place } from './problem.ts'
import { readSection, type Section, sectionOrDefaults } from './section.ts'
import type { YamlNode } from './yaml-tree.ts'

/** Null leaves it to what the section or the URL says, and then to the defaults of `postgresTarget`. */
const connectionFields = {
  /** How many connections at most; null takes Feast's `max_conn`, or 10. */
  pool_size: nullable(integer(undefined, { strict: true, least: 1 })),
  connect_timeout_ms: nullable(integer(undefined, { strict: true, least: 0 })),
  /** The longest time of a statement; 0 is no limit. */
  statement_timeout_ms: nullable(integer(undefined, { strict: true, least: 0 })),
  /** A PgBouncer in transaction mode stands between. */
  pooled: flag(false, { strict: true }),
  target_session_attrs: nullable(oneOf(sessionAttributes)),
  channel_binding: nullable(oneOf(channelBindings)),
  application_name: nullable(text()),
}

const duckdbFields = {
  /** As DuckDB writes it: `4GB`; null leaves it to DuckDB (80 % of the memory). */
  memory_limit: nullable(text()),
  threads: nullable(integer(undefined, { strict: true, least: 1 })),
}

const fields = {
  /** What 64-bit integers are in results. */
  integers: oneOf(['bigint', 'number'], 'bigint'),
  /** Online reads are one statement even where several would be faster: all views at one moment. */
  snapshot: flag(false, { strict: true }),
  /** Online reads give values older than their view's ttl. */
  stale_values: flag(false, { strict: true }),
  registry: sectionOrDefaults(connectionFields, 'refuse'),
  online: sectionOrDefaults(connectionFields, 'refuse'),
  offline: sectionOrDefaults(connectionFields, 'refuse'),
  duckdb: sectionOrDefaults(duckdbFields, 'refuse'),
}

/** How we connect to one of the databases. */
export type ConnectionOptions = Section<typeof connectionFields>

/** Our own options: the top-level section `charmed_feast`, which Python's Feast keeps and does not read. */
export type CharmedFeastOptions = Section<typeof fields>

/** Reads the section; all of its fields have defaults. */
export const readCharmedFeast = (node: YamlNode | undefined, place: Place): CharmedFeastOptions | undefined =>
  readSection(fields, node, place, 'refuse')
