import type { ClientBase, FieldDef } from 'pg'
import type { BatchSource, PostgresSource } from '../definition/source.ts'
import { allowed, type StoreError, storeError } from '../errors.ts'
import { grantFor, isLost, sqlState } from '../postgres/failure.ts'
import { quoteIdentifier, quoteLiteral } from '../postgres/identifier.ts'
import { formatTimestamp } from '../postgres/timestamp.ts'
import { types } from './postgres-value.ts'

/** A source as PostgreSQL sees it. */
export interface PostgresTable {
  readonly source: PostgresSource
  /** What stands after FROM; its alias is `s`. */
  readonly from: string
  readonly columns: ReadonlyMap<string, TableColumn>
}

/** A column: its type number, and the type's name without length or scale, since a cast to those cuts and rounds. */
export interface TableColumn {
  readonly name: string
  readonly type: number
  readonly typeName: string
  /** As people write it: `numeric(10,2)`. */
  readonly storedAs: string
}

const timeTypes: ReadonlySet<number> = new Set([types.timestamp, types.timestamptz, types.date])

/** Whether a column can be an event time. */
export const isTimeColumn = ({ type }: TableColumn): boolean => timeTypes.has(type)

const fault = (source: BatchSource, why: string): StoreError => storeError('STORE_SOURCE_INVALID', [source.name, why])

/** The source, when it is PostgreSQL's. Throws STORE_SOURCE_INVALID for another. */
export const postgresSourceOf = (source: BatchSource): PostgresSource => {
  if (source.kind === 'postgres-source') return source
  throw fault(source, `the offline store is PostgreSQL and this is a ${source.kind}; apply it with a PostgreSQL source`)
}

/** What stands after FROM. A query may end in a comment, so its bracket closes on the next line. */
export const fromClause = ({ table, query }: PostgresSource): string =>
  table === '' ? `(${query.replace(/;\s*$/, '')}\n) AS s` : `${table} AS s`

const fieldsOf = async (client: ClientBase, source: PostgresSource): Promise<readonly FieldDef[]> => {
  const statement = `SELECT * FROM ${fromClause(source)} LIMIT 0`
  const { fields } = await client.query(statement).catch((error: unknown) => {
    if (isLost(error)) throw error
    const why = error instanceof Error ? error.message : String(error)
    const told = sqlState(error) === '42501' ? grantFor(why, statement, 'user' in client ? String(client.user) : '') : why
    throw storeError('STORE_SOURCE_INVALID', [source.name, told], { cause: error })
  })
  return fields
}

const typeNamesSql =
  'SELECT format_type(t, -1) AS name, format_type(t, m) AS stored FROM unnest($1::oid[], $2::int[]) WITH ORDINALITY AS u(t, m, place) ORDER BY place'

/**
 * Asks PostgreSQL for the columns of sources, without a row: a statement for each, and one for the names of all types.
 *
 * @throws STORE_SOURCE_INVALID when a table is not there or a query is not one
 */
export const describeTables = async (client: ClientBase, sources: readonly PostgresSource[]): Promise<readonly PostgresTable[]> => {
  const fields: FieldDef[][] = []
  for (const source of sources) fields.push([...(await fieldsOf(client, source))])
  const all = fields.flat()
  const { rows } = await client.query(typeNamesSql, [
    all.map(({ dataTypeID }) => dataTypeID),
    all.map(({ dataTypeModifier }) => dataTypeModifier),
  ])
  let place = 0
  return sources.map((source, at) => {
    const columns = (fields[at] ?? []).map(({ name, dataTypeID }) => {
      const { name: typeName, stored } = rows[place++] ?? {}
      return [name, { name, type: dataTypeID, typeName: String(typeName), storedAs: String(stored) }] as const
    })
    return { source, from: fromClause(source), columns: new Map(columns) }
  })
}

/** {@link describeTables} of one source. */
export const describeTable = async (client: ClientBase, source: PostgresSource): Promise<PostgresTable> => {
  const [table] = await describeTables(client, [source])
  if (table === undefined) throw new Error('a source was described and gave no table')
  return table
}

/** A column that has to be there. Throws STORE_SOURCE_INVALID with the ones that are. */
export const columnNamed = ({ source, columns }: PostgresTable, name: string, what: string): TableColumn => {
  const column = columns.get(name)
  if (column === undefined) throw fault(source, `it has no column "${name}" for ${what}; ${allowed(columns.keys())}`)
  return column
}

/** A column as SQL: `s."conv_rate"`. */
export const columnSql = (name: string): string => `s.${quoteIdentifier(name)}`

/** The column of event times. Throws STORE_SOURCE_INVALID when it is not there, or holds no times. */
export const timeColumn = (table: PostgresTable, name: string, what = 'the event time'): TableColumn => {
  if (name === '') throw fault(table.source, 'it names no timestamp field')
  const column = columnNamed(table, name, what)
  if (!isTimeColumn(column)) throw fault(table.source, `column "${name}" is ${column.storedAs}; ${what} needs a timestamp or a date`)
  return column
}

/** The oldest of PostgreSQL's timestamps (4713 BC), in microseconds since 1970. It has later ones than 64 bits of those hold. */
export const oldestMoment = -210_866_803_200_000_000n

/** A moment as a literal that compares with a time column; a naive column is UTC, so is the literal. */
const momentSql = (moment: bigint, column: TableColumn): string => {
  const text = moment < oldestMoment ? '-infinity' : formatTimestamp(moment)
  return `${quoteLiteral(text)}::${column.type === types.timestamptz ? 'timestamptz' : 'timestamp'}`
}

/** The condition that a time column is in a window, bounds inclusive; `true` without bounds. */
export const windowSql = (column: TableColumn, start: bigint | undefined, end: bigint | undefined): string => {
  const time = columnSql(column.name)
  const bounds = [
    ...(start === undefined ? [] : [`${time} >= ${momentSql(start, column)}`]),
    ...(end === undefined ? [] : [`${time} <= ${momentSql(end, column)}`]),
  ]
  return bounds.length === 0 ? `${time} IS NOT NULL` : bounds.join(' AND ')
}
