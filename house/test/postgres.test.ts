import pg from 'pg'
import { expect, test } from 'vitest'
import { testDatabase } from '../postgres.ts'

const query = async (url: string, sql: string): Promise<readonly Record<string, unknown>[]> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

test('every call makes a database and a role of its own', async () => {
  const [a, b] = await Promise.all([testDatabase(), testDatabase()])
  expect(a.database).not.toBe(b.database)
  await query(a.url, 'CREATE TABLE t AS SELECT 1 AS x')
  expect(await query(a.url, 'SELECT current_user AS u, x FROM t')).toEqual([{ u: a.user, x: 1 }])
  await expect(query(b.url, 'SELECT x FROM t')).rejects.toThrow('relation "t" does not exist')
})

test('the superuser reaches the same database', async () => {
  const { adminUrl, database } = await testDatabase()
  expect(await query(adminUrl, 'SELECT current_database() AS d, rolsuper FROM pg_roles WHERE rolname = current_user')).toEqual([
    { d: database, rolsuper: true },
  ])
})

test('the server speaks UTC and asks for a password', async () => {
  const { url, database, host, port } = await testDatabase()
  expect(await query(url, 'SHOW timezone')).toEqual([{ TimeZone: 'UTC' }])
  await expect(query(`postgresql://${database}:wrong@${host}:${port}/${database}`, 'SELECT 1')).rejects.toThrow(
    'password authentication failed',
  )
})
