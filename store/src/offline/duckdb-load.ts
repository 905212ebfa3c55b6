import type { DuckDBConnection, DuckDBDataChunk, DuckDBType, DuckDBValue } from '@duckdb/node-api'
import type { Batch, Column } from '../definition/batch.ts'
import { elementOf, type ValueType } from '../definition/value-type.ts'
import { storeError } from '../errors.ts'
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

const refuse = (stored: string, value: unknown): never => {
  throw storeError('STORE_VALUE_INVALID', [stored, String(value).slice(0, 80), 'the column holds another type'])
}

const longOf = (value: unknown): bigint =>
  typeof value === 'bigint' ? value : Number.isSafeInteger(value) ? BigInt(Number(value)) : refuse('BIGINT', value)

const numberOf = (value: unknown, stored: string): number => {
  const number = typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : value
  return typeof number === 'number' ? number : refuse(stored, value)
}

/** A value as DuckDB takes it into a column of the type that values of its type are kept in. Throws STORE_VALUE_INVALID. */
const scalarOf = (duckdb: Library, stored: string): ((value: unknown) => DuckDBValue) => {
  switch (stored) {
    case 'BOOLEAN':
      return (value) => (typeof value === 'boolean' ? value : refuse(stored, value))
    case 'INTEGER':
    case 'DOUBLE':
      return (value) => numberOf(value, stored)
    case 'BIGINT':
      return longOf
    case 'BLOB':
      return (value) => duckdb.blobValue(value instanceof Uint8Array ? value : refuse(stored, value))
    case 'TIMESTAMPTZ':
      return (value) => new duckdb.DuckDBTimestampTZValue(momentOf(isDated(value) ? value.at : value) ?? refuse(stored, value))
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

/** A table of one connection that rows are collected in; what does not fit in memory spills to disk. */
export class RowTable {
  static readonly table = 'charmed_feast_rows'
  readonly header: readonly ColumnHeader[]
  readonly #connection: DuckDBConnection
  readonly #duckdb: Library
  rows = 0

  private constructor(connection: DuckDBConnection, duckdb: Library, header: readonly ColumnHeader[]) {
    this.#connection = connection
    this.#duckdb = duckdb
    this.header = header
  }

  /** Makes the table of some columns. */
  static async create(connection: DuckDBConnection, header: readonly ColumnHeader[]): Promise<RowTable> {
    const columns = header.map(({ name, type }) => `${duckdbName(name)} ${duckdbTypeOf(type)}`)
    await connection.run(`CREATE OR REPLACE TEMP TABLE ${RowTable.table} (${columns.join(', ')})`)
    return new RowTable(connection, await loadDuckdb(), header)
  }

  /** Appends rows with the table's columns. Throws STORE_VALUE_INVALID for a value of another type. */
  async append({ rows, columns }: Batch): Promise<void> {
    const duckdb = this.#duckdb
    const types = this.header.map(({ type }) => typeOf(duckdb, type))
    const conversions = this.header.map(({ type }) => storedOf(duckdb, type))
    const appender = await this.#connection.createAppender(RowTable.table)
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
    this.rows += rows
  }
}
