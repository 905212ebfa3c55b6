import type { Batch, SourceBatch } from '../definition/batch.ts'
import type { DatasetStorage } from '../definition/saved-dataset.ts'
import type { BatchSource } from '../definition/source.ts'
import { allowed, type StoreError, storeError } from '../errors.ts'
import { quoteIdentifier } from '../postgres/identifier.ts'
import type { Pool } from '../postgres/pool.ts'
import type { EntityReaders } from './entity-rows.ts'
import type { Explanation } from './explanation.ts'
import type {
  ExplainRequest,
  OfflineStore,
  PointInTimeRequest,
  PullRequest,
  RangeRequest,
  Retrieval,
  SourceColumn,
  Strategy,
} from './offline.ts'
import { chunkRows, type OpenSession, pointInTimeOf } from './point-in-time.ts'
import { explainPostgres } from './postgres-explain.ts'
import { type Beside, PostgresJoinSession } from './postgres-join-session.ts'
import { pullAllRows, pullLatestRows } from './postgres-pull.ts'
import { queryHeader, readOnSession, readQuery } from './postgres-query.ts'
import { momentsSql } from './postgres-range.ts'
import { storedTypeOf, valueTypeOf } from './postgres-schema.ts'
import { besideSnapshot, inSnapshot } from './postgres-snapshot.ts'
import { describeTable, describeTables, isTimeColumn, postgresSourceOf, timeColumn } from './postgres-table.ts'
import { copyBatches } from './postgres-text.ts'
import { checkRange, momentColumn, rangeHeader } from './range.ts'
import { streamed } from './stream.ts'

const tableOf = (storage: DatasetStorage): string => {
  if (storage.kind === 'postgres') return storage.table
  throw storeError('STORE_DATASET_UNSUPPORTED', [storage.kind, 'the offline store is PostgreSQL; allowed: postgres'])
}

const temporarySql = `SELECT has_database_privilege(current_database(), 'TEMPORARY') AND NOT pg_is_in_recovery() AS able`

/** History in PostgreSQL. Made by {@link openPostgresOffline}. */
class PostgresOfflineStore implements OfflineStore {
  readonly #pool: Pool
  readonly #file: EntityReaders['file']
  #temporary: Promise<boolean> | undefined

  constructor(pool: Pool, file: EntityReaders['file']) {
    this.#pool = pool
    this.#file = file
  }

  pointInTime(request: PointInTimeRequest): Retrieval {
    return pointInTimeOf((signal, work) => this.#session(request.strategy ?? 'auto', signal, work), request)
  }

  range(request: RangeRequest): Retrieval {
    const { start: _, end: __, ...rest } = request
    // The moments are a query, which takes the types of the sources' columns to write.
    const open: OpenSession = async (signal, work) => {
      checkRange(request)
      const sql = await inSnapshot(this.#pool, { signal }, async (client) => {
        const times = request.views.map(async ({ source }) =>
          timeColumn(await describeTable(client, postgresSourceOf(source)), source.timestampField),
        )
        return momentsSql(request, await Promise.all(times))
      })
      await this.#session(request.strategy ?? 'auto', signal, work, sql)
    }
    const retrieval = pointInTimeOf(open, { ...rest, entityRows: { sql: '' }, eventTimestampColumn: momentColumn })
    return { ...retrieval, header: async () => rangeHeader(request) }
  }

  pullLatest(request: PullRequest): AsyncIterable<SourceBatch> {
    return this.#pull(request, pullLatestRows)
  }

  pullAll(request: PullRequest): AsyncIterable<SourceBatch> {
    return this.#pull(request, pullAllRows)
  }

  async write(source: BatchSource, batches: AsyncIterable<Batch> | Iterable<Batch>): Promise<number> {
    const postgres = postgresSourceOf(source)
    const fault = (why: string): StoreError => storeError('STORE_SOURCE_WRITE_REFUSED', [source.name, why])
    if (postgres.table === '') throw fault('it is a query; allowed: a table')
    const given = await peeked(batches)
    if (given.first === undefined) return 0
    const names = given.first.columns.map(({ name }) => name)
    return await inSnapshot(this.#pool, { writes: true }, async (client) => {
      const { columns } = await describeTable(client, postgres)
      const extra = names.find((name) => !columns.has(name))
      if (extra !== undefined) throw fault(`it has no column "${extra}"; ${allowed(columns.keys())}`)
      if (!names.includes(source.timestampField)) throw fault(`the rows have no "${source.timestampField}", which is its event time`)
      return await copyBatches(client, `${postgres.table} (${names.map(quoteIdentifier).join(', ')})`, given.all)
    }).finally(() => given.close())
  }

  async describeSources(sources: readonly BatchSource[]): Promise<readonly (readonly SourceColumn[])[]> {
    const tables = await inSnapshot(this.#pool, {}, (client) => describeTables(client, sources.map(postgresSourceOf)))
    return tables.map(({ columns }) =>
      Array.from(columns.values(), (column) => ({
        name: column.name,
        storedAs: column.storedAs,
        type: valueTypeOf(column.type),
        time: isTimeColumn(column),
      })),
    )
  }

  async persist(storage: DatasetStorage, result: Retrieval, options: { readonly allowOverwrite?: boolean } = {}): Promise<void> {
    const table = tableOf(storage)
    const given = await peeked(result.batches())
    const columns = (given.first?.columns ?? []).map(({ name, type }) => `${quoteIdentifier(name)} ${storedTypeOf(type)}`)
    await inSnapshot(this.#pool, { writes: true }, async (client) => {
      const { rows } = await client.query('SELECT to_regclass($1) IS NOT NULL AS present', [table])
      if (rows[0]?.present === true) {
        if (options.allowOverwrite !== true) throw storeError('STORE_DATASET_EXISTS', [table])
        await client.query(`DROP TABLE ${table}`)
      }
      await client.query(`CREATE TABLE ${table} (${columns.join(', ')})`)
      await copyBatches(client, table, given.all)
    }).finally(() => given.close())
  }

  datasetStorage(name: string): DatasetStorage {
    return { kind: 'postgres', table: quoteIdentifier(name) }
  }

  readDataset(storage: DatasetStorage): Retrieval {
    const sql = `SELECT * FROM ${tableOf(storage)}`
    return {
      header: () => inSnapshot(this.#pool, {}, (client) => queryHeader(client, sql)),
      batches: () => this.#query(sql, undefined),
      plan: async () => [],
    }
  }

  explain(request: ExplainRequest): Promise<Explanation> {
    return inSnapshot(this.#pool, {}, (client) => explainPostgres(client, request))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool.close()
  }

  #query(sql: string, outer: AbortSignal | undefined): AsyncIterable<Batch> {
    return streamed<Batch>((emit, signal) => inSnapshot(this.#pool, { signal }, (client) => readQuery(client, sql, emit)), outer)
  }

  /** `query` stands in for the query of the entity rows. */
  async #session(strategy: Strategy, signal: AbortSignal | undefined, work: Parameters<OpenSession>[1], query?: string): Promise<void> {
    const temporary = await this.#canMakeTables()
    await inSnapshot(this.#pool, { writes: temporary, signal }, (client) => {
      const sql: EntityReaders['sql'] = (given) => readOnSession(client, query ?? given, { size: chunkRows, temporary })
      const beside: Beside = (...rest) => besideSnapshot(this.#pool, ...rest)
      return work(new PostgresJoinSession(client, { strategy, temporary, beside, readers: { sql, file: this.#file } }))
    })
  }

  /** Whether temporary tables can be made: not on a standby, and not by a role that lacks the right. */
  async #canMakeTables(): Promise<boolean> {
    this.#temporary ??= this.#pool.query(temporarySql, [], { idempotent: true }).then(
      ({ rows }) => rows[0]?.able === true,
      (error: unknown) => {
        this.#temporary = undefined
        throw error
      },
    )
    return await this.#temporary
  }

  #pull(request: PullRequest, pull: typeof pullAllRows): AsyncIterable<SourceBatch> {
    const source = postgresSourceOf(request.source)
    return streamed<SourceBatch>(
      (emit, signal) =>
        inSnapshot(this.#pool, { signal }, async (client) =>
          pull(client, await describeTable(client, source), { ...request, signal }, emit),
        ),
      request.signal,
    )
  }
}

/** Batches of which the first was looked at. */
interface Peeked {
  readonly first: Batch | undefined
  readonly all: AsyncIterable<Batch>
  /** Ends the work behind them, also when they were not read. */
  close(): Promise<void>
}

const peeked = async (batches: AsyncIterable<Batch> | Iterable<Batch>): Promise<Peeked> => {
  async function* through(): AsyncGenerator<Batch, undefined> {
    yield* batches
    return undefined
  }
  const iterator = through()
  const { value: first } = await iterator.next()
  async function* all(): AsyncGenerator<Batch> {
    if (first !== undefined) yield first
    yield* iterator
  }
  return {
    first,
    all: all(),
    close: async () => {
      await iterator.return(undefined)
    },
  }
}

/**
 * Opens history in PostgreSQL over a pool, which is closed with it. `file` reads Parquet and CSV files of entity rows: DuckDB does, where it
 * is installed.
 *
 * @example
 * await using offline = openPostgresOffline(openPool(target, { max: 4 }))
 * for await (const batch of offline.pointInTime({ entityRows, views }).batches()) console.log(batch.rows)
 */
export const openPostgresOffline = (pool: Pool, options: { readonly file?: EntityReaders['file'] } = {}): OfflineStore =>
  new PostgresOfflineStore(pool, options.file ?? noFile)

const noFile: EntityReaders['file'] = () => {
  throw storeError('STORE_ENTITY_ROWS_INVALID', ['', 'files are read by DuckDB; install it with: npm install @duckdb/node-api'])
}
