import type { TestDatabase } from '../../../house/postgres.ts'
import type { Pool } from '../../src/postgres/pool.ts'
import { eventually } from './eventually.ts'

/** Waits until a statement with this text runs in the database; gives the number of its process. */
export const running = async (admin: Pool, { database }: TestDatabase, text: string): Promise<number> => {
  const select = "SELECT pid FROM pg_stat_activity WHERE datname = $1 AND state = 'active' AND query LIKE $2 AND pid <> pg_backend_pid()"
  const find = async () => (await admin.query<{ pid: number }>(select, [database, `%${text}%`])).rows[0]?.pid ?? 0
  await eventually(find).toBeGreaterThan(0)
  return await find()
}
