import { onTestFinished } from 'vitest'
import { testDatabase } from '../../../house/postgres.ts'
import { openPool, type Pool } from '../../src/postgres/pool.ts'
import type { Queryable } from '../../src/postgres/query.ts'
import { parsePostgresUrl } from '../../src/postgres/url.ts'
import { kindList } from '../../src/registry/kind.ts'
import { openSqlRegistry, type SqlRegistryOptions } from '../../src/registry/sql.ts'

/** Opens a database. */
export const openDatabase = (url: string): Pool => openPool(parsePostgresUrl(url), { max: 4 })

/** An empty database that is closed when the test is done. */
export const freshDatabase = async (): Promise<{ readonly database: Pool; readonly url: string; readonly adminUrl: string }> => {
  const { url, adminUrl } = await testDatabase()
  const database = openDatabase(url)
  onTestFinished(() => database.close())
  return { database, url, adminUrl }
}

/** An SQL registry on an empty database. */
export const freshRegistry = async (options: Partial<SqlRegistryOptions> = {}) => {
  const fresh = await freshDatabase()
  return { ...fresh, registry: openSqlRegistry(fresh.database, { where: 'test', ...options }) }
}

/** Every row of every table with its transaction: what changes when a row is written again, even with the same bytes. */
export const rowsOf = async (database: Queryable) => {
  const tables = [...kindList.map(({ table }) => table), 'feast_metadata', 'feature_view_version_history']
  const parts = tables.map((table) => `SELECT '${table}' AS "table", t.xmin::text, t::text AS row FROM ${table} t`)
  return (await database.query(`${parts.join(' UNION ALL ')} ORDER BY 1, 3`)).rows
}
