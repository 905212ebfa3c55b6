import { onlineColumns } from './online-rows.ts'
import { type OnlineTable, tableSql } from './table.ts'

// Newer is: by event time (NULL lowest), then created time (NULL, and what Python writes for NULL, which lies beyond the year 10000,
// lowest), then arrival. docs/decisions/consistency.md.
const created = (column: string): string =>
  `CASE WHEN ${column} < 'infinity' AND ${column} < '10000-01-01 00:00:00+00' THEN ${column} ELSE '-infinity' END`
const event = (column: string): string => `coalesce(${column}, '-infinity')`

/** The staging table of a session: it goes with the transaction. */
const stageTable = 'charmed_feast_stage'

/** Makes the staging table. It keeps the order of arrival, which decides between equals. */
export const createStageSql = `CREATE TEMP TABLE ${stageTable} (
  arrival bigint GENERATED ALWAYS AS IDENTITY, entity_key bytea NOT NULL, feature_name text NOT NULL, value bytea, value_text text,
  event_ts timestamptz, created_ts timestamptz) ON COMMIT DROP`

const list = onlineColumns.join(', ')

/** Fills the staging table from the binary stream of `onlineRows`. */
export const copyStageSql = `COPY ${stageTable} (${list}) FROM STDIN (FORMAT binary)`

/** Fills an online table that is empty and has no key for the moment. */
export const copyTableSql = (table: OnlineTable): string => `COPY ${tableSql(table)} (${list}) FROM STDIN (FORMAT binary)`

/**
 * Merges the staged rows: the newest of each feature of each entity, and only where the table has no newer one. Sorted by key, so that the
 * rows of one entity lie together and two merges take their locks in one order.
 */
export const mergeSql = (table: OnlineTable, from: string = stageTable): string => `INSERT INTO ${tableSql(table)} AS t (${list})
SELECT DISTINCT ON (entity_key, feature_name) ${list} FROM ${from}
ORDER BY entity_key, feature_name, ${event('event_ts')} DESC, ${created('created_ts')} DESC, arrival DESC
ON CONFLICT (entity_key, feature_name) DO UPDATE SET value = EXCLUDED.value, value_text = EXCLUDED.value_text, vector_value = EXCLUDED.vector_value,
  event_ts = EXCLUDED.event_ts, created_ts = EXCLUDED.created_ts
WHERE (${event('EXCLUDED.event_ts')}, ${created('EXCLUDED.created_ts')}) >= (${event('t.event_ts')}, ${created('t.created_ts')})`
