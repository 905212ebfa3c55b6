import type { ValueType, ValueTypeName } from '../definition/value-type.ts'
import { types } from './postgres-value.ts'

/** PostgreSQL's types by number, as Feast 0.67 reads a column of each. Any other is UNKNOWN to it. */
const known: ReadonlyMap<number, ValueTypeName> = new Map<number, ValueTypeName>([
  [types.bool, 'BOOL'],
  [types.bytea, 'BYTES'],
  [types.int8, 'INT64'],
  [types.int2, 'INT32'],
  [types.int4, 'INT32'],
  [types.text, 'STRING'],
  [types.bpchar, 'STRING'],
  [types.varchar, 'STRING'],
  [types.json, 'MAP'],
  [types.jsonb, 'MAP'],
  [types.float4, 'FLOAT'],
  [types.float8, 'DOUBLE'],
  [types.numeric, 'DOUBLE'],
  [types.uuid, 'UUID'],
  [types.date, 'UNIX_TIMESTAMP'],
  [types.time, 'UNIX_TIMESTAMP'],
  [types.timestamp, 'UNIX_TIMESTAMP'],
  [types.timestamptz, 'UNIX_TIMESTAMP'],
  [199, 'MAP_LIST'],
  [3807, 'MAP_LIST'],
  [1000, 'BOOL_LIST'],
  [1001, 'BYTES_LIST'],
  [1005, 'INT32_LIST'],
  [1007, 'INT32_LIST'],
  [1009, 'STRING_LIST'],
  [1014, 'STRING_LIST'],
  [1016, 'INT64_LIST'],
  [1021, 'FLOAT_LIST'],
  [1022, 'DOUBLE_LIST'],
  [1231, 'DOUBLE_LIST'],
  [1115, 'UNIX_TIMESTAMP_LIST'],
  [1182, 'UNIX_TIMESTAMP_LIST'],
  [1183, 'UNIX_TIMESTAMP_LIST'],
  [1185, 'UNIX_TIMESTAMP_LIST'],
  [2951, 'UUID_LIST'],
])

/** What Feast makes of a column's type. */
export const valueTypeOf = (type: number): ValueType => ({ name: known.get(type) ?? 'UNKNOWN' })

const scalarTypes: Readonly<Partial<Record<string, string>>> = {
  BOOL: 'boolean',
  BYTES: 'bytea',
  PDF_BYTES: 'bytea',
  IMAGE_BYTES: 'bytea',
  INT32: 'integer',
  INT64: 'bigint',
  // A FLOAT feature may have come from a column of double precision: nothing is rounded when it is kept.
  FLOAT: 'double precision',
  DOUBLE: 'double precision',
  DECIMAL: 'numeric',
  UUID: 'uuid',
  TIME_UUID: 'uuid',
  UNIX_TIMESTAMP: 'timestamptz',
  ZONED_TIMESTAMP: 'timestamptz',
  MAP: 'jsonb',
  STRUCT: 'jsonb',
  SCALAR_MAP: 'jsonb',
  VALUE_LIST: 'jsonb',
  VALUE_SET: 'jsonb',
  JSON: 'jsonb',
}

/** The column type that values of a type are kept in. */
export const storedTypeOf = ({ name }: ValueType): string => {
  const [, element] = /^(.+)_(?:LIST|SET)$/.exec(name) ?? []
  if (element === undefined || element === 'VALUE') return scalarTypes[name] ?? 'text'
  return `${scalarTypes[element] ?? 'text'}[]`
}
