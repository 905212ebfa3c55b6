import type pg from 'pg'
import type { PostgresJoin } from './postgres-join.ts'
import { windowSql } from './postgres-table.ts'
import { types } from './postgres-value.ts'

/** What is known of a source before it is read: estimates of PostgreSQL's planner and statistics. */
export interface SourceShape {
  /** Rows in the window of event times. */
  readonly rows: number
  /** Bytes of a row's selected columns on the wire. */
  readonly width: number
  /** Distinct keys; undefined when nobody analyzed the table, or it is a query. */
  readonly distinctKeys: number | undefined
  /** The index that starts with the keys, in any order, and goes on with the event time; undefined without one. */
  readonly index: string | undefined
}

interface PlanNode {
  readonly Plan?: { readonly 'Plan Rows'?: number; readonly 'Plan Width'?: number }
}

const estimate = async (client: pg.ClientBase, join: PostgresJoin, start: bigint | undefined, end: bigint | undefined) => {
  const sql = `EXPLAIN (FORMAT JSON) SELECT ${join.selected.join(', ')} FROM ${join.table.from} WHERE ${windowSql(join.time, start, end)}`
  const { rows } = await client.query<{ readonly 'QUERY PLAN': unknown }>(sql)
  const text = rows[0]?.['QUERY PLAN']
  const [node]: readonly PlanNode[] = typeof text === 'string' ? JSON.parse(text) : (text ?? [])
  return { rows: node?.Plan?.['Plan Rows'] ?? 0, width: node?.Plan?.['Plan Width'] ?? 0 }
}

const fixedWidth: ReadonlySet<number> = new Set([
  types.bool,
  types.int2,
  types.int4,
  types.int8,
  types.float4,
  types.float8,
  types.date,
  types.timestamp,
  types.timestamptz,
  types.uuid,
])

/** Rows looked at for their width. */
const sampled = 100

/**
 * The width of a row on the wire, from a few rows: the planner's knows a long text or vector as the 18 bytes that point to it. Undefined
 * where no column is of a kind that varies, or there is no row.
 */
const sampledWidth = async (client: pg.ClientBase, { table, view, selected }: PostgresJoin): Promise<number | undefined> => {
  if (view.features.every(({ sourceColumn }) => fixedWidth.has(table.columns.get(sourceColumn)?.type ?? 0))) return undefined
  const { rows } = await client.query(
    `SELECT avg(octet_length(record_send(w)))::float8 AS width FROM (SELECT ${selected.map((sql, place) => `${sql} AS c${place}`).join(', ')} FROM ${table.from} LIMIT ${sampled}) AS w`,
  )
  const width = rows[0]?.width
  return typeof width === 'number' ? width : undefined
}

/** The table behind a source, by the name in it; null for a query, or a name that only a query could have. */
const relationSql = `SELECT c.oid, c.reltuples FROM pg_class c WHERE c.oid = to_regclass($1) AND c.relkind IN ('r', 'p', 'm', 'f')`

/** Indexes whose columns are plain and whole (no expression, no condition) and can be used, with those columns in order. */
const indexSql = `SELECT i.indexrelid::regclass::text AS name,
  array_agg(a.attname::text ORDER BY k.place) AS columns
FROM pg_index i
JOIN pg_class x ON x.oid = i.indexrelid
JOIN pg_am m ON m.oid = x.relam
CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, place)
JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
WHERE i.indrelid = $1 AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL AND m.amname = 'btree'
GROUP BY 1, i.indexrelid ORDER BY 1`

const distinctSql = `SELECT attname::text AS name, n_distinct FROM pg_stats s
JOIN pg_class c ON c.relname = s.tablename JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = s.schemaname
WHERE c.oid = $1 AND attname = ANY($2::text[]) AND NOT inherited`

const fits = (columns: readonly string[], keys: readonly string[], time: string): boolean =>
  columns.length > keys.length && keys.every((key) => columns.slice(0, keys.length).includes(key)) && columns[keys.length] === time

const distinctKeys = async (client: pg.ClientBase, relation: unknown, keys: readonly string[], tuples: number) => {
  const { rows } = await client.query<{ readonly name: string; readonly n_distinct: number }>(distinctSql, [relation, keys])
  if (rows.length < keys.length || tuples <= 0) return undefined
  // A negative number is a share of the rows.
  const product = rows.reduce((sum, { n_distinct: n }) => sum * (n < 0 ? -n * tuples : n), 1)
  return Math.max(1, Math.min(product, tuples))
}

/** Asks PostgreSQL for the shape of a source. Reads the catalogue and statistics, never a row. */
export const shapeOf = async (
  client: pg.ClientBase,
  join: PostgresJoin,
  start: bigint | undefined,
  end: bigint | undefined,
): Promise<SourceShape> => {
  const estimated = await estimate(client, join, start, end)
  const { table } = join.table.source
  const found = table === '' ? undefined : (await client.query(relationSql, [table])).rows[0]
  if (found === undefined) return { ...estimated, distinctKeys: undefined, index: undefined }
  const width = (await sampledWidth(client, join)) ?? estimated.width
  const keys = join.keys.map(({ column }) => column.name)
  const { rows: indexes } = await client.query<{ readonly name: string; readonly columns: readonly string[] }>(indexSql, [found.oid])
  const index = indexes.find(({ columns }) => fits(columns, keys, join.time.name))?.name
  return { rows: estimated.rows, width, distinctKeys: await distinctKeys(client, found.oid, keys, Number(found.reltuples)), index }
}
