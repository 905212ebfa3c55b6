import type { ValueType } from '../definition/value-type.ts'
import { type StoreError, storeError } from '../errors.ts'
import type { ColumnHeader, JoinKey, RangeRequest } from './offline.ts'

/** The column of the moments of a range. */
export const momentColumn = 'event_timestamp'

/** The keys of all views, each once, under the names of the rows. */
export const rangeKeys = ({ views }: RangeRequest): readonly JoinKey[] => {
  const keys = new Map<string, JoinKey>()
  for (const { joinKeys } of views) for (const key of joinKeys) if (!keys.has(key.rowColumn)) keys.set(key.rowColumn, key)
  return [...keys.values()]
}

const fault = (why: string): StoreError => storeError('STORE_ENTITY_ROWS_INVALID', [momentColumn, why])

/** Throws STORE_ENTITY_ROWS_INVALID for a range that ends before it starts. */
export const checkRange = ({ start, end, views }: RangeRequest): void => {
  if (start > end) throw fault('the range ends before it starts')
  if (rangeKeys({ views, start, end }).some(({ rowColumn }) => rowColumn === momentColumn)) throw fault('a join key has its name')
}

const keyTypes: Readonly<Partial<Record<string, readonly [postgres: string, duckdb: string]>>> = {
  BOOL: ['boolean', 'BOOLEAN'],
  BYTES: ['bytea', 'BLOB'],
  DOUBLE: ['float8', 'DOUBLE'],
  FLOAT: ['float8', 'DOUBLE'],
  INT32: ['int4', 'INTEGER'],
  INT64: ['int8', 'BIGINT'],
  UNIX_TIMESTAMP: ['timestamptz', 'TIMESTAMPTZ'],
}

/** The type that a key's values are cast to, so that those of several sources go together. */
export const rangeKeyType = ({ name }: ValueType, engine: 'postgres' | 'duckdb'): string => {
  const [postgres, duckdb] = keyTypes[name] ?? ['text', 'VARCHAR']
  return engine === 'postgres' ? postgres : duckdb
}

/** The columns of a range: the moment, the keys, the features. */
export const rangeHeader = (request: RangeRequest): readonly ColumnHeader[] => [
  { name: momentColumn, type: { name: 'UNIX_TIMESTAMP' } },
  ...rangeKeys(request).map(
    ({ rowColumn, type }): ColumnHeader => ({ name: rowColumn, type: keyTypes[type.name] === undefined ? { name: 'STRING' } : type }),
  ),
  ...request.views.flatMap(({ features }) => features.map(({ name, type }) => ({ name, type }))),
]
