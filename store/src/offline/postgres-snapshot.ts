import type pg from 'pg'
import { quoteLiteral } from '../postgres/identifier.ts'
import type { Pool } from '../postgres/pool.ts'
import { transactionSettings } from '../postgres/startup.ts'

/** Memory of one sort or hash in our statements: what the measured plans were given. PostgreSQL's own 4 MB would spill them. */
const workMem = '128MB'

/** How a read of history goes. */
export interface SnapshotOptions {
  /** Probes will be uploaded into a temporary table, or rows written. */
  readonly writes?: boolean
  readonly signal?: AbortSignal | undefined
}

/**
 * Runs `read` in one transaction, all of whose statements see the database as it was at the first: all views and all chunks of a training
 * set agree. An abort stops the running statement inside PostgreSQL. When `read` throws, the connection is closed, which rolls back.
 *
 * @example
 * await inSnapshot(pool, {}, async (client) => client.query('SELECT count(*) FROM driver_stats'))
 */
export const inSnapshot = <Result>(pool: Pool, options: SnapshotOptions, read: (client: pg.Client) => Promise<Result>): Promise<Result> =>
  pool.client(
    async (client) => {
      await client.query(`BEGIN ISOLATION LEVEL REPEATABLE READ, READ ${options.writes === true ? 'WRITE' : 'ONLY'}`)
      // Compiling a plan (JIT) takes longer than it saves on any of ours.
      const settings = { ...transactionSettings(pool.target), jit: 'off', work_mem: workMem }
      const calls = Object.entries(settings).map(([name, value]) => `pg_catalog.set_config('${name}', ${quoteLiteral(value)}, true)`)
      await client.query(`SELECT ${calls.join(', ')}`)
      const result = await read(client)
      await client.query('COMMIT')
      return result
    },
    options.signal === undefined ? {} : { signal: options.signal },
  )
