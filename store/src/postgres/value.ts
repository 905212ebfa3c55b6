import type pg from 'pg'
import { parseTimestamp } from './timestamp.ts'

type Parse = (text: string) => unknown

/** Type numbers of PostgreSQL: https://github.com/postgres/postgres/blob/REL_18_0/src/include/catalog/pg_type.dat */
export const oid = {
  bool: 16,
  bytea: 17,
  int8: 20,
  int2: 21,
  int4: 23,
  text: 25,
  oid: 26,
  float4: 700,
  float8: 701,
  timestamp: 1114,
  timestamptz: 1184,
} as const

const escaped = /\\(\\|[0-7]{3})/g

/** Both forms of `bytea_output`: https://www.postgresql.org/docs/18/datatype-binary.html */
const parseBytea = (text: string): Buffer => {
  if (text.startsWith('\\x')) return Buffer.from(text.slice(2), 'hex')
  return Buffer.from(
    text.replace(escaped, (_, code: string) => (code === '\\' ? '\\' : String.fromCharCode(Number.parseInt(code, 8)))),
    'latin1',
  )
}

/** A quoted element, a bare one, or a brace: https://www.postgresql.org/docs/18/arrays.html#ARRAYS-IO */
const arrayToken = /"((?:[^"\\]|\\[\s\S])*)"|([^",{}]+)|([{}])/g

const parseArray = (text: string, parse: Parse): unknown => {
  const root: unknown[] = []
  const open: unknown[][] = [root]
  // Bounds other than 1 stand before the braces: [0:2]={1,2,3}.
  for (const [, quoted, bare, brace] of text.slice(text.indexOf('{')).matchAll(arrayToken)) {
    if (brace === '{') {
      const inner: unknown[] = []
      open.at(-1)?.push(inner)
      open.push(inner)
    } else if (brace === '}') open.pop()
    else if (quoted !== undefined) open.at(-1)?.push(parse(quoted.replace(/\\([\s\S])/g, '$1')))
    else open.at(-1)?.push(bare === 'NULL' ? null : parse(bare ?? ''))
  }
  return root[0]
}

const scalars: readonly (readonly [type: number, arrayType: number, parse: Parse])[] = [
  [oid.bool, 1000, (text) => text === 't'],
  [oid.bytea, 1001, parseBytea],
  [oid.int8, 1016, BigInt],
  [oid.int2, 1005, Number],
  [oid.int4, 1007, Number],
  [oid.text, 1009, String],
  [oid.oid, 1028, Number],
  [oid.float4, 1021, Number],
  [oid.float8, 1022, Number],
  [oid.timestamp, 1115, parseTimestamp],
  [oid.timestamptz, 1185, parseTimestamp],
  [19, 1003, String], // name
  [1042, 1014, String], // bpchar
  [1043, 1015, String], // varchar
  [2950, 2951, String], // uuid
]

const parsers = new Map<number, Parse>(
  scalars.flatMap(([type, arrayType, parse]) => [[type, parse] as const, [arrayType, (text: string) => parseArray(text, parse)] as const]),
)

/**
 * How `pg` reads the text of a column: `int8` as bigint, `timestamptz` and `timestamp` as bigint microseconds in UTC, `bytea` as Buffer,
 * smaller numbers as number, arrays of these as arrays. Everything else stays the text that PostgreSQL sent: numeric, date, json, uuid.
 *
 * @example
 * new pg.Client({ types: columnTypes })
 */
export const columnTypes: pg.CustomTypesConfig = {
  getTypeParser: (type: number) => parsers.get(type) ?? String,
}
