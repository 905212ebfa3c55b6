import pg from 'pg'
import { onTestFinished } from 'vitest'
import { testDatabase } from '../../../house/postgres.ts'
import type { Database, Sql } from '../../src/registry/database.ts'
import { kindList } from '../../src/registry/kind.ts'
import { openSqlRegistry, type SqlRegistryOptions } from '../../src/registry/sql.ts'

const types: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') => (oid === 20 ? BigInt : pg.types.getTypeParser(oid, format ?? 'text')),
}

const sqlOf = (client: pg.Pool | pg.PoolClient): Sql => ({
  query: async (text, values) => {
    const { rows, rowCount } = await client.query({ text, values: values ? [...values] : [], types })
    return { rows, rowCount: rowCount ?? 0 }
  },
})

/** Opens a database over `pg`. */
export const openDatabase = (url: string): Database & { end(): Promise<void>; readonly pool: pg.Pool } => {
  const pool = new pg.Pool({ connectionString: url, max: 4 })
  pool.on('error', () => undefined)
  return {
    ...sqlOf(pool),
    pool,
    end: () => pool.end(),
    transaction: async (run) => {
      const client = await pool.connect()
      const lost = () => undefined // a test ended the backend: the statement's own error tells
      client.on('error', lost)
      try {
        await client.query('BEGIN')
        const result = await run(sqlOf(client))
        await client.query('COMMIT')
        client.off('error', lost)
        client.release()
        return result
      } catch (error) {
        await client.query('ROLLBACK').catch(() => undefined)
        client.release(true)
        throw error
      }
    },
  }
}

/** An empty database that is closed when the test is done. */
export const freshDatabase = async (): Promise<Database & { readonly url: string; readonly adminUrl: string; readonly pool: pg.Pool }> => {
  const { url, adminUrl } = await testDatabase()
  const database = openDatabase(url)
  onTestFinished(() => database.end())
  return { ...database, url, adminUrl }
}

/** An SQL registry on an empty database. */
export const freshRegistry = async (options: Partial<SqlRegistryOptions> = {}) => {
  const database = await freshDatabase()
  return { database, registry: openSqlRegistry(database, { where: 'test', ...options }) }
}

/** Every row of every table with its transaction: what changes when a row is written again, even with the same bytes. */
export const rowsOf = async (database: Database) => {
  const tables = [...kindList.map(({ table }) => table), 'feast_metadata', 'feature_view_version_history']
  const parts = tables.map((table) => `SELECT '${table}' AS "table", t.xmin::text, t::text AS row FROM ${table} t`)
  return (await database.query(`${parts.join(' UNION ALL ')} ORDER BY 1, 3`)).rows
}
