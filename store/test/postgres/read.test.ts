import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../../../house/postgres.ts'
import { sqlState } from '../../src/postgres/failure.ts'
import { openPool, type Pool } from '../../src/postgres/pool.ts'
import { openRowReader, type RowReader, type RowReaderOptions } from '../../src/postgres/read.ts'
import { type PostgresTarget, postgresTarget } from '../../src/postgres/target.ts'
import { formatTimestamp } from '../../src/postgres/timestamp.ts'
import { parsePostgresUrl } from '../../src/postgres/url.ts'
import { encodeByteaArray, encodeInt8, encodeTextArray } from '../../src/postgres/wire/parameter.ts'
import { copyingSink, readRows } from './collect.ts'
import { eventually } from './eventually.ts'
import { failureOf } from './failure-of.ts'
import { running } from './running.ts'

const readerOf = (target: PostgresTarget, options: RowReaderOptions = {}): RowReader => {
  const reader = openRowReader(target, options)
  onTestFinished(async () => await reader[Symbol.asyncDispose]())
  return reader
}

const poolOf = (target: PostgresTarget): Pool => {
  const pool = openPool(target, { max: 4 })
  onTestFinished(() => pool.close())
  return pool
}

interface Place {
  readonly database: TestDatabase
  readonly target: PostgresTarget
  readonly pool: Pool
  readonly admin: Pool
}

const place = async (parts: Partial<PostgresTarget> = {}): Promise<Place> => {
  const database = await testDatabase()
  const target = postgresTarget({ ...parsePostgresUrl(database.url), ...parts })
  return { database, target, pool: poolOf(parsePostgresUrl(database.url)), admin: poolOf(parsePostgresUrl(database.adminUrl)) }
}

const cellRows = `
  SELECT * FROM (VALUES
    (1, true, 'short'::text, '\\x00ff5c'::bytea, 7::int8, 1.5::float8, '2024-02-29 12:00:00.000001+00'::timestamptz),
    (2, false, '', ''::bytea, -9223372036854775808, 'NaN', 'infinity'),
    (3, NULL, NULL, NULL, NULL, NULL, NULL),
    (4, true, E'é\\n"\\\\', '\\x0a', 9223372036854775807, '-Infinity', '-infinity'),
    (5, true, 'far', '\\xff', 0, '-0', '4714-11-24 00:00:00+00 BC')) AS v ORDER BY 1`

describe.each(['wire', 'pg'] as const)('reading over %s', (over) => {
  test('gives cells of every kind, NULL apart from empty', async () => {
    const { target } = await place()
    const rows = await readRows(readerOf(target, { over }), cellRows, 7)
    expect(rows[2]).toEqual([Buffer.from([0, 0, 0, 3]), null, null, null, null, null, null])
    expect(rows[1]?.slice(1, 4)).toEqual([Buffer.from([0]), Buffer.alloc(0), Buffer.alloc(0)])
    expect(rows[0]?.[3]).toEqual(Buffer.from([0, 0xff, 0x5c]))
    expect(rows[4]?.[6]).toEqual(encodeInt8(-211_813_488_000_000_000n))
  })

  test('takes arrays of keys and names as parameters', async () => {
    const { target, pool } = await place()
    await pool.query(`CREATE TABLE "a b" (entity_key bytea, feature_name text, value bytea, PRIMARY KEY (entity_key, feature_name));
      INSERT INTO "a b" SELECT int4send(k), 'f' || f, int4send(k * f) FROM generate_series(1, 100) k, generate_series(1, 3) f`)
    const rows = await readRows(
      readerOf(target, { over }),
      'SELECT entity_key, feature_name, value FROM "a b" WHERE entity_key = ANY($1::bytea[]) AND feature_name = ANY($2::text[]) ORDER BY 1, 2',
      3,
      [encodeByteaArray([Buffer.from([0, 0, 0, 7]), Buffer.from([9])]), encodeTextArray(['f1', 'f3', 'none'])],
    )
    expect(rows).toEqual([
      [Buffer.from([0, 0, 0, 7]), Buffer.from('f1'), Buffer.from([0, 0, 0, 7])],
      [Buffer.from([0, 0, 0, 7]), Buffer.from('f3'), Buffer.from([0, 0, 0, 21])],
    ])
  })

  test('keeps the order and the neighbours of 1000 reads at a time, errors in between', async () => {
    const { target } = await place()
    const reader = readerOf(target, { over, size: 2 })
    const work = Array.from({ length: 1000 }, async (_, at) => {
      const failing = at % 7 === 3
      const text = failing ? 'SELECT 1 / ($1::int8 - $1::int8)' : at % 5 === 0 ? 'SELECT $1::int8 * 2' : 'SELECT $1::int8'
      const result = readRows(reader, text, 1, [encodeInt8(BigInt(at))])
      if (failing) expect(sqlState(await failureOf(result))).toBe('22012')
      else expect(await result).toEqual([[encodeInt8(BigInt(at % 5 === 0 ? at * 2 : at))]])
    })
    await Promise.all(work)
  })

  test('carries rows larger than any buffer', async () => {
    const { target } = await place()
    const reader = readerOf(target, { over })
    const text = "SELECT convert_to(repeat('x', $1::int4), 'UTF8')"
    const size = Buffer.alloc(4)
    size.writeInt32BE(20_000_000)
    const small = Buffer.from([0, 0, 0, 3])
    const [large, after] = await Promise.all([readRows(reader, text, 1, [size]), readRows(reader, text, 1, [small])])
    expect(large[0]?.[0]?.equals(Buffer.alloc(20_000_000, 'x'))).toBe(true)
    expect(after).toEqual([[Buffer.from('xxx')]])
  })

  test('has the search path, the time zone and the settings that it was given', async () => {
    const { target } = await place({ searchPath: '"My Schema",public' })
    const reader = readerOf(target, { over, settings: { max_parallel_workers_per_gather: '0' } })
    const text = "SELECT current_setting('search_path'), current_setting('TimeZone'), current_setting('max_parallel_workers_per_gather')"
    expect(await readRows(reader, text, 3)).toEqual([[Buffer.from('"My Schema",public'), Buffer.from('UTC'), Buffer.from('0')]])
  })

  test('has the errors of the pool', async () => {
    const { target, pool } = await place()
    const reader = readerOf(target, { over })
    expect((await failureOf(readRows(reader, 'SELECT * FROM nowhere', 1))).code).toBe('STORE_POSTGRES_TABLE_MISSING')
    const wrong = readerOf({ ...target, password: 'wrong' }, { over })
    expect((await failureOf(readRows(wrong, 'SELECT 1', 1))).code).toBe('STORE_POSTGRES_LOGIN_REFUSED')
    const missing = readerOf({ ...target, database: 'missing' }, { over })
    expect((await failureOf(readRows(missing, 'SELECT 1', 1))).code).toBe('STORE_POSTGRES_DATABASE_MISSING')
    const away = readerOf({ ...target, hosts: [{ host: '127.0.0.1', port: 1 }] }, { over })
    expect((await failureOf(readRows(away, 'SELECT 1', 1))).code).toBe('STORE_POSTGRES_UNREACHABLE')
    await pool.query('CREATE TABLE t (n int8); REVOKE ALL ON t FROM CURRENT_USER')
    const forbidden = await failureOf(readRows(reader, 'SELECT * FROM t', 1))
    expect(forbidden.message).toContain('it needs GRANT SELECT ON t TO')
    expect(await readRows(reader, "SELECT 'still'", 1)).toEqual([[Buffer.from('still')]])
  })

  test('throws what the sink throws, and goes on', async () => {
    const { target } = await place()
    const reader = readerOf(target, { over, size: 1 })
    const mine = new Error('mine')
    const row = () => {
      throw mine
    }
    const [failed, neighbour] = await Promise.allSettled([
      reader.read({ text: 'SELECT generate_series(1, 10)' }, [], { row }),
      readRows(reader, "SELECT 'fine'", 1),
    ])
    expect(failed).toEqual({ status: 'rejected', reason: mine })
    expect(neighbour).toEqual({ status: 'fulfilled', value: [[Buffer.from('fine')]] })
  })

  test('goes on to another host', async () => {
    const { target } = await place()
    const hosts = [{ host: '127.0.0.1', port: 1 }, ...target.hosts] as const
    expect(await readRows(readerOf({ ...target, hosts, targetSessionAttrs: 'primary' }, { over }), "SELECT 'x'", 1)).toHaveLength(1)
    const standby = readerOf({ ...target, targetSessionAttrs: 'standby' }, { over })
    expect((await failureOf(readRows(standby, 'SELECT 1', 1))).message).toContain('it is no standby')
  })

  test('survives that its connection is ended in the middle, when no row had come', async () => {
    const { target, admin, database } = await place()
    const reader = readerOf(target, { over, size: 1 })
    const work = readRows(reader, "SELECT 'long' FROM pg_sleep(0.5)", 1)
    const behind = readRows(reader, "SELECT 'behind'", 1)
    await admin.query('SELECT pg_terminate_backend($1)', [await running(admin, database, 'long')])
    expect(await work).toEqual([[Buffer.from('long')]])
    expect(await behind).toEqual([[Buffer.from('behind')]])
  })

  test('survives a restart of all its connections while it rests', async () => {
    const { target, admin, database } = await place()
    const reader = readerOf(target, { over })
    const all = () => Promise.all(Array.from({ length: 20 }, () => readRows(reader, "SELECT 'x'", 1)))
    await all()
    await admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1', [database.user])
    expect((await all()).every((rows) => rows.length === 1)).toBe(true)
  })

  test('asks for the configuration again when the password was rotated', async () => {
    const { target, admin, database } = await place()
    await admin.query(`ALTER ROLE ${database.user} PASSWORD 'rotated'`)
    const reader = readerOf(target, { over, reload: async () => ({ ...target, password: 'rotated' }) })
    expect(await readRows(reader, "SELECT 'x'", 1)).toHaveLength(1)
  })

  test('is cancelled inside PostgreSQL when the caller gives up', async () => {
    const { target, admin, database } = await place()
    const reader = readerOf(target, { over, size: 1 })
    const caller = new AbortController()
    const work = failureOf(readRows(reader, "SELECT 'long' FROM pg_sleep(60)", 1, [], caller))
    const behind = readRows(reader, "SELECT 'behind'", 1)
    await running(admin, database, 'long')
    caller.abort()
    expect((await work).code).toBe('STORE_POSTGRES_CANCELLED')
    expect(await behind).toEqual([[Buffer.from('behind')]])
    const left =
      "SELECT FROM pg_stat_activity WHERE datname = $1 AND state = 'active' AND query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()"
    await eventually(async () => (await admin.query(left, [database.database])).rowCount).toBe(0)
    expect((await failureOf(readRows(reader, 'SELECT 1', 1, [], { signal: AbortSignal.abort() }))).code).toBe('STORE_POSTGRES_CANCELLED')
  })

  test('ends at the statement timeout', async () => {
    const { target } = await place({ statementTimeoutMs: 100 })
    const reader = readerOf(target, { over, size: 1 })
    const work = failureOf(readRows(reader, 'SELECT pg_sleep(60)', 1))
    const behind = readRows(reader, "SELECT 'behind'", 1)
    expect((await work).code).toBe('STORE_POSTGRES_TIMEOUT')
    expect(await behind).toEqual([[Buffer.from('behind')]])
  })

  test('notices that a table was replaced by one of another shape', async () => {
    const { target, pool } = await place()
    const reader = readerOf(target, { over, size: 1 })
    await pool.query('CREATE TABLE t AS SELECT 1 AS a')
    expect(await readRows(reader, 'SELECT * FROM t', 1)).toEqual([[Buffer.from([0, 0, 0, 1])]])
    await pool.query("DROP TABLE t; CREATE TABLE t AS SELECT 'text' AS a")
    const both = await Promise.all([readRows(reader, 'SELECT * FROM t', 1), readRows(reader, 'SELECT * FROM t', 1)])
    expect(both).toEqual([[[Buffer.from('text')]], [[Buffer.from('text')]]])
  })

  test('ends its reads when it is closed, then takes no more', async () => {
    const { target, admin, database } = await place()
    const reader = openRowReader(target, { over, size: 1 })
    const work = readRows(reader, "SELECT 'last' FROM pg_sleep(0.3)", 1)
    await running(admin, database, 'last')
    await reader[Symbol.asyncDispose]()
    expect(await work).toEqual([[Buffer.from('last')]])
    expect((await failureOf(readRows(reader, 'SELECT 1', 1))).code).toBe('STORE_POSTGRES_POOL_CLOSED')
    const left = async () => (await admin.query('SELECT FROM pg_stat_activity WHERE usename = $1', [database.user])).rowCount
    await eventually(left).toBe(0)
  })
})

const float = fc.double({ noDefaultInfinity: true })
const row = fc.record({
  bytes: fc.option(fc.uint8Array({ maxLength: 500 })),
  text: fc.option(fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0'))),
  number: fc.option(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
  float: fc.option(float),
  flag: fc.option(fc.boolean()),
  time: fc.option(fc.bigInt({ min: -210_866_803_200_000_000n, max: 9_223_371_000_000_000_000n })),
})

test('the wire and its twin give identical bytes for whatever is stored', async () => {
  const { target, pool } = await place()
  await pool.query(`CREATE TABLE t (run int4, at int4, bytes bytea, text text, number int8, float float8, flag bool, time timestamptz,
    small int2, real float4, id uuid, document jsonb, local timestamp)`)
  const [wire, twin] = [readerOf(target, { over: 'wire' }), readerOf(target, { over: 'pg' })]
  let run = 0
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 30 }), async (rows) => {
      run++
      await pool.query(
        `INSERT INTO t SELECT $1, g.*, (g.number % 30000)::int2, g.number::float4, md5(g.text)::uuid, to_jsonb(g.text), g.time AT TIME ZONE 'UTC'
         FROM unnest($2::int4[], $3::bytea[], $4::text[], $5::int8[], $6::float8[], $7::bool[], $8::timestamptz[])
           AS g(at, bytes, text, number, float, flag, time)`,
        [
          run,
          rows.map((_, at) => at),
          rows.map(({ bytes }) => bytes && Buffer.from(bytes)),
          rows.map(({ text }) => text),
          rows.map(({ number }) => number),
          rows.map(({ float }) => (Object.is(float, -0) ? '-0' : float)),
          rows.map(({ flag }) => flag),
          rows.map(({ time }) => (time === null ? null : formatTimestamp(time))),
        ],
      )
      const parameter = Buffer.alloc(4)
      parameter.writeInt32BE(run)
      const text = 'SELECT * FROM t WHERE run = $1::int4 ORDER BY at'
      const [left, right] = await Promise.all([readRows(wire, text, 13, [parameter]), readRows(twin, text, 13, [parameter])])
      expect(left).toHaveLength(rows.length)
      expect(right).toEqual(left)
      expect(left.map((cells) => cells[2])).toEqual(rows.map(({ bytes }) => bytes && Buffer.from(bytes)))
    }),
    { numRuns: 40 },
  )
})

test('the twin says which column it cannot read', async () => {
  const { target } = await place()
  const error = await failureOf(readRows(readerOf(target, { over: 'pg' }), 'SELECT 1.5 AS price', 1))
  expect(error.message).toContain('column "price" is of type 1700, which only our own wire client reads')
})

test('the cells of a sink are those of one row only', async () => {
  const { target } = await place()
  const sink = copyingSink(20)
  await readerOf(target).read({ text: `SELECT ${Array.from({ length: 20 }, (_, at) => `'c${at}'`).join(', ')}` }, [], sink)
  expect(sink.rows).toEqual([Array.from({ length: 20 }, (_, at) => Buffer.from(`c${at}`))])
})
