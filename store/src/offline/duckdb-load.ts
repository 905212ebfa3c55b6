import type { DuckDBConnection, DuckDBDataChunk, DuckDBType, DuckDBValue } from '@duckdb/node-api'
import type { Batch, Column } from '../definition/batch.ts'
import { elementOf, type ValueType } from '../definition/value-type.ts'
import { duckdbName, loadDuckdb } from './duckdb-instance.ts'
import { duckdbTypeOf } from './duckdb-schema.ts'
import { momentOf } from './moment.ts'
import type { ColumnHeader } from './offline.ts'

type Library = Awaited<ReturnType<typeof loadDuckdb>>

const scalarType = (duckdb: Library, stored: string): DuckDBType => {
  switch (stored) {
    case 'BOOLEAN':
      return duckdb.BOOLEAN
    case 'INTEGER':
      return duckdb.INTEGER
    case 'BIGINT':
      return duckdb.BIGINT
    case 'DOUBLE':
      return duckdb.DOUBLE
    case 'BLOB':
      return duckdb.BLOB
    case 'TIMESTAMPTZ':
      return duckdb.TIMESTAMPTZ
    default:
      return duckdb.VARCHAR
  }
}

const typeOf = (duckdb: Library, type: ValueType): DuckDBType => {
  const stored = duckdbTypeOf(type)
  return stored.endsWith('[]') ? duckdb.LIST(scalarType(duckdb, stored.slice(0, -2))) : scalarType(duckdb, stored)
}

const jsonOf = (_: string, value: unknown): unknown => {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
  if (value instanceof Set) return [...value]
  return value instanceof Map ? Object.fromEntries(value) : value
}

const isDated = (value: unknown): value is { readonly at: Date } =>
  typeof value === 'object' && value !== null && 'at' in value && value.at instanceof Date

/** A value as DuckDB takes it into a column of the type that values of its type are kept in. */
const scalarOf = (duckdb: Library, stored: string): ((value: unknown) => DuckDBValue) => {
  switch (stored) {
    case 'BOOLEAN':
      return (value) => value === true
    case 'INTEGER':
    case 'DOUBLE':
      return Number
    case 'BIGINT':
      return (value) => (typeof value === 'bigint' ? value : BigInt(String(value)))
    case 'BLOB':
      return (value) => duckdb.blobValue(value instanceof Uint8Array ? value : String(value))
    case 'TIMESTAMPTZ':
      return (value) => new duckdb.DuckDBTimestampTZValue(momentOf(isDated(value) ? value.at : value) ?? 0n)
    default:
      return (value) => (typeof value === 'object' ? JSON.stringify(value, jsonOf) : String(value))
  }
}

const storedOf = (duckdb: Library, type: ValueType): ((value: unknown) => DuckDBValue) => {
  const stored = duckdbTypeOf(type)
  if (elementOf(type.name) === undefined) return scalarOf(duckdb, stored)
  const item = scalarOf(duckdb, stored.slice(0, -2))
  return (value) => {
    const items: readonly unknown[] = value instanceof Set ? [...value] : Array.isArray(value) ? value : []
    return duckdb.listValue(items.map((each) => (each === null ? null : item(each))))
  }
}

const columnChunk = (
  chunk: DuckDBDataChunk,
  place: number,
  { values }: Column,
  from: number,
  size: number,
  convert: (value: unknown) => DuckDBValue,
) => {
  const items = Array.from({ length: size }, (_, row) => {
    const value = values[from + row] ?? null
    return value === null ? null : convert(value)
  })
  chunk.setColumnValues(place, items)
}

/** Makes a table of one connection for rows of some columns. */
export const createRows = async (connection: DuckDBConnection, table: string, header: readonly ColumnHeader[]): Promise<void> => {
  const columns = header.map(({ name, type }) => `${duckdbName(name)} ${duckdbTypeOf(type)}`)
  await connection.run(`CREATE OR REPLACE TEMP TABLE ${table} (${columns.join(', ')})`)
}

/** Appends a batch to a table made by {@link createRows}. */
export const appendRows = async (connection: DuckDBConnection, table: string, { rows, columns }: Batch): Promise<void> => {
  const duckdb = await loadDuckdb()
  const types = columns.map(({ type }) => typeOf(duckdb, type))
  const conversions = columns.map(({ type }) => storedOf(duckdb, type))
  const appender = await connection.createAppender(table)
  try {
    for (let from = 0; from < rows; from += 2048) {
      const size = Math.min(2048, rows - from)
      const chunk = duckdb.DuckDBDataChunk.create(types, size)
      columns.forEach((column, place) => {
        const convert = conversions[place]
        if (convert !== undefined) columnChunk(chunk, place, column, from, size, convert)
      })
      appender.appendDataChunk(chunk)
    }
  } finally {
    appender.closeSync()
  }
}
