import { once } from 'node:events'
import { createServer } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { inspect } from 'node:util'
import { from } from 'pg-copy-streams'
import { describe, expect, onTestFinished, test } from 'vitest'
import { testDatabase } from '../../../house/postgres.ts'
import { StoreError } from '../../src/errors.ts'
import { sqlState } from '../../src/postgres/failure.ts'
import { openPool, type Pool, type PoolOptions } from '../../src/postgres/pool.ts'
import { type PostgresTarget, postgresTarget } from '../../src/postgres/target.ts'
import { parsePostgresUrl } from '../../src/postgres/url.ts'
import { eventually } from './eventually.ts'
import { failureOf } from './failure-of.ts'
import { running } from './running.ts'

const poolOf = (target: PostgresTarget, options: Partial<PoolOptions> = {}): Pool => {
  const pool = openPool(target, { max: 4, ...options })
  onTestFinished(() => pool.close())
  return pool
}

const setup = async (parts: Partial<PostgresTarget> = {}, options: Partial<PoolOptions> = {}) => {
  const database = await testDatabase()
  const target = postgresTarget({ ...parsePostgresUrl(database.url), ...parts })
  return { database, target, pool: poolOf(target, options), admin: poolOf(parsePostgresUrl(database.adminUrl)) }
}

describe('values', () => {
  test('come as bigint, microseconds, bytes and plain numbers, and go back the same', async () => {
    const { pool } = await setup()
    const { rows, rowCount } = await pool.query(
      `SELECT $1::int8 AS int8, $2::bytea AS bytea, $3::timestamptz AS at, $4::float8 AS float8, $5::bool AS bool, $6::text AS text,
              $7::int8[] AS int8s, $8::bytea[] AS byteas, $9::text[] AS texts, $10::int4 AS nothing, 1::int2 AS int2, 1.50::numeric AS numeric,
              '{"a": 1}'::jsonb AS json, '[0:1]={1,2}'::int4[] AS shifted, '{{1,2},{3,4}}'::int4[] AS nested, '{}'::text[] AS empty,
              '2024-01-01'::date AS date, '2024-01-01'::timestamp AS local`,
      [
        ...[9_007_199_254_740_993n, Buffer.from([0, 255, 92]), '2024-02-29 12:00:00.000001+00', 0.1, true, 'a\\"\n,{}é'],
        ...[[1n, -9_223_372_036_854_775_808n, null], [Buffer.from([1, 0]), Buffer.alloc(0)], ['a,"b"', '', 'NULL', '\\', '{}', null], null],
      ],
    )
    expect(rowCount).toBe(1)
    expect(rows[0]).toEqual({
      int8: 9_007_199_254_740_993n,
      bytea: Buffer.from([0, 255, 92]),
      at: 1_709_208_000_000_001n,
      float8: 0.1,
      bool: true,
      text: 'a\\"\n,{}é',
      int8s: [1n, -9_223_372_036_854_775_808n, null],
      byteas: [Buffer.from([1, 0]), Buffer.alloc(0)],
      texts: ['a,"b"', '', 'NULL', '\\', '{}', null],
      nothing: null,
      int2: 1,
      numeric: '1.50',
      json: '{"a": 1}',
      shifted: [1, 2],
      nested: [
        [1, 2],
        [3, 4],
      ],
      empty: [],
      date: '2024-01-01',
      local: 1_704_067_200_000_000n,
    })
  })

  test('are the same when the role writes bytea as escapes', async () => {
    const { pool, admin, database } = await setup()
    await admin.query(`ALTER ROLE ${database.user} SET bytea_output = 'escape'`)
    const every = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))
    expect((await pool.query('SELECT $1::bytea AS b', [every])).rows).toEqual([{ b: every }])
    expect((await pool.query('SHOW bytea_output')).rows).toEqual([{ bytea_output: 'escape' }])
  })

  test('of the last statement come when there are several in one text', async () => {
    const { pool } = await setup()
    expect(await pool.query('SELECT 1 AS a; SELECT 2 AS b')).toEqual({ rows: [{ b: 2 }], rowCount: 1 })
  })
})

describe('a session', () => {
  test('is in UTC with ISO dates and our search path, whatever role, options and environment say', async () => {
    process.env.PGOPTIONS = '-c geqo=off'
    onTestFinished(() => {
      delete process.env.PGOPTIONS
    })
    const { pool, admin, database } = await setup({ searchPath: '"My Schema", public', options: '-c work_mem=5MB' })
    await admin.query(
      `ALTER ROLE ${database.user} SET timezone = 'America/New_York'; ALTER ROLE ${database.user} SET datestyle = 'SQL, DMY'`,
    )
    const { rows } = await pool.query(
      `SELECT current_setting('TimeZone') AS zone, current_setting('search_path') AS path, current_setting('work_mem') AS memory,
              current_setting('geqo') AS geqo, current_setting('application_name') AS application, now() AS now`,
    )
    expect(rows).toEqual([
      { zone: 'UTC', path: '"My Schema", public', memory: '5MB', geqo: 'on', application: 'charmed-feast', now: expect.any(BigInt) },
    ])
  })

  test('is opened at the first statement, shared one after the other, and never more than max', async () => {
    const { pool, admin, database } = await setup({}, { max: 2 })
    const count = async () =>
      (await admin.query<{ n: bigint }>('SELECT count(*) AS n FROM pg_stat_activity WHERE usename = $1', [database.user])).rows[0]?.n
    expect(await count()).toBe(0n)
    await pool.query('SELECT 1')
    await pool.query('SELECT 1')
    expect(await count()).toBe(1n)
    const pids = await Promise.all(
      Array.from({ length: 20 }, () => pool.query<{ pid: number }>('SELECT pg_backend_pid() AS pid, pg_sleep(0.01)')),
    )
    expect(new Set(pids.map(({ rows }) => rows[0]?.pid)).size).toBe(2)
    expect(await count()).toBe(2n)
  })

  test('is closed after a time of rest, except the fewest that stay', async () => {
    const { pool, admin, database } = await setup({}, { min: 1, idleMs: 50 })
    await Promise.all(Array.from({ length: 3 }, () => pool.query('SELECT pg_sleep(0.05)')))
    const count = async () =>
      (await admin.query<{ n: bigint }>('SELECT count(*) AS n FROM pg_stat_activity WHERE usename = $1', [database.user])).rows[0]?.n
    await eventually(count).toBe(1n)
  })

  test('prepares a named statement once', async () => {
    const { pool } = await setup({}, { max: 1 })
    for (let run = 0; run < 3; run++) await pool.query('SELECT $1::int4', [run], { name: 'one' })
    const { rows } = await pool.query('SELECT name, generic_plans + custom_plans AS runs FROM pg_prepared_statements')
    expect(rows).toEqual([{ name: 'one', runs: 3n }])
  })
})

describe('a named statement', () => {
  test('is prepared anew when its table has changed', async () => {
    const { pool } = await setup({}, { max: 1 })
    await pool.query('CREATE TABLE t AS SELECT 1 AS a')
    const read = async () => (await pool.query('SELECT * FROM t', [], { name: 'all' })).rows
    expect(await read()).toEqual([{ a: 1 }])
    await pool.query("DROP TABLE t; CREATE TABLE t AS SELECT 'text' AS a")
    expect([await read(), await read()]).toEqual([[{ a: 'text' }], [{ a: 'text' }]])
  })
})

describe('a transaction', () => {
  test('keeps its work, gives its value, and has the wanted isolation', async () => {
    const { pool } = await setup()
    await pool.query('CREATE TABLE t (n int8)')
    const isolation = await pool.transaction(
      async (tx) => {
        await tx.query('INSERT INTO t VALUES ($1)', [1n])
        return (await tx.query('SHOW transaction_isolation')).rows
      },
      { isolation: 'serializable' },
    )
    expect(isolation).toEqual([{ transaction_isolation: 'serializable' }])
    expect((await pool.query('SELECT n FROM t')).rows).toEqual([{ n: 1n }])
  })

  test('leaves nothing when it throws, throws the same, and its connection goes on', async () => {
    const { pool } = await setup({}, { max: 1 })
    await pool.query('CREATE TABLE t (n int8)')
    const mine = new Error('mine')
    const work = pool.transaction(async (tx) => {
      await tx.query('INSERT INTO t VALUES (1)')
      throw mine
    })
    await expect(work).rejects.toBe(mine)
    expect((await pool.query('SELECT n FROM t')).rows).toEqual([])
  })

  test('that may only read is refused a write', async () => {
    const { pool } = await setup()
    const error = await failureOf(pool.transaction((tx) => tx.query('CREATE TABLE t (n int8)'), { readOnly: true }))
    expect([error.code, sqlState(error)]).toEqual(['STORE_POSTGRES_STATEMENT_FAILED', '25006'])
  })

  test('is no success when an error was caught inside', async () => {
    const { pool } = await setup()
    const work = pool.transaction(async (tx) => {
      await expect(tx.query('SELECT * FROM missing')).rejects.toThrow('missing')
    })
    expect((await failureOf(work)).message).toContain('COMMIT was answered with ROLLBACK')
  })

  test('is rolled back inside PostgreSQL when the caller gives up', async () => {
    const { pool, admin, database } = await setup()
    await pool.query('CREATE TABLE t (n int8)')
    const caller = new AbortController()
    const work = failureOf(
      pool.transaction(
        async (tx) => {
          await tx.query('INSERT INTO t VALUES (1)')
          await tx.query("SELECT pg_sleep(60), 'long'")
        },
        { signal: caller.signal },
      ),
    )
    await running(admin, database, 'long')
    caller.abort()
    expect((await work).code).toBe('STORE_POSTGRES_CANCELLED')
    expect((await pool.query('SELECT n FROM t')).rows).toEqual([])
  })

  test('that lost its connection says so', async () => {
    const { pool } = await setup()
    const work = pool.transaction((tx) => tx.query('SELECT pg_terminate_backend(pg_backend_pid())'))
    expect((await failureOf(work)).code).toBe('STORE_POSTGRES_CONNECTION_LOST')
    expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
  })
})

describe('the client of a transaction', () => {
  test('has its errors put in our words', async () => {
    const { pool } = await setup()
    const error = await failureOf(pool.transaction((tx) => tx.client.query('SELECT * FROM nowhere')))
    expect(error.code).toBe('STORE_POSTGRES_TABLE_MISSING')
    const lost = await failureOf(pool.transaction((tx) => tx.client.query('SELECT pg_terminate_backend(pg_backend_pid())')))
    expect(lost.code).toBe('STORE_POSTGRES_CONNECTION_LOST')
  })
})

describe('giving up', () => {
  test('cancels the statement inside PostgreSQL and nobody else’s', async () => {
    const { pool, admin, database } = await setup()
    const caller = new AbortController()
    const neighbour = pool.query("SELECT pg_sleep(1), 'neighbour' AS who")
    const work = failureOf(pool.query("SELECT pg_sleep(60), 'long'", [], { signal: caller.signal }))
    await running(admin, database, 'long')
    caller.abort(new Error('enough'))
    const error = await work
    expect(error.code).toBe('STORE_POSTGRES_CANCELLED')
    expect(sqlState(error)).toBe('57014')
    const left =
      "SELECT pid FROM pg_stat_activity WHERE datname = $1 AND state = 'active' AND query LIKE '%long%' AND pid <> pg_backend_pid()"
    await eventually(async () => (await admin.query(left, [database.database])).rows).toEqual([])
    expect((await neighbour).rows).toEqual([{ pg_sleep: '', who: 'neighbour' }])
  })

  test('before the statement starts, or while waiting for a connection, is heard too', async () => {
    const { pool, admin, database } = await setup({}, { max: 1 })
    const given = await failureOf(pool.query('SELECT 1', [], { signal: AbortSignal.abort() }))
    expect(given.code).toBe('STORE_POSTGRES_CANCELLED')
    const caller = new AbortController()
    const holder = new AbortController()
    const holding = failureOf(pool.query("SELECT pg_sleep(60), 'holder'", [], { signal: holder.signal }))
    await running(admin, database, 'holder')
    const waiting = failureOf(pool.query('SELECT 1', [], { signal: caller.signal }))
    caller.abort()
    expect((await waiting).message).toContain('gave up while waiting for a connection')
    holder.abort()
    await holding
    expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
  })

  test('is done for the caller after the statement timeout', async () => {
    const { pool } = await setup({ statementTimeoutMs: 100 })
    const error = await failureOf(pool.query('SELECT pg_sleep(60)'))
    expect([error.code, sqlState(error)]).toEqual(['STORE_POSTGRES_TIMEOUT', '57014'])
    expect(error.message).toContain('took longer than 100 ms')
  })
})

describe('a lost connection', () => {
  test('is an error of a statement that may not run twice', async () => {
    const { pool, admin, database } = await setup()
    const work = failureOf(pool.query("SELECT pg_sleep(60), 'killed'"))
    await admin.query('SELECT pg_terminate_backend($1)', [await running(admin, database, 'killed')])
    expect((await work).code).toBe('STORE_POSTGRES_CONNECTION_LOST')
  })

  test('is made good once for one that may', async () => {
    const { pool, admin, database } = await setup()
    const work = pool.query("SELECT pg_sleep(0.5), 'twice' AS what", [], { idempotent: true })
    await admin.query('SELECT pg_terminate_backend($1)', [await running(admin, database, 'twice')])
    expect((await work).rows).toEqual([{ pg_sleep: '', what: 'twice' }])
  })

  test('among the idle is not lent again', async () => {
    const { pool, admin, database } = await setup()
    await Promise.all(Array.from({ length: 4 }, () => pool.query('SELECT pg_sleep(0.1)')))
    await admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1', [database.user])
    const gone = async () => (await admin.query('SELECT FROM pg_stat_activity WHERE usename = $1', [database.user])).rowCount
    await eventually(gone).toBe(0)
    const results = await Promise.all(Array.from({ length: 8 }, () => pool.query('SELECT 1 AS one', [], { idempotent: true })))
    expect(results.every(({ rows }) => rows.length === 1)).toBe(true)
  })
})

describe('logging in', () => {
  test('with a wrong password is refused, and no error holds the password', async () => {
    const { target } = await setup()
    const error = await failureOf(poolOf({ ...target, password: 'wrong-kUh9' }).query('SELECT 1'))
    expect([error.code, sqlState(error)]).toEqual(['STORE_POSTGRES_LOGIN_REFUSED', '28P01'])
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain('kUh9')
    const { password, ...without } = target
    const missing = await failureOf(poolOf(without).query('SELECT 1'))
    expect(missing.message).toContain('it wants a password and none is given')
    expect(password).toBeTruthy()
  })

  test('asks for the configuration again when the password was rotated', async () => {
    const { target, admin, database } = await setup()
    let reloads = 0
    const reload = async () => {
      reloads++
      return { ...target, password: 'rotated' }
    }
    const pool = poolOf(target, { reload })
    await admin.query(`ALTER ROLE ${database.user} PASSWORD 'rotated'`)
    const results = await Promise.all(Array.from({ length: 4 }, () => pool.query('SELECT 1 AS one, pg_sleep(0.05)')))
    expect(results).toHaveLength(4)
    expect(reloads).toBe(1)
    expect(pool.target.password).toBe('rotated')
  })

  test('fails after one reload that brings nothing new', async () => {
    const { target } = await setup()
    const wrong = { ...target, password: 'wrong' }
    const error = await failureOf(poolOf(wrong, { reload: async () => wrong }).query('SELECT 1'))
    expect(error.code).toBe('STORE_POSTGRES_LOGIN_REFUSED')
  })

  test('to a missing database, a forbidden one, and one where nobody listens is told apart', async () => {
    const { target, admin, database } = await setup()
    expect((await failureOf(poolOf({ ...target, database: 'missing' }).query('SELECT 1'))).code).toBe('STORE_POSTGRES_DATABASE_MISSING')
    await admin.query(`REVOKE CONNECT ON DATABASE ${database.database} FROM PUBLIC, ${database.user}`)
    const forbidden = await failureOf(poolOf(target).query('SELECT 1'))
    expect(forbidden.message).toContain(`it needs GRANT CONNECT ON DATABASE "${database.database}" TO "${database.user}"`)
    const nobody = await failureOf(poolOf({ ...target, hosts: [{ host: '127.0.0.1', port: 1 }] }).query('SELECT 1'))
    expect([nobody.code, nobody.message]).toEqual(['STORE_POSTGRES_UNREACHABLE', expect.stringContaining('nobody listens there')])
    const noSocket = await failureOf(poolOf({ ...target, hosts: [{ host: '/nonexistent', port: 5432 }] }).query('SELECT 1'))
    expect(noSocket.message).toContain('there is no such socket')
  })

  test('gives up after the connect timeout, and when the caller does', async () => {
    const silent = createServer((socket) => onTestFinished(() => void socket.destroy())).listen(0, '127.0.0.1')
    await once(silent, 'listening')
    onTestFinished(() => void silent.close())
    const address = silent.address()
    if (address === null || typeof address === 'string') throw new Error('no port')
    const target = postgresTarget({ hosts: [{ host: '127.0.0.1', port: address.port }], database: 'd', user: 'u', connectTimeoutMs: 50 })
    for (const sslMode of ['disable', 'require'] as const) {
      const error = await failureOf(poolOf({ ...target, sslMode }).query('SELECT 1'))
      expect([error.code, error.message]).toEqual(['STORE_POSTGRES_UNREACHABLE', expect.stringContaining('no answer within 50 ms')])
      const signal = AbortSignal.timeout(20)
      const patient = poolOf({ ...target, sslMode, connectTimeoutMs: 0 })
      expect((await failureOf(patient.query('SELECT 1', [], { signal }))).code).toBe('STORE_POSTGRES_CANCELLED')
    }
  })

  test('goes on to the next host when one is away, and tells all of them when none is there', async () => {
    const { target } = await setup()
    const away = { host: '127.0.0.1', port: 1 }
    expect((await poolOf({ ...target, hosts: [away, ...target.hosts] }).query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
    const error = await failureOf(poolOf({ ...target, hosts: [away, { host: 'no.such.host.invalid', port: 2 }] }).query('SELECT 1'))
    expect(error.message).toContain('none of 2 hosts will do')
    expect(error.message).toContain('the host name is not known')
  })

  test('chooses the host by what its sessions may do', async () => {
    const { target, admin, database } = await setup()
    const works = async (targetSessionAttrs: PostgresTarget['targetSessionAttrs']) =>
      await poolOf({ ...target, targetSessionAttrs })
        .query('SELECT 1')
        .then(
          () => 'works',
          (error: unknown) => (error instanceof StoreError ? error.message.split(': ').at(-1) : error),
        )
    const wishes = ['any', 'read-write', 'read-only', 'primary', 'standby', 'prefer-standby'] as const
    const answers = async () => await Promise.all(wishes.map(works))
    const primary = ['works', 'works', 'its sessions are not read-only', 'works', 'it is no standby', 'works']
    expect(await answers()).toEqual(primary)
    await admin.query(`ALTER DATABASE ${database.database} SET default_transaction_read_only = on`)
    expect(await answers()).toEqual(['works', 'its sessions are read-only', 'works', 'works', 'it is no standby', 'works'])
  })
})

describe('a refused statement', () => {
  test.each([
    ['SELECT * FROM secret', 'it needs GRANT SELECT ON secret TO'],
    ['INSERT INTO secret VALUES (1)', 'it needs GRANT INSERT ON secret TO'],
    ['INSERT INTO secret VALUES (1) ON CONFLICT DO NOTHING', 'it needs GRANT SELECT, INSERT, UPDATE ON secret TO'],
    ['WITH a AS (SELECT 1) DELETE FROM secret', 'it needs GRANT SELECT, DELETE ON secret TO'],
    ['TRUNCATE secret', 'it needs GRANT TRUNCATE ON secret TO'],
    ['COPY secret TO STDOUT', 'it needs GRANT SELECT ON secret TO'],
    ['SELECT * FROM closed.t', 'it needs GRANT USAGE ON SCHEMA closed TO'],
    ['CREATE TABLE closed.t (n int8)', 'it needs GRANT CREATE ON SCHEMA closed TO'],
    ['ALTER TABLE secret ADD COLUMN m int8', 'must be owner of table secret'],
  ])('names the grant that it lacks: %s', async (statement, why) => {
    const { pool, admin } = await setup()
    await admin.query('CREATE TABLE secret (n int8); CREATE SCHEMA closed; CREATE TABLE closed.t (n int8)')
    const error = await failureOf(pool.query(statement))
    expect([error.code, error.message]).toEqual(['STORE_POSTGRES_PERMISSION_DENIED', expect.stringContaining(why)])
  })

  test('says which table is missing, and gives the SQLSTATE of everything else', async () => {
    const { pool } = await setup()
    const missing = await failureOf(pool.query('SELECT * FROM nowhere'))
    expect([missing.code, missing.message]).toEqual(['STORE_POSTGRES_TABLE_MISSING', expect.stringContaining('"nowhere" does not exist')])
    const wrong = await failureOf(pool.query('SELECT 1 / 0'))
    expect([wrong.code, wrong.message]).toEqual(['STORE_POSTGRES_STATEMENT_FAILED', expect.stringContaining('(SQLSTATE 22012)')])
    expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
  })
})

describe('the client itself', () => {
  test('takes COPY streams, and goes back to the pool', async () => {
    const { pool } = await setup({}, { max: 1 })
    await pool.query('CREATE TABLE t (n int8)')
    await pool.client((client) => pipeline(Readable.from(['1\n', '2\n']), client.query(from('COPY t FROM STDIN'))))
    expect((await pool.query('SELECT n FROM t')).rows).toEqual([{ n: 1n }, { n: 2n }])
  })

  test('is closed after an error, which is mapped if it is PostgreSQL’s, and kept if it is the caller’s', async () => {
    const { pool } = await setup({}, { max: 1 })
    await pool.query('CREATE TABLE t (n int8)')
    const copy = pool.client((client) => pipeline(Readable.from(['x\n']), client.query(from('COPY t FROM STDIN'))))
    expect(sqlState(await failureOf(copy))).toBe('22P02')
    const mine = new Error('mine')
    const broken = pool.client((client) =>
      pipeline(
        Readable.from(
          (async function* () {
            yield '1\n'
            throw mine
          })(),
        ),
        client.query(from('COPY t FROM STDIN')),
      ),
    )
    await expect(broken).rejects.toBe(mine)
    expect((await pool.query('SELECT n FROM t')).rows).toEqual([])
  })

  test('is closed when a transaction was left open', async () => {
    const { pool } = await setup({}, { max: 1 })
    await pool.client((client) => client.query('BEGIN; CREATE TABLE t (n int8)'))
    expect((await failureOf(pool.query('SELECT * FROM t'))).code).toBe('STORE_POSTGRES_TABLE_MISSING')
  })

  test('is stopped when the caller gives up', async () => {
    const { pool, admin, database } = await setup()
    const caller = new AbortController()
    const work = failureOf(pool.client((client) => client.query("SELECT pg_sleep(60), 'raw'"), { signal: caller.signal }))
    await running(admin, database, 'raw')
    caller.abort()
    expect((await work).code).toBe('STORE_POSTGRES_CANCELLED')
  })
})

describe('closing', () => {
  test('waits for what is running, refuses what is waiting or new, and leaves no connection', async () => {
    const { pool, admin, database } = await setup({}, { max: 1 })
    const work = pool.query("SELECT pg_sleep(0.3), 'last' AS what")
    await running(admin, database, 'last')
    const waiting = failureOf(pool.query('SELECT 1'))
    await pool.close()
    expect((await work).rows).toEqual([{ pg_sleep: '', what: 'last' }])
    expect((await waiting).code).toBe('STORE_POSTGRES_POOL_CLOSED')
    expect((await failureOf(pool.query('SELECT 1'))).code).toBe('STORE_POSTGRES_POOL_CLOSED')
    const left = async () => (await admin.query('SELECT FROM pg_stat_activity WHERE usename = $1', [database.user])).rowCount
    await eventually(left).toBe(0)
  })
})
