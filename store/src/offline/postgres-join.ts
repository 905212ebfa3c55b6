import type { KeyKind } from './key-encoder.ts'
import { type Cell, type Lane, laneOf } from './lane.ts'
import type { ViewRequest } from './offline.ts'
import { castOf, momentReader, postgresCell } from './postgres-cell.ts'
import { TupleCursor } from './postgres-copy.ts'
import { columnNamed, columnSql, type PostgresTable, type TableColumn, timeColumn } from './postgres-table.ts'
import { types } from './postgres-value.ts'
import type { Probes } from './probes.ts'

/** A join key of a source, and how a probe's key (column `k0`, `k1`, … of an uploaded table) is compared with it. */
export interface KeyColumn {
  readonly column: TableColumn
  readonly kind: KeyKind
  /** `s."driver_id"`. */
  readonly sql: string
  /** The probe's key as the column's type: `k0`, `k0::uuid`. */
  readonly probe: (alias: string) => string
}

/** One view's join, compiled against its table: what every strategy's statement is made of. */
export interface PostgresJoin {
  readonly view: ViewRequest
  readonly table: PostgresTable
  readonly time: TableColumn
  readonly created: TableColumn | undefined
  readonly keys: readonly KeyColumn[]
  /** The select list after the first column: event time, created time, features. */
  readonly selected: readonly string[]
}

const kindTypes: Readonly<Record<KeyKind, { readonly name: string; readonly direct: ReadonlySet<number> }>> = {
  long: { name: 'bigint', direct: new Set([types.int2, types.int4, types.int8]) },
  text: { name: 'text', direct: new Set([types.text, types.varchar]) },
  bytes: { name: 'bytea', direct: new Set([types.bytea]) },
}

/** The type of an uploaded key. */
export const uploadType = (kind: KeyKind): string => kindTypes[kind].name

const keyColumn = (table: PostgresTable, name: string, place: number, kind: KeyKind): KeyColumn => {
  const column = columnNamed(table, name, 'a join key')
  const cast = kindTypes[kind].direct.has(column.type) ? '' : `::${column.typeName}`
  return { column, kind, sql: columnSql(name), probe: (alias) => `${alias}.k${place}${cast}` }
}

const createdColumn = (table: PostgresTable): TableColumn | undefined => {
  const name = table.source.createdTimestampColumn
  return name === '' ? undefined : timeColumn(table, name, 'the created time')
}

/** Compiles a view's join. Throws STORE_SOURCE_INVALID when a column is not there. */
export const compileJoin = (view: ViewRequest, table: PostgresTable, kinds: readonly KeyKind[]): PostgresJoin => {
  const time = timeColumn(table, table.source.timestampField)
  const created = createdColumn(table)
  const features = view.features.map(({ sourceColumn, type }) => {
    const column = columnNamed(table, sourceColumn, 'a feature')
    return `${columnSql(sourceColumn)}${castOf(column.type, type).sql}`
  })
  return {
    view,
    table,
    time,
    created,
    keys: view.joinKeys.map(({ key }, place) => keyColumn(table, key, place, kinds[place] ?? 'text')),
    selected: [columnSql(time.name), created === undefined ? 'NULL::timestamptz' : columnSql(created.name), ...features],
  }
}

/** What reads the rows of a join: a cursor over `lead` fields and then the selected ones, the times, and a lane for each feature. */
export interface JoinReader {
  readonly cursor: TupleCursor
  readonly time: () => number
  readonly created: () => number
  /** In the order of the view's features. */
  readonly lanes: readonly Lane[]
}

/** The cell of a feature of a join's rows, by its place among the view's features. */
export const featureCell = ({ view, table }: PostgresJoin, cursor: TupleCursor, lead: number, place: number): Cell => {
  const { sourceColumn, type } = view.features[place] ?? { sourceColumn: '', type: { name: 'UNKNOWN' as const } }
  const column = columnNamed(table, sourceColumn, 'a feature')
  const name = { source: table.source.name, column: sourceColumn }
  return postgresCell(cursor, lead + 2 + place, castOf(column.type, type).type, type, name)
}

/** Makes the reader of a join's rows, with room for the values of `probes`. */
export const joinReader = (join: PostgresJoin, probes: Probes, lead: number): JoinReader => {
  const { view, time, created } = join
  const cursor = new TupleCursor(lead + join.selected.length)
  return {
    cursor,
    time: momentReader(cursor, lead, time.type),
    created: momentReader(cursor, lead + 1, created?.type ?? types.timestamptz),
    lanes: view.features.map((_, place) => laneOf(featureCell(join, cursor, lead, place), probes.slots)),
  }
}
