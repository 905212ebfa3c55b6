import type { SourceBatch } from '../definition/batch.ts'
import type { AnyStoredView } from '../definition/definition.ts'
import { storeError } from '../errors.ts'
import { sqlState, statementFailure } from '../postgres/failure.ts'
import type { Pool } from '../postgres/pool.ts'
import type { EntityKeyVersion } from './entity-key.ts'
import {
  dismissJobs,
  ensureJobTable,
  failJob,
  failSilentJobs,
  finishJob,
  hasJobTable,
  type Job,
  listJobs,
  markRecorded,
  renewLease,
  startJob,
  unrecordedJobs,
} from './job.ts'
import { KeyVersions } from './key-version.ts'
import { loadOnline } from './load.ts'
import { mergeSql } from './merge.ts'
import type { JobRequest, LoadOptions, LoadResult, OnlineStore, OnlineView } from './online.ts'
import { type EncodedCounts, onlineRows, onlineRowWriter } from './online-rows.ts'
import { forgetDrops, noteDrops, notedDrops } from './pending-drop.ts'
import { joinKeysOf } from './plan.ts'
import type { Reading } from './read.ts'
import { createSchemaSql, createTableSql, dropTableSql, type OnlineTable, type OnlineTableOptions, onlineTable } from './table.ts'

/** What a PostgreSQL online store is opened with. */
export interface PostgresOnlineOptions extends OnlineTableOptions {
  readonly pool: Pool
  readonly reader: OnlineReader
  readonly schema: string
  readonly project: string
  readonly keyVersion: EntityKeyVersion
  /** Whether the configuration says so. Where it does not, tables are looked at before they are read or written. */
  readonly keyVersionStated: boolean
}

/** Runs the statements of a read plan and hands their rows to a reading, in PostgreSQL's binary form. */
export interface OnlineReader extends AsyncDisposable {
  read(reading: Reading, options: { readonly snapshot?: boolean; readonly signal?: AbortSignal }): Promise<void>
}

/** How often a running job says that it lives. */
const heartbeatMs = 20_000

const words = (error: unknown): string => (error instanceof Error ? error.message : String(error))

class PostgresOnline implements OnlineStore {
  readonly #options: PostgresOnlineOptions
  readonly #pool: Pool
  readonly #keyVersions: KeyVersions | undefined

  constructor(options: PostgresOnlineOptions) {
    this.#options = options
    this.#pool = options.pool
    this.#keyVersions = options.keyVersionStated ? undefined : new KeyVersions(options.pool, options.keyVersion)
  }

  tableOf(view: Pick<AnyStoredView, 'name'>): OnlineTable {
    return onlineTable(this.#options.schema, this.#options.project, view.name)
  }

  async createTables(views: readonly OnlineView[]): Promise<void> {
    if (views.length === 0) return
    const missing = await this.#missing(views)
    if (missing.length === 0) return
    await this.#pool.transaction(async ({ query }) => {
      const { rows } = await query<{ present: boolean }>('SELECT to_regnamespace(quote_ident($1)) IS NOT NULL AS present', [
        this.#options.schema,
      ])
      if (rows[0]?.present !== true) await query(createSchemaSql(this.#options.schema))
      for (const view of missing) {
        const text = view.fields.some((field) => field.type.name === 'STRING')
        for (const statement of createTableSql(this.tableOf(view), { ...this.#options, text })) await query(statement)
      }
    })
  }

  async #missing(views: readonly OnlineView[]): Promise<readonly OnlineView[]> {
    const { rows } = await this.#pool.query<{ name: string }>(
      'SELECT tablename AS name FROM pg_tables WHERE schemaname = $1 AND tablename = ANY($2::text[])',
      [this.#options.schema, views.map((view) => this.tableOf(view).name)],
      { idempotent: true },
    )
    const present = new Set(rows.map(({ name }) => name))
    return views.filter((view) => !present.has(this.tableOf(view).name))
  }

  async dropTables(views: readonly string[]): Promise<void> {
    if (views.length === 0) return
    const { project } = this.#options
    await this.#pool.transaction(async (transaction) => {
      for (const name of views) await transaction.query(dropTableSql(this.tableOf({ name })))
      await dismissJobs(transaction, project, views)
      await forgetDrops(transaction, project, views)
    })
  }

  async noteDrops(views: readonly string[]): Promise<void> {
    if (views.length > 0) await this.#pool.transaction((transaction) => noteDrops(transaction, this.#options.project, views))
  }

  async notedDrops(): Promise<readonly string[]> {
    return await notedDrops(this.#pool, this.#options.project)
  }

  async keepTables(views: readonly string[]): Promise<void> {
    if (views.length > 0) await forgetDrops(this.#pool, this.#options.project, views)
  }

  read(reading: Reading, options: { readonly snapshot?: boolean; readonly signal?: AbortSignal } = {}): Promise<void> {
    return this.#keyVersions === undefined
      ? this.#options.reader.read(reading, options)
      : this.#readChecked(this.#keyVersions, reading, options)
  }

  async #readChecked(
    versions: KeyVersions,
    reading: Reading,
    options: { readonly snapshot?: boolean; readonly signal?: AbortSignal },
  ): Promise<void> {
    const { groups, keySets } = reading.plan
    await versions.check(groups.map(({ table, keySet }) => ({ table, joinKeys: keySets[keySet]?.encoder.names ?? [] })))
    await this.#options.reader.read(reading, options)
  }

  async load(view: AnyStoredView, batches: AsyncIterable<SourceBatch> | Iterable<SourceBatch>, options: LoadOptions): Promise<LoadResult> {
    const { job } = options
    await this.#keyVersions?.check([{ table: this.tableOf(view), joinKeys: joinKeysOf(view).map(({ name }) => name) }])
    if (job === undefined) return await this.#write(view, batches, options)
    await this.#enter(job)
    const heartbeat = setInterval(() => {
      // A heartbeat that fails is not what fails the job: the write that follows it says what is wrong.
      renewLease(this.#pool, job.id).catch(() => undefined)
    }, heartbeatMs)
    try {
      return await this.#write(view, batches, options)
    } catch (error) {
      await this.#enterFailure(job, options.signal?.aborted === true ? 'cancelled' : 'failed', error)
      throw error
    } finally {
      clearInterval(heartbeat)
    }
  }

  async #enter(job: JobRequest): Promise<void> {
    await this.#pool.transaction(async (transaction) => {
      await ensureJobTable(transaction)
      await failSilentJobs(transaction, job.project)
      await startJob(transaction, job)
    })
  }

  async #enterFailure(job: JobRequest, state: 'failed' | 'cancelled', error: unknown): Promise<void> {
    try {
      await failJob(this.#pool, job.id, state, words(error))
    } catch (cause) {
      throw storeError('STORE_JOB_LOST', [job.view, words(error)], { cause })
    }
  }

  async #write(
    view: AnyStoredView,
    batches: AsyncIterable<SourceBatch> | Iterable<SourceBatch>,
    options: LoadOptions,
  ): Promise<LoadResult> {
    const counts: EncodedCounts = { rows: 0, skippedRows: 0, values: 0 }
    const writer = onlineRowWriter(view, this.#options.keyVersion)
    const rows = onlineRows(
      writer,
      watched(batches, () => options.onProgress?.(counts)),
      counts,
    )
    return await this.#pool.transaction(
      async (transaction) => {
        const table = this.tableOf(view)
        const { written } = await loadOnline(transaction.client, table, rows, {
          distinct: options.distinct,
          ...(options.signal === undefined ? {} : { signal: options.signal }),
        }).catch((error: unknown) => {
          // Whichever statement was refused, the merge needs all of its grants.
          throw sqlState(error) === '42501' ? statementFailure(error, this.#pool.target, mergeSql(table)) : error
        })
        if (options.job !== undefined)
          await finishJob(transaction, options.job.id, {
            rows: BigInt(counts.rows),
            skippedRows: BigInt(counts.skippedRows),
            values: BigInt(written ?? counts.values),
          })
        return { ...counts, written }
      },
      { signal: options.signal },
    )
  }

  async jobs(
    project: string,
    options: { readonly view?: string; readonly limit: number; readonly offset?: number },
  ): Promise<readonly Job[]> {
    return (await hasJobTable(this.#pool)) ? await listJobs(this.#pool, project, options) : []
  }

  async unrecordedJobs(project: string): Promise<readonly Job[]> {
    return (await hasJobTable(this.#pool)) ? await unrecordedJobs(this.#pool, project) : []
  }

  async markRecorded(ids: readonly string[]): Promise<void> {
    await markRecorded(this.#pool, ids)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#options.reader[Symbol.asyncDispose]()
    await this.#pool.close()
  }
}

/** Calls back after each batch that was taken. */
const watched = async function* (
  batches: AsyncIterable<SourceBatch> | Iterable<SourceBatch>,
  after: () => void,
): AsyncGenerator<SourceBatch> {
  for await (const batch of batches) {
    yield batch
    after()
  }
}

/** An online store on PostgreSQL, in Feast's tables. Opening makes nothing and asks nothing. */
export const postgresOnline = (options: PostgresOnlineOptions): OnlineStore => new PostgresOnline(options)
