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

/** Begins a transaction with our settings; `snapshot` is one that another connection exported. */
const begin = async (client: pg.Client, pool: Pool, writes: boolean, snapshot?: string): Promise<void> => {
  await client.query(`BEGIN ISOLATION LEVEL REPEATABLE READ, READ ${writes ? 'WRITE' : 'ONLY'}`)
  if (snapshot !== undefined) await client.query(`SET TRANSACTION SNAPSHOT ${quoteLiteral(snapshot)}`)
  // Compiling a plan (JIT) takes longer than it saves on any of ours, and no probe comes twice, so that remembering answers (memoize) saves none.
  const settings = { ...transactionSettings(pool.target), jit: 'off', enable_memoize: 'off', work_mem: workMem }
  const calls = Object.entries(settings).map(([name, value]) => `pg_catalog.set_config('${name}', ${quoteLiteral(value)}, true)`)
  await client.query(`SELECT ${calls.join(', ')}`)
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
      await begin(client, pool, options.writes === true)
      const result = await read(client)
      await client.query('COMMIT')
      return result
    },
    options.signal === undefined ? {} : { signal: options.signal },
  )

/**
 * Runs `read` on a second connection that sees what the first one sees, writing temporary tables only. Undefined when there is none to be
 * had: the pool has none to spare, or the server gives no other; `read` has not begun then.
 *
 * @example
 * await inSnapshot(pool, {}, (first) => besideSnapshot(pool, first, undefined, (second) => second.query('SELECT count(*) FROM driver_stats')))
 */
export const besideSnapshot = async <Result>(
  pool: Pool,
  first: pg.ClientBase,
  signal: AbortSignal | undefined,
  read: (client: pg.Client) => Promise<Result>,
): Promise<{ readonly result: Result } | undefined> => {
  if (!pool.spare) return undefined
  let begun = false
  try {
    return await pool.client(
      async (client) => {
        const { rows } = await first.query<{ readonly id: string }>('SELECT pg_export_snapshot() AS id')
        await begin(client, pool, true, rows[0]?.id)
        begun = true
        const result = await read(client)
        await client.query('COMMIT')
        return { result }
      },
      signal === undefined ? {} : { signal },
    )
  } catch (error) {
    if (begun || signal?.aborted === true) throw error
    return undefined
  }
}
