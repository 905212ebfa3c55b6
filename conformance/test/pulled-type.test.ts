import {
  type Definition,
  entity,
  featureView,
  int32,
  int64,
  listOf,
  nestedListOf,
  nestedSetOf,
  postgresSource,
  type Store,
  string,
  struct,
  type ValueType,
  type ValueTypeName,
} from '@charmed-feast/store'
import pg from 'pg'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../../house/postgres.ts'
import { deviating, impossible, tested } from '../src/cell-note.ts'
import { feastVersions } from '../src/environment.ts'
import { pulledTypes } from '../src/pulled-type.ts'
import { runPythonFile } from '../src/python.ts'
import { openProject } from '../src/row-store.ts'
import { ordered, shown } from '../src/shown.ts'

/** A column of PostgreSQL that is read as a type, a value of it, and the words of Python's error where it cannot materialize it. */
interface PulledColumn {
  readonly sql: string
  readonly literal: string
  readonly refused?: string
}
const column = (sql: string, literal: string, refused?: string): PulledColumn => ({
  sql,
  literal,
  ...(refused === undefined ? {} : { refused }),
})

const one = "'00000000-0000-0000-0000-000000000001'"
const [texts, uuids, decimals] = [`ARRAY[${one}]`, `ARRAY[${one}::uuid]`, 'ARRAY[1.5]']
const [cast, extension, badUuid] = ['Unsupported cast from', 'ArrowNotImplementedError: extension', 'badly formed hexadecimal UUID']
/** What Feast has for a type first; then columns of PostgreSQL's own type for it, which ours reads as well. */
const columns: Partial<Record<ValueTypeName, readonly PulledColumn[]>> = {
  MAP: [column('text', `'{"a": "x"}'`), column('jsonb', `'{"a": "x"}'`, cast)],
  MAP_LIST: [column('jsonb[]', `ARRAY['{"a": "x"}'::jsonb]`, cast)],
  JSON: [column('text', `'{"a": 1}'`), column('jsonb', `'{"a": 1}'`, cast)],
  JSON_LIST: [column('text[]', `ARRAY['{"a": 1}']`), column('jsonb[]', `ARRAY['{"a": 1}'::jsonb]`, cast)],
  STRUCT: [column('text', `'{"street": "x", "number": 5}'`), column('jsonb', `'{"street": "x", "number": 5}'`, cast)],
  STRUCT_LIST: [column('jsonb[]', `ARRAY['{"street": "x"}'::jsonb]`, cast)],
  UUID: [column('text', one), column('uuid', one, badUuid)],
  TIME_UUID: [column('text', one), column('uuid', one, badUuid)],
  UUID_LIST: [column('text[]', texts), column('uuid[]', uuids, extension)],
  TIME_UUID_LIST: [column('text[]', texts), column('uuid[]', uuids, extension)],
  UUID_SET: [column('text[]', texts), column('uuid[]', uuids, extension)],
  TIME_UUID_SET: [column('text[]', texts), column('uuid[]', uuids, extension)],
  DECIMAL: [column('text', `'1.5'`), column('numeric', '1.5', 'numpy.float64')],
  DECIMAL_LIST: [column('text[]', `ARRAY['1.5']`), column('numeric[]', decimals, 'not of type')],
  DECIMAL_SET: [column('text[]', `ARRAY['1.5']`), column('numeric[]', decimals, 'not of type')],
  SCALAR_MAP: [column('jsonb', `'{"1": "x"}'`, cast)],
  ZONED_TIMESTAMP: [column('timestamptz', `'2026-01-01 10:00+00'`, 'numpy.datetime64')],
  PDF_BYTES: [column('bytea', `'\\x00ff'`)],
  IMAGE_BYTES: [column('bytea', `'\\x00ff'`)],
  BYTES_SET: [column('bytea[]', `ARRAY['\\x00ff'::bytea]`)],
  STRING_SET: [column('text[]', `ARRAY['a', 'b']`)],
  INT32_SET: [column('int[]', 'ARRAY[1, 2]')],
  INT64_SET: [column('bigint[]', 'ARRAY[1, 2]')],
  DOUBLE_SET: [column('double precision[]', 'ARRAY[0.5]')],
  FLOAT_SET: [column('real[]', 'ARRAY[0.5]')],
  BOOL_SET: [column('boolean[]', 'ARRAY[true]')],
  UNIX_TIMESTAMP_SET: [column('timestamptz[]', `ARRAY['2026-01-01 10:00+00'::timestamptz]`)],
  VALUE_LIST: [column('bigint[][]', 'ARRAY[ARRAY[1, 2]]', cast)],
  VALUE_SET: [column('bigint[][]', 'ARRAY[ARRAY[1, 2]]', cast)],
}

const inner: Readonly<Record<string, ValueType>> = {
  VALUE_LIST: nestedListOf(listOf(int64)),
  VALUE_SET: nestedSetOf(listOf(int64)),
  STRUCT: struct({ street: string, number: int32 }),
  STRUCT_LIST: listOf(struct({ street: string })),
}

interface Look {
  readonly failure: string | null
  readonly online: unknown
  readonly history: unknown
  readonly unread: string | null
}

interface Column extends PulledColumn {
  readonly type: ValueTypeName
  /** The name of its view and of its table. */
  readonly name: string
  /** Whether it is PostgreSQL's own type for it, beside one that Feast has. */
  readonly isNative: boolean
}

const id = entity({ name: 'id', joinKey: 'id', valueType: int64 })
const usual = new Set(pulledTypes.map(({ type }) => type.name))
const from = new Date('2026-01-01T00:00:00Z')
const to = new Date('2026-01-03T00:00:00Z')

/** JSON parsed, as Python shows it, and sets as the lists that a data frame makes of them. */
const asFrame = (value: unknown): unknown => {
  if (typeof value === 'string' && /^[{[]/.test(value)) return shown(JSON.parse(value))
  if (Array.isArray(value)) return value.map(asFrame)
  if (typeof value === 'object' && value !== null && 'set' in value) return value.set
  return value
}

const columnsOf = (types: readonly ValueTypeName[]): readonly Column[] =>
  types.flatMap((type) =>
    (columns[type] ?? expect.unreachable()).map((each, at) => ({
      ...each,
      type,
      name: `of_${type.toLowerCase()}_${at}`,
      isNative: at > 0,
    })),
  )

const viewOf = ({ type, name }: Column): Definition =>
  featureView({
    ...{ name, entities: [id], schema: { value: inner[type] ?? { name: type } } },
    source: postgresSource({ name, table: name, timestampField: 'at' }),
  })

const makeTables = async ({ url }: TestDatabase, all: readonly Column[]): Promise<void> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  for (const { name, sql, literal } of all)
    await client.query(
      `CREATE TABLE ${name} AS SELECT 1::bigint AS id, timestamptz '2026-01-02 00:00+00' AS at, (${literal})::${sql} AS value`,
    )
  await client.end()
}

describe.each(feastVersions)('types that not both releases read out of PostgreSQL, and Feast %s', (version) => {
  const types = inject('known')[version].types.filter((type) => !usual.has(type))
  const all = columnsOf(types)
  const names = all.map(({ name }) => name)
  let theirs: readonly Look[]
  let read: readonly Look[]
  let theirLoaded: readonly unknown[]
  let ourLoaded: readonly unknown[]
  const history: unknown[] = []

  const online = async (store: Store): Promise<readonly unknown[]> => {
    const rows = names.map(async (name) => (await store.readOnline([`${name}:value`], [{ id: 1n }], { staleValues: true })).rows[0])
    return (await Promise.all(rows)).map((row) => ordered(shown(row?.value)))
  }

  beforeAll(async () => {
    const database = await testDatabase()
    await makeTables(database, all)
    await using ours = await openProject(database, 'ours')
    await using other = await openProject(database, 'theirs')
    for (const store of [ours, other]) await store.apply([id, ...all.map(viewOf)])
    if (names.length > 0) await ours.materialize({ start: from, end: to, views: names })
    const ask = async (project: string, load: boolean): Promise<readonly Look[]> => {
      const looks = await runPythonFile(version, 'pull.py', { input: { url: database.url, project, views: names, load } })
      if (!Array.isArray(looks)) throw new Error('pull.py gave no list')
      return looks
    }
    theirs = await ask('theirs', true)
    read = await ask('ours', false)
    theirLoaded = await online(other)
    ourLoaded = await online(ours)
    for (const name of names)
      for await (const row of await ours.readHistorical([`${name}:value`], { entityRows: [{ id: 1n, event_timestamp: to }] }))
        history.push(ordered(shown(row.value)))
  })

  const json = (type: ValueTypeName, value: unknown): unknown => (type.startsWith('JSON') ? asFrame(value) : value)

  test('are each read out of some column', () => {
    expect(types.filter((type) => !(type in columns))).toEqual([])
  })

  test.each(all)('what we materialize of $sql as $type is read by Python', ({ type, name }) => {
    const at = names.indexOf(name)
    expect(ourLoaded[at]).not.toBeNull()
    expect([read[at]?.failure, ordered(read[at]?.online)]).toEqual([null, ordered(json(type, ourLoaded[at]))])
    tested({ version, type, check: 'loaded_by_us' }, { values: 1 })
  })

  test.each(all)('what Python materializes of $sql as $type is read by us, unless it cannot', ({ type, name, refused, isNative }) => {
    const at = names.indexOf(name)
    const place = { version, type, check: 'loaded_by_python' } as const
    if (refused === undefined) {
      expect(theirs[at]?.failure).toBeNull()
      expect(ordered(theirs[at]?.online)).toEqual(ordered(json(type, theirLoaded[at])))
      tested(place, { values: 1 })
      return
    }
    expect(theirs[at]?.failure).toContain(refused)
    if (isNative) deviating(place, 'Columns of type uuid, numeric and json cannot be materialized')
    else impossible(place, 'Feast reads no column of PostgreSQL as this type')
  })

  test.each(all)('the history of $sql as $type is the same, unless Python has none', ({ type, name, refused, isNative }) => {
    const at = names.indexOf(name)
    const place = { version, type, check: 'history' } as const
    const { unread, history: frame } = theirs[at] ?? expect.unreachable()
    if (unread === null && !isNative) {
      const theirsShown = type === 'ZONED_TIMESTAMP' ? frame : asFrame(frame)
      expect(ordered(theirsShown)).toEqual(ordered(asFrame(history[at])))
      tested(place, { values: 1 })
      return
    }
    expect(refused).toBeDefined()
    if (isNative) deviating(place, 'Columns of type uuid, numeric and json cannot be materialized')
    else impossible(place, 'Feast reads no column of PostgreSQL as this type')
  })
})
