import { describe, expect, onTestFinished, test } from 'vitest'
import { testDatabase } from '../../../house/postgres.ts'
import { openPool } from '../../src/postgres/pool.ts'
import { openRowReader } from '../../src/postgres/read.ts'
import { startupParameters } from '../../src/postgres/startup.ts'
import { type PostgresTarget, postgresTarget } from '../../src/postgres/target.ts'
import { parsePostgresUrl } from '../../src/postgres/url.ts'
import { readRows } from './collect.ts'
import { failureOf } from './failure-of.ts'

// What must hold for a PgBouncer in transaction mode, shown on PostgreSQL itself: the startup message holds only what PgBouncer tracks, no
// statement leaves anything in the session, and every statement has its settings all the same.

const place = async (parts: Partial<PostgresTarget> = {}) => {
  const database = await testDatabase()
  const target = postgresTarget({ ...parsePostgresUrl(database.url), pooled: true, searchPath: 'one,two', ...parts })
  const pool = openPool(target, { max: 1 })
  onTestFinished(() => pool.close())
  return { target, pool }
}

const sessionOf = async (pool: ReturnType<typeof openPool>): Promise<Record<string, string> | undefined> =>
  await pool.client(async (client) => {
    const text = `SELECT current_setting('search_path') AS path, current_setting('statement_timeout') AS timeout,
      (SELECT count(*)::text FROM pg_prepared_statements) AS prepared`
    return (await client.query(text)).rows[0]
  })

const untouched = { path: '"$user", public', timeout: '0', prepared: '0' }

test('the startup message holds only what PgBouncer tracks', async () => {
  const { target } = await place({ statementTimeoutMs: 500 })
  expect(Object.keys(startupParameters(target, { jit: 'off' })).sort()).toEqual([
    'DateStyle',
    'TimeZone',
    'application_name',
    'database',
    'user',
  ])
})

test('options of the target itself are sent, since somebody asked for them', async () => {
  const { target } = await place({ options: '-c geqo=off' })
  expect(startupParameters(target)).toMatchObject({ options: '-c geqo=off' })
})

describe('the pool', () => {
  test('gives each statement its search path, prepares nothing, and leaves the session as it was', async () => {
    const { pool } = await place()
    for (let at = 0; at < 2; at++) {
      expect((await pool.query('SHOW search_path', [], { name: 'never' })).rows).toEqual([{ search_path: 'one,two' }])
    }
    const inside = await pool.transaction(async (tx) => (await tx.query('SHOW search_path')).rows)
    expect(inside).toEqual([{ search_path: 'one,two' }])
    expect(await sessionOf(pool)).toEqual(untouched)
  })

  test('keeps to the statement timeout', async () => {
    const { pool } = await place({ statementTimeoutMs: 100 })
    expect((await failureOf(pool.query('SELECT pg_sleep(60)'))).code).toBe('STORE_POSTGRES_TIMEOUT')
    expect(await sessionOf(pool)).toEqual(untouched)
  })
})

describe.each(['wire', 'pg'] as const)('reading over %s', (over) => {
  test('gives each read its search path and settings, and nothing but its own rows', async () => {
    const { target } = await place()
    await using reader = openRowReader(target, { over, size: 1, settings: { max_parallel_workers_per_gather: '0' } })
    const text = "SELECT current_setting('search_path'), current_setting('max_parallel_workers_per_gather')"
    const all = await Promise.all(Array.from({ length: 20 }, () => readRows(reader, text, 2)))
    for (const rows of all) expect(rows).toEqual([[Buffer.from('one,two'), Buffer.from('0')]])
    const [prepared] = await readRows(reader, 'SELECT count(*)::text FROM pg_prepared_statements', 1)
    expect(prepared).toEqual([Buffer.from('0')])
    expect((await failureOf(readRows(reader, 'SELECT * FROM nowhere', 1))).code).toBe('STORE_POSTGRES_TABLE_MISSING')
    expect(await readRows(reader, text, 2)).toHaveLength(1)
  })

  test('keeps to the statement timeout', async () => {
    const { target } = await place({ statementTimeoutMs: 100 })
    await using reader = openRowReader(target, { over, size: 1 })
    const behind = readRows(reader, "SELECT 'short' FROM pg_sleep(0.01)", 1)
    expect((await failureOf(readRows(reader, 'SELECT pg_sleep(60)', 1))).code).toBe('STORE_POSTGRES_TIMEOUT')
    expect(await behind).toEqual([[Buffer.from('short')]])
  })
})
