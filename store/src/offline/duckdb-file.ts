import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import type { BatchSource, FileSource } from '../definition/source.ts'
import { allowed, type StoreError, storeError } from '../errors.ts'
import { isMomentType } from './duckdb-cell.ts'
import { duckdbLiteral, duckdbName } from './duckdb-instance.ts'

/** A column of a file. */
export interface FileColumn {
  readonly name: string
  /** DuckDB's name of its type. */
  readonly stored: string
}

/** A source as DuckDB sees it. */
export interface FileTable {
  readonly source: FileSource
  /** What stands after FROM; its alias is `s`. */
  readonly from: string
  readonly columns: ReadonlyMap<string, FileColumn>
}

const fault = (source: BatchSource, why: string, options?: ErrorOptions): StoreError =>
  storeError('STORE_SOURCE_INVALID', [source.name, why], options)

/** The source, when it is files. Throws STORE_SOURCE_INVALID for another, and for formats and places that need an extension. */
export const fileSourceOf = (source: BatchSource): FileSource => {
  if (source.kind !== 'file-source') throw fault(source, `the offline store reads files and this is a ${source.kind}`)
  if (source.fileFormat !== '' && source.fileFormat !== 'parquet')
    throw fault(source, `its format is ${source.fileFormat}; allowed: parquet`)
  if (/^(?!file:)[a-z][a-z0-9+]+:\/\//i.test(source.path)) throw fault(source, `"${source.path}" is not in this file system`)
  return source
}

/** Where files are: relative to the repository. */
export const pathOf = (folder: string, path: string): string => resolve(folder, path.replace(/^file:\/\//, ''))

/** A path as DuckDB takes it: all Parquet files below a folder, whatever a pattern fits, or one file. */
export const patternOf = async (path: string): Promise<string> => {
  const found = await stat(path).catch(() => undefined)
  return found?.isDirectory() === true ? `${path}/**/*.parquet` : path
}

/**
 * Asks for the columns of a source, from the files' footers.
 *
 * @throws STORE_SOURCE_INVALID when there is no file, or it is not Parquet
 */
export const describeFile = async (connection: DuckDBConnection, folder: string, source: FileSource): Promise<FileTable> => {
  const relation = `read_parquet(${duckdbLiteral(await patternOf(pathOf(folder, source.path)))})`
  const reader = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${relation}`).catch((cause: unknown) => {
    throw fault(source, cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause), { cause })
  })
  const columns = reader
    .getRowObjectsJson()
    .map(({ column_name: name, column_type: stored }) => ({ name: String(name), stored: String(stored) }))
  return { source, from: `${relation} AS s`, columns: new Map(columns.map((column) => [column.name, column])) }
}

/** A column that has to be there. Throws STORE_SOURCE_INVALID with the ones that are. */
export const fileColumn = ({ source, columns }: FileTable, name: string, what: string): FileColumn => {
  const column = columns.get(name)
  if (column === undefined) throw fault(source, `it has no column "${name}" for ${what}; ${allowed(columns.keys())}`)
  return column
}

/** A column of times. Throws STORE_SOURCE_INVALID when it is not there, or holds no times. */
export const fileTime = (table: FileTable, name: string, what = 'the event time'): FileColumn => {
  if (name === '') throw fault(table.source, 'it names no timestamp field')
  const column = fileColumn(table, name, what)
  if (!isMomentType(column.stored)) throw fault(table.source, `column "${name}" is ${column.stored}; ${what} needs a timestamp or a date`)
  return column
}

/** A column as SQL: `s."conv_rate"`. */
export const fileSql = ({ name }: Pick<FileColumn, 'name'>): string => `s.${duckdbName(name)}`

/** The beginning and end of DuckDB's timestamps. */
const clamp = (moment: bigint): bigint =>
  moment < -9_223_372_022_400_000_000n
    ? -9_223_372_022_400_000_000n
    : moment > 9_223_372_036_854_775_806n
      ? 9_223_372_036_854_775_806n
      : moment

/** A moment that compares with a time column as it is stored, so that row groups outside of a window are not read. */
const momentIn =
  ({ stored }: FileColumn) =>
  (moment: bigint): string =>
    `${stored === 'TIMESTAMP WITH TIME ZONE' ? 'make_timestamptz' : 'make_timestamp'}(${clamp(moment)}::BIGINT)`

/** The condition that a time column is in a window, bounds inclusive. */
export const fileWindow = (column: FileColumn, start: bigint | undefined, end: bigint | undefined): string => {
  const time = fileSql(column)
  // Nanoseconds are cut to microseconds before anything is compared.
  const [left, right] =
    column.stored === 'TIMESTAMP_NS' ? [`epoch_us(${time})`, (moment: bigint) => String(clamp(moment))] : [time, momentIn(column)]
  return [
    `${time} IS NOT NULL`,
    ...(start === undefined ? [] : [`${left} >= ${right(start)}`]),
    ...(end === undefined ? [] : [`${left} <= ${right(end)}`]),
  ].join(' AND ')
}
