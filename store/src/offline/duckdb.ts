import { randomUUID } from 'node:crypto'
import { access, mkdir, stat } from 'node:fs/promises'
import { dirname, extname, join } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import type { Batch, SourceBatch } from '../definition/batch.ts'
import type { DatasetStorage } from '../definition/saved-dataset.ts'
import type { BatchSource, FileSource } from '../definition/source.ts'
import { allowed, type StoreError, storeError } from '../errors.ts'
import { isMomentType } from './duckdb-cell.ts'
import { explainDuckdb } from './duckdb-explain.ts'
import { describeFile, fileSourceOf, pathOf, patternOf } from './duckdb-file.ts'
import { type DuckdbOptions, DuckdbRuntime, duckdbLiteral, duckdbName } from './duckdb-instance.ts'
import { DuckdbJoinSession } from './duckdb-join-session.ts'
import { RowTable } from './duckdb-load.ts'
import { pullAllFile, pullLatestFile } from './duckdb-pull.ts'
import { describeQuery, readRelation } from './duckdb-query.ts'
import { momentsOfFiles } from './duckdb-range.ts'
import { valueTypeOfDuckdb } from './duckdb-schema.ts'
import type { EntityReaders } from './entity-rows.ts'
import type { Explanation } from './explanation.ts'
import type {
  ColumnHeader,
  ExplainRequest,
  OfflineStore,
  PointInTimeRequest,
  PullRequest,
  RangeRequest,
  Retrieval,
  SourceColumn,
} from './offline.ts'
import { collectRows, copyInto } from './parquet.ts'
import { type OpenSession, pointInTimeOf } from './point-in-time.ts'
import { checkRange, momentColumn, rangeHeader } from './range.ts'
import { streamed } from './stream.ts'

/** Where files are, and what DuckDB may take. */
export interface DuckdbOfflineOptions extends DuckdbOptions {
  /** The repository: paths of sources are relative to it. */
  readonly folder: string
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

/** What stands after FROM for a file of entity rows, by the end of its name. */
const relationOf = async (path: string): Promise<string> => {
  const pattern = duckdbLiteral(await patternOf(path))
  return ['.csv', '.tsv', '.gz'].includes(extname(path)) ? `read_csv(${pattern})` : `read_parquet(${pattern})`
}

const headerOf = (columns: readonly ColumnHeader[]): readonly ColumnHeader[] => columns.map(({ name, type }) => ({ name, type }))

/** History in Parquet files. Made by {@link openDuckdbOffline}. */
class DuckdbOfflineStore implements OfflineStore {
  readonly #folder: string
  readonly #runtime: DuckdbRuntime

  constructor({ folder, ...options }: DuckdbOfflineOptions) {
    this.#folder = folder
    this.#runtime = new DuckdbRuntime(options)
  }

  pointInTime(request: PointInTimeRequest): Retrieval {
    return pointInTimeOf(this.#open(request), request)
  }

  range(request: RangeRequest): Retrieval {
    const { start: _, end: __, ...rest } = request
    const open: OpenSession = async (signal, work) => {
      checkRange(request)
      const sql = await this.#runtime.connection((connection) => momentsOfFiles(connection, this.#folder, request))
      await this.#open(request, () => this.#relation(`(${sql}) AS q`, signal))(signal, work)
    }
    const retrieval = pointInTimeOf(open, { ...rest, entityRows: { sql: '' }, eventTimestampColumn: momentColumn })
    return { ...retrieval, header: async () => rangeHeader(request) }
  }

  pullLatest(request: PullRequest): AsyncIterable<SourceBatch> {
    return this.#pull(request, pullLatestFile)
  }

  pullAll(request: PullRequest): AsyncIterable<SourceBatch> {
    return this.#pull(request, pullAllFile)
  }

  async write(source: BatchSource, batches: AsyncIterable<Batch> | Iterable<Batch>): Promise<number> {
    const file = fileSourceOf(source)
    return await this.#runtime.connection(async (connection) => {
      const written = await collectRows(connection, batches)
      if (written === undefined || written.rows === 0) return 0
      await this.#append(connection, file, written)
      return written.rows
    })
  }

  async describeSources(sources: readonly BatchSource[]): Promise<readonly (readonly SourceColumn[])[]> {
    return await this.#runtime.connection(async (connection) => {
      const described: (readonly SourceColumn[])[] = []
      for (const source of sources) {
        const { columns } = await describeFile(connection, this.#folder, fileSourceOf(source))
        described.push(
          Array.from(columns.values(), ({ name, stored }) => ({
            name,
            storedAs: stored,
            type: valueTypeOfDuckdb(stored),
            time: isMomentType(stored),
          })),
        )
      }
      return described
    })
  }

  async persist(storage: DatasetStorage, result: Retrieval, options: { readonly allowOverwrite?: boolean } = {}): Promise<void> {
    const path = this.#datasetPath(storage)
    if (options.allowOverwrite !== true && (await exists(path))) throw storeError('STORE_DATASET_EXISTS', [path])
    await this.#runtime.connection(async (connection) => {
      await collectRows(connection, result.batches())
      await mkdir(dirname(path), { recursive: true })
      await copyInto(connection, path, `FROM ${RowTable.table}`)
    })
  }

  datasetStorage(name: string): DatasetStorage {
    return { kind: 'file', path: `data/saved_datasets/${name}.parquet`, fileFormat: 'parquet', s3EndpointOverride: '' }
  }

  readDataset(storage: DatasetStorage): Retrieval {
    const relation = async (): Promise<string> => `read_parquet(${duckdbLiteral(await patternOf(this.#datasetPath(storage)))}) AS q`
    return {
      header: () => this.#runtime.connection(async (connection) => headerOf(await describeQuery(connection, await relation()))),
      batches: () => this.#relation(relation(), undefined),
      plan: async () => [],
    }
  }

  explain(request: ExplainRequest): Promise<Explanation> {
    return this.#runtime.connection((connection) => explainDuckdb(connection, this.#folder, request))
  }

  /** Entity rows from a file, for whichever engine joins them. */
  readonly readFile: EntityReaders['file'] = (path) => {
    const relation = relationOf(pathOf(this.#folder, path)).then((from) => `${from} AS q`)
    return this.#relation(relation, undefined)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#runtime[Symbol.asyncDispose]()
  }

  #datasetPath(storage: DatasetStorage): string {
    if (storage.kind === 'file') return pathOf(this.#folder, storage.path)
    throw storeError('STORE_DATASET_UNSUPPORTED', [storage.kind, 'the offline store reads files; allowed: file'])
  }

  /** A folder gets one file more; a file is written anew with the old rows and the new ones, and takes its place when it is whole. */
  async #append(connection: DuckDBConnection, source: FileSource, { header }: RowTable): Promise<void> {
    const names = header.map(({ name }) => name)
    const fault = (why: string): StoreError => storeError('STORE_SOURCE_WRITE_REFUSED', [source.name, why])
    const path = pathOf(this.#folder, source.path)
    if (/[*?[]/.test(source.path)) throw fault(`"${source.path}" is a pattern; allowed: a file or a folder`)
    if (!names.includes(source.timestampField)) throw fault(`the rows have no "${source.timestampField}", which is its event time`)
    const { columns } = await describeFile(connection, this.#folder, source)
    const extra = names.find((name) => !columns.has(name))
    if (extra !== undefined) throw fault(`it has no column "${extra}"; ${allowed(columns.keys())}`)
    const selected = [...columns.values()].map(({ name, stored }) => {
      const value = names.includes(name) ? duckdbName(name) : 'NULL'
      return `CAST(${value} AS ${stored}) AS ${duckdbName(name)}`
    })
    const fresh = `SELECT ${selected.join(', ')} FROM ${RowTable.table}`
    if ((await stat(path)).isDirectory()) await copyInto(connection, join(path, `part-${randomUUID()}.parquet`), fresh)
    else await copyInto(connection, path, `SELECT * FROM read_parquet(${duckdbLiteral(path)}) UNION ALL ${fresh}`)
  }

  #relation(from: string | Promise<string>, outer: AbortSignal | undefined): AsyncIterable<Batch> {
    return streamed<Batch>(
      (emit, signal) => this.#runtime.connection(async (connection) => readRelation(connection, await from, emit), signal),
      outer,
    )
  }

  #open({ strategy = 'auto' }: Pick<PointInTimeRequest, 'strategy'>, sql?: EntityReaders['sql']): OpenSession {
    return (signal, work) => {
      const readers: EntityReaders = {
        sql: sql ?? ((query) => this.#relation(`(${query}\n) AS q`, signal)),
        file: this.readFile,
      }
      return this.#runtime.connection(
        (connection) => work(new DuckdbJoinSession(connection, { folder: this.#folder, strategy, readers })),
        signal,
      )
    }
  }

  #pull(request: PullRequest, pull: typeof pullAllFile): AsyncIterable<SourceBatch> {
    const source = fileSourceOf(request.source)
    return streamed<SourceBatch>(
      (emit, signal) =>
        this.#runtime.connection(
          async (connection) => pull(connection, await describeFile(connection, this.#folder, source), { ...request, signal }, emit),
          signal,
        ),
      request.signal,
    )
  }
}

/**
 * Opens history in Parquet files. DuckDB, an optional package, is loaded at the first use.
 *
 * @throws STORE_PEER_MISSING at the first use, where `@duckdb/node-api` is not installed
 *
 * @example
 * await using offline = openDuckdbOffline({ folder: '.' })
 * for await (const batch of offline.pointInTime({ entityRows: { path: 'rows.csv' }, views }).batches()) console.log(batch.rows)
 */
export const openDuckdbOffline = (options: DuckdbOfflineOptions): OfflineStore & { readonly readFile: EntityReaders['file'] } =>
  new DuckdbOfflineStore(options)
