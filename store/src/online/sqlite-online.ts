import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { SourceBatch } from '../definition/batch.ts'
import { ByteWriter } from '../definition/byte-writer.ts'
import type { AnyStoredView } from '../definition/definition.ts'
import { storeError } from '../errors.ts'
import type { EntityKeyVersion } from './entity-key.ts'
import type { Job } from './job.ts'
import type { LoadOptions, LoadResult, OnlineStore, OnlineView } from './online.ts'
import { type EncodedCounts, keyColumns, onlineRowWriter } from './online-rows.ts'
import type { Reading } from './read.ts'
import { dismissSqliteJobs, endSqliteJob, markSqliteRecorded, sqliteJobs, startSqliteJob, unrecordedSqliteJobs } from './sqlite-job.ts'
import { forgetSqliteDrops, notedSqliteDrops, noteSqliteDrops } from './sqlite-pending-drop.ts'
import { type HostOffset, hostOffset, microsecondsOfStored, storedSeconds } from './sqlite-time.ts'
import type { OnlineTable } from './table.ts'

/** What a SQLite online store is opened with. */
export interface SqliteOnlineOptions {
  readonly path: string
  readonly project: string
  readonly keyVersion: EntityKeyVersion
  /** Microseconds since 1970 (UTC). */
  readonly now: () => bigint
  /** The host's own offset from UTC, which Feast lets into the file; this host's when left out. */
  readonly offset?: HostOffset
}

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** Writes one value unless a newer one is there. */
const upsertStatement = (table: string, hasText: boolean): string => {
  const columns = ['value', ...(hasText ? ['value_text'] : []), 'event_ts', 'created_ts']
  return `INSERT INTO ${quote(table)} AS t (entity_key, feature_name, ${columns.join(', ')}) VALUES (?, ?, ${columns.map(() => '?').join(', ')})
ON CONFLICT (entity_key, feature_name) DO UPDATE SET ${columns.map((column) => `${column} = excluded.${column}`).join(', ')}
WHERE (coalesce(excluded.event_ts, -1e300), coalesce(excluded.created_ts, -1e300)) >= (coalesce(t.event_ts, -1e300), coalesce(t.created_ts, -1e300))`
}

/** SQLite's limit of parameters in one statement is far above; a request of more keys is read in several. */
const keysAtOnce = 500

class SqliteOnline implements OnlineStore {
  readonly #options: SqliteOnlineOptions
  readonly #offset: HostOffset
  #opened: DatabaseSync | undefined

  constructor(options: SqliteOnlineOptions) {
    this.#options = options
    this.#offset = options.offset ?? hostOffset
  }

  get #database(): DatabaseSync {
    if (this.#opened !== undefined) return this.#opened
    try {
      mkdirSync(dirname(this.#options.path), { recursive: true })
      this.#opened = new DatabaseSync(this.#options.path, { timeout: 5000 })
      return this.#opened
    } catch (cause) {
      throw storeError('STORE_SQLITE_FAILED', ['open', this.#options.path, cause instanceof Error ? cause.message : String(cause)], {
        cause,
      })
    }
  }

  tableOf(view: Pick<AnyStoredView, 'name'>): OnlineTable {
    return { schema: '', name: `${this.#options.project}_${view.name}` }
  }

  async createTables(views: readonly OnlineView[]): Promise<void> {
    for (const view of views) {
      const { name } = this.tableOf(view)
      this.#database.exec(`CREATE TABLE IF NOT EXISTS ${quote(name)} (entity_key BLOB, feature_name TEXT, value BLOB, value_text TEXT, vector_value BLOB,
  event_ts timestamp, created_ts timestamp, PRIMARY KEY(entity_key, feature_name))`)
      this.#database.exec(`CREATE INDEX IF NOT EXISTS ${quote(`${name}_ek`)} ON ${quote(name)} (entity_key)`)
    }
  }

  async dropTables(views: readonly string[]): Promise<void> {
    for (const name of views) {
      this.#database.exec(`DROP TABLE IF EXISTS ${quote(this.tableOf({ name }).name)}`)
      dismissSqliteJobs(this.#database, this.#options.project, name)
    }
    forgetSqliteDrops(this.#database, this.#options.project, views)
  }

  async noteDrops(views: readonly string[]): Promise<void> {
    noteSqliteDrops(this.#database, this.#options.project, views)
  }

  async notedDrops(): Promise<readonly string[]> {
    return notedSqliteDrops(this.#database, this.#options.project)
  }

  async keepTables(views: readonly string[]): Promise<void> {
    forgetSqliteDrops(this.#database, this.#options.project, views)
  }

  async read(reading: Reading): Promise<void> {
    reading.plan.groups.forEach((group, at) => {
      const keys = reading.keys[group.keySet]?.keys ?? []
      for (let from = 0; from < keys.length; from += keysAtOnce) {
        const some = keys.slice(from, from + keysAtOnce)
        const statement = this.#database.prepare(
          `SELECT entity_key, feature_name, value, event_ts FROM ${quote(group.table.name)} WHERE entity_key IN (${some.map(() => '?').join(', ')})`,
        )
        for (const { entity_key: key, feature_name: feature, value, event_ts: time } of statement.iterate(...some)) {
          if (!(key instanceof Uint8Array)) continue
          reading.cell(at, {
            key: Buffer.from(key),
            feature: String(feature),
            value: value instanceof Uint8Array ? Buffer.from(value) : null,
            time: typeof time === 'number' ? microsecondsOfStored(time, this.#offset) : null,
          })
        }
      }
    })
  }

  async load(view: AnyStoredView, batches: AsyncIterable<SourceBatch> | Iterable<SourceBatch>, options: LoadOptions): Promise<LoadResult> {
    const { job } = options
    if (job !== undefined) startSqliteJob(this.#database, job, this.#options.now())
    const counts: EncodedCounts = { rows: 0, skippedRows: 0, values: 0 }
    try {
      // Rows are gathered before the transaction: another writer would else wait for our source.
      const gathered: SourceBatch[] = []
      for await (const batch of batches) {
        options.signal?.throwIfAborted()
        gathered.push(batch)
      }
      this.#database.exec('BEGIN IMMEDIATE')
      const written = gathered.reduce((sum, batch) => sum + this.#writeBatch(view, batch, counts), 0)
      options.onProgress?.(counts)
      if (job !== undefined) endSqliteJob(this.#database, job.id, { state: 'succeeded', now: this.#options.now(), ...counts })
      this.#database.exec('COMMIT')
      return { ...counts, written }
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
      const state = options.signal?.aborted === true ? 'cancelled' : 'failed'
      if (job !== undefined)
        endSqliteJob(this.#database, job.id, {
          state,
          now: this.#options.now(),
          error: error instanceof Error ? error.message : String(error),
        })
      throw error
    }
  }

  #writeBatch(view: AnyStoredView, batch: SourceBatch, counts: EncodedCounts): number {
    const writer = onlineRowWriter(view, this.#options.keyVersion)
    const { name } = this.tableOf(view)
    // Feast made tables without the column until 0.50.
    const hasText = this.#database.prepare(`SELECT 1 FROM pragma_table_info(?) WHERE name = 'value_text'`).get(name) !== undefined
    const upsert = this.#database.prepare(upsertStatement(name, hasText))
    const byName = new Map(batch.columns.map((column) => [column.name, column.values]))
    const keys = keyColumns(writer, batch)
    const [key, value] = [new ByteWriter(128), new ByteWriter(256)]
    let written = 0
    for (let row = 0; row < batch.rows; row++) {
      const event = batch.eventTimes[row]
      if (event === undefined || keys.some((column) => column[row] === null || column[row] === undefined)) {
        counts.skippedRows++
        continue
      }
      counts.rows++
      key.length = 0
      writer.encoder.write(key, keys, row)
      const created = batch.createdTimes[row] ?? null
      for (const feature of writer.features) {
        const column = byName.get(feature.column)
        if (column === undefined) continue
        value.length = 0
        const cell = column[row] ?? null
        feature.write(value, cell)
        counts.values++
        const text = feature.text && typeof cell === 'string' ? cell : null
        const [eventTime, createdTime] = [
          storedSeconds(event, this.#offset),
          created === null ? null : storedSeconds(created, this.#offset),
        ]
        const texts = hasText ? [text] : []
        written += Number(upsert.run(key.copy(), feature.column, value.copy(), ...texts, eventTime, createdTime).changes)
      }
    }
    return written
  }

  async jobs(
    project: string,
    options: { readonly view?: string; readonly limit: number; readonly offset?: number },
  ): Promise<readonly Job[]> {
    return sqliteJobs(this.#database, project, options)
  }

  async unrecordedJobs(project: string): Promise<readonly Job[]> {
    return unrecordedSqliteJobs(this.#database, project)
  }

  async markRecorded(ids: readonly string[]): Promise<void> {
    markSqliteRecorded(this.#database, ids)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#opened?.close()
  }
}

/** An online store in a SQLite file, in Feast's layout: for a laptop without a server. Opening touches no file. */
export const openSqliteOnline = (options: SqliteOnlineOptions): OnlineStore => new SqliteOnline(options)
