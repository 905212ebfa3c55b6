import {
  bool,
  bytes,
  days,
  entity,
  featureService,
  featureView,
  float32,
  float64,
  int32,
  int64,
  listOf,
  openStore,
  postgresSource,
  pushSource,
  type Schema,
  type Store,
  string,
  timestamp,
} from '@charmed-feast/store'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../../house/postgres.ts'
import { tested } from '../src/cell-note.ts'
import { feastVersions } from '../src/environment.ts'
import { runPythonFile } from '../src/python.ts'

/** Columns of every type that both Feasts pull from PostgreSQL: ours, Feast's, PostgreSQL's, and values for three rows. */
const columns = [
  { name: 'a_int64', ours: int64, feast: 'Int64', sql: 'bigint', values: ['9007199254740993', '-1', 'NULL'] },
  { name: 'a_int32', ours: int32, feast: 'Int32', sql: 'int', values: ['2147483647', '0', '-2147483648'] },
  { name: 'a_float32', ours: float32, feast: 'Float32', sql: 'real', values: ['0.7', 'NULL', '-1e30'] },
  { name: 'a_float64', ours: float64, feast: 'Float64', sql: 'double precision', values: ['0.1', '-0.0', '1e300'] },
  { name: 'a_string', ours: string, feast: 'String', sql: 'text', values: [`'Zoë 😀'`, `''`, 'NULL'] },
  { name: 'a_bool', ours: bool, feast: 'Bool', sql: 'boolean', values: ['true', 'false', 'NULL'] },
  {
    name: 'a_time',
    ours: timestamp,
    feast: 'UnixTimestamp',
    sql: 'timestamptz',
    values: [`'2026-01-01 10:00:00+00'`, `'1969-12-31 23:59:59+00'`, 'NULL'],
  },
  { name: 'some_bytes', ours: bytes, feast: 'Bytes', sql: 'bytea', values: [`'\\x00ff'`, `'\\x'`, 'NULL'] },
  { name: 'int64s', ours: listOf(int64), feast: 'Array(Int64)', sql: 'bigint[]', values: [`'{1,2}'`, `'{}'`, 'NULL'] },
  { name: 'int32s', ours: listOf(int32), feast: 'Array(Int32)', sql: 'int[]', values: [`'{-1}'`, `'{3,4}'`, 'NULL'] },
  { name: 'float64s', ours: listOf(float64), feast: 'Array(Float64)', sql: 'double precision[]', values: [`'{0.5,1.5}'`, `'{}'`, 'NULL'] },
  { name: 'strings', ours: listOf(string), feast: 'Array(String)', sql: 'text[]', values: [`'{a,"b c"}'`, `'{}'`, 'NULL'] },
  { name: 'bools', ours: listOf(bool), feast: 'Array(Bool)', sql: 'boolean[]', values: [`'{true,false}'`, `'{}'`, 'NULL'] },
] as const

const driver = entity({ name: 'driver', joinKey: 'driver_id', valueType: int64 })
const source = postgresSource({ name: 'cells', table: 'cells', timestampField: 'at', createdTimestampColumn: 'created' })
const schema: Schema = Object.fromEntries(columns.map(({ name, ours }) => [name, ours]))
const view = featureView({
  name: 'cells',
  entities: [driver],
  ttl: days(5),
  schema,
  source: pushSource({ name: 'pushed', batchSource: source }),
})
const definitions = [driver, view, featureService({ name: 'all_cells', features: [view] })]
const feastColumns = columns.map(({ name, feast }) => ({ name, type: feast }))
const refs = columns.map(({ name }) => `cells:${name}`)

const ids = [1, 2, 3, 4]
const [start, end] = ['2026-01-01T00:00:00Z', '2026-01-04T00:00:00Z']

/** A value in the words of the Python script. */
const plain = (value: unknown): unknown => {
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('base64') }
  if (value instanceof Date) return value.toISOString().replace('.000Z', '+00:00')
  if (typeof value === 'bigint') return Number(value)
  return Array.isArray(value) ? value.map(plain) : value
}

const fill = async ({ url }: TestDatabase): Promise<void> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(
      `CREATE TABLE cells (driver_id bigint, at timestamptz, created timestamptz, ${columns.map(({ name, sql }) => `${name} ${sql}`).join(', ')})`,
    )
    for (const [row, id] of [1, 2, 3].entries()) {
      const values = columns.map(({ values: all, sql }) => `(${all[row]})::${sql}`).join(', ')
      for (const day of ['02', '03'])
        await client.query(`INSERT INTO cells SELECT ${id}, '2026-01-${day} 00:00+00', '2026-01-05 00:00+00', ${values}`)
      // An older row says other things: it must never be seen where a newer one counts.
      await client.query(
        `INSERT INTO cells (driver_id, at, created, a_int64) VALUES (${id}, '2026-01-01 00:00+00', '2026-01-05 00:00+00', 5)`,
      )
    }
  } finally {
    await client.end()
  }
}

const open = (database: TestDatabase): Promise<Store> => {
  const { host, port, user, password, database: name, url } = database
  const store = `{type: postgres, host: ${host}, port: ${port}, database: ${name}, user: ${user}, password: "${password}", sslmode: disable}`
  const yaml = `project: both\nregistry: {registry_type: sql, path: ${url}, cache_ttl_seconds: 1}\noffline_store: ${store}\nonline_store: ${store}\n`
  // Ages count from the data's own time.
  const now = () => BigInt(Date.parse(end)) * 1000n
  return openStore({ env: { FEATURE_STORE_YAML_BASE64: Buffer.from(yaml).toString('base64') }, now })
}

const ourOnline = async (store: Store): Promise<Record<string, unknown>> => {
  const { columns: found } = await store.readOnline(refs, { columns: { driver_id: ids.map(BigInt) } }, { statuses: 'python' })
  return Object.fromEntries(Object.entries(found).map(([name, values]) => [name, Array.from(values, plain)]))
}

const ourHistory = async (store: Store, times: readonly string[]): Promise<Record<string, unknown[]>> => {
  const set = await store.readHistorical(refs, {
    entityRows: ids.map((id, at) => ({ driver_id: BigInt(id), event_timestamp: new Date(times[at] ?? '') })),
  })
  const found: Record<string, unknown[]> = {}
  for await (const row of set)
    for (const [name, value] of Object.entries(row)) if (name !== 'event_timestamp') found[name] = [...(found[name] ?? []), plain(value)]
  return found
}

/** What pandas loses: integers beside a null pass through doubles, times lose their zone. Both are Feast's, and named in docs. */
const asPandas = (found: Readonly<Record<string, unknown[]>>): Record<string, unknown[]> =>
  Object.fromEntries(
    Object.entries(found).map(([name, values]) => [
      name,
      name === 'a_time' ? values.map((value) => (typeof value === 'string' ? value.slice(0, 19) : value)) : values,
    ]),
  )

/** Feast before 0.66 takes a `real` of PostgreSQL for a double and shows digits that it never had. */
const asSingle = (theirs: unknown): unknown =>
  Object.fromEntries(
    Object.entries(Object(theirs)).map(([name, values]) => [
      name,
      name === 'a_float32' && Array.isArray(values)
        ? values.map((value: unknown) => (typeof value === 'number' ? Math.fround(value) : value))
        : values,
    ]),
  )

describe.each(feastVersions)('beside Feast %s', (version) => {
  const python = (database: TestDatabase, step: string, more: Readonly<Record<string, unknown>> = {}): Promise<unknown> =>
    runPythonFile(version, 'store.py', {
      input: { url: database.url, project: 'both', step, columns: feastColumns, ttl_days: 5, ids, start, end, ...more },
    })
  const note = (check: 'loaded_by_python' | 'loaded_by_us' | 'history'): void => {
    for (const { ours } of columns) tested({ version, type: ours.name, check }, { values: ids.length })
  }

  describe('what Python applied and materialized', () => {
    let database: TestDatabase
    let store: Store
    beforeAll(async () => {
      database = await testDatabase()
      await fill(database)
      await python(database, 'apply')
      await python(database, 'materialize')
      store = await open(database)
    })
    afterAll(() => store[Symbol.asyncDispose]())

    test('is read online cell by cell as Python reads it', async () => {
      const theirs = await python(database, 'online')
      // 0.49 and 0.67 pull 64-bit integers with nulls beside them through doubles: the value that is stored has lost its last bit.
      expect(await ourOnline(store)).toEqual(theirs)
      note('loaded_by_python')
    })

    test('gives the history that Python gives', async () => {
      const times = ['2026-01-03T12:00:00Z', '2026-01-02T00:00:00Z', '2026-01-09T00:00:00Z', '2026-01-03T00:00:00Z']
      const theirs = await python(database, 'historical', { times })
      expect(asPandas(await ourHistory(store, times))).toEqual(asSingle(theirs))
      note('history')
    })

    test('needs no change when we apply the same', async () => {
      const plan = await store.plan(definitions, { partial: false })
      expect(plan.differences).toEqual([])
      tested({ version, operation: 'reapply' }, { objects: definitions.length })
    })
  })

  describe('what we applied and materialized', () => {
    let database: TestDatabase
    let store: Store
    beforeAll(async () => {
      database = await testDatabase()
      await fill(database)
      store = await open(database)
      await store.apply(definitions)
      await store.materialize({ start: new Date(start), end: new Date(end) })
    })
    afterAll(() => store[Symbol.asyncDispose]())

    test('is listed, with its interval', async () => {
      expect(await python(database, 'look')).toMatchObject({
        services: ['all_cells'],
        intervals: [['2026-01-01T00:00:00+00:00', '2026-01-04T00:00:00+00:00']],
        schema: Object.fromEntries(columns.map(({ name, feast }) => [name, feast])),
      })
    })

    test('is read online by Python cell by cell as we read it', async () => {
      const theirs = await python(database, 'online')
      expect(await ourOnline(store)).toEqual(theirs)
      note('loaded_by_us')
    })

    test('gives Python the history that we give', async () => {
      const times = ['2026-01-03T12:00:00Z', '2026-01-02T00:00:00Z', '2026-01-09T00:00:00Z', '2026-01-03T00:00:00Z']
      const theirs = await python(database, 'historical', { times })
      expect(asPandas(await ourHistory(store, times))).toEqual(asSingle(theirs))
      note('history')
    })

    test('stays as it is when Python applies the same, and we see no change after that', async () => {
      await python(database, 'apply')
      await store.refreshRegistry()
      expect((await store.plan(definitions, { partial: false })).differences).toEqual([])
      tested({ version, operation: 'reapply' }, { objects: definitions.length })
    })
  })
})
