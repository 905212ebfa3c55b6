import { elementOf, type ValueType, type ValueTypeName } from '../definition/value-type.ts'

/** DuckDB's types as Feast 0.67 reads the Parquet columns behind them. What is not here, Feast refuses. */
const scalars: Readonly<Partial<Record<string, ValueTypeName>>> = {
  BOOLEAN: 'BOOL',
  TINYINT: 'INT32',
  SMALLINT: 'INT32',
  INTEGER: 'INT32',
  UTINYINT: 'INT32',
  USMALLINT: 'INT32',
  UINTEGER: 'INT64',
  BIGINT: 'INT64',
  UBIGINT: 'INT64',
  FLOAT: 'FLOAT',
  DOUBLE: 'DOUBLE',
  VARCHAR: 'STRING',
  JSON: 'JSON',
  BLOB: 'BYTES',
}

const listOf = (element: ValueTypeName): ValueTypeName => {
  const name = `${element}_LIST`
  return elementOf(name as ValueTypeName) === element ? (name as ValueTypeName) : 'VALUE_LIST'
}

/** What Feast makes of a column's type; UNKNOWN for one that it refuses. */
export const valueTypeOfDuckdb = (stored: string): ValueType => {
  if (stored.endsWith(']')) {
    const element = valueTypeOfDuckdb(stored.replace(/\[\d*\]$/, '')).name
    return { name: element === 'UNKNOWN' ? 'UNKNOWN' : listOf(element) }
  }
  if (stored.startsWith('TIMESTAMP')) return { name: 'UNIX_TIMESTAMP' }
  if (stored.startsWith('STRUCT')) return { name: 'STRUCT' }
  if (stored.startsWith('MAP')) return { name: 'MAP' }
  return { name: scalars[stored] ?? 'UNKNOWN' }
}

/** What a column of entity rows is: types that Feast refuses in a source are dates, numbers or text here. */
export const entityTypeOfDuckdb = (stored: string): ValueType => {
  const type = valueTypeOfDuckdb(stored)
  if (type.name !== 'UNKNOWN') return type
  if (stored === 'DATE') return { name: 'UNIX_TIMESTAMP' }
  return { name: stored.startsWith('DECIMAL') ? 'DOUBLE' : 'STRING' }
}

const storedScalars: Readonly<Partial<Record<string, string>>> = {
  BOOL: 'BOOLEAN',
  INT32: 'INTEGER',
  INT64: 'BIGINT',
  // A FLOAT feature may have come from a column of double precision: nothing is rounded when it is kept.
  FLOAT: 'DOUBLE',
  DOUBLE: 'DOUBLE',
  BYTES: 'BLOB',
  PDF_BYTES: 'BLOB',
  IMAGE_BYTES: 'BLOB',
  UNIX_TIMESTAMP: 'TIMESTAMPTZ',
  ZONED_TIMESTAMP: 'TIMESTAMPTZ',
}

/** The column type that values of a type are kept in: lists as lists, records and nested lists as JSON text. */
export const duckdbTypeOf = ({ name }: ValueType): string => {
  const element = elementOf(name)
  return element === undefined ? (storedScalars[name] ?? 'VARCHAR') : `${storedScalars[element] ?? 'VARCHAR'}[]`
}
