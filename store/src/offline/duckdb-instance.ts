import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { loadPeer } from './peer.ts'

/** Options of DuckDB. */
export interface DuckdbOptions {
  /** Memory that it may take before it spills, as it writes it: `4GB`. {@link defaultMemory} when left out. */
  readonly memoryLimit?: string | null | undefined
  readonly threads?: number | null | undefined
}

/** Leaves a training set of 1 M × 10 M rows below 1.5 GB all in all. DuckDB's own default is 80 % of the machine. */
const defaultMemory = '768MB'

/** What DuckDB computes ahead of who reads a result. Its own 1 MB stops its threads at every few chunks: a join took 2.6 s so, and 1.7 s thus. */
const streamedAhead = '64MB'

/** DuckDB's package, loaded when it is first needed. Throws STORE_PEER_MISSING. */
export const loadDuckdb = () => loadPeer('@duckdb/node-api', 'read or write Parquet', () => import('@duckdb/node-api'))

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** A text as an SQL literal. */
export const duckdbLiteral = quoted

/** A name in double quotes. */
export const duckdbName = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** A DuckDB in this process, in memory, with a folder to spill to. It is opened at the first use, and loads no extension. */
export class DuckdbRuntime implements AsyncDisposable {
  readonly #options: DuckdbOptions
  #opened: Promise<{ readonly instance: DuckDBInstance; readonly folder: string }> | undefined

  constructor(options: DuckdbOptions) {
    this.#options = options
  }

  /** Runs work on a connection of its own. An abort interrupts its statement. */
  async connection<Result>(work: (connection: DuckDBConnection) => Promise<Result>, signal?: AbortSignal): Promise<Result> {
    signal?.throwIfAborted()
    this.#opened ??= this.#open()
    const { instance } = await this.#opened
    const connection = await instance.connect()
    // Text that becomes a time, and a time that becomes text, are in UTC wherever this runs.
    await connection.run(`SET TimeZone = 'UTC'; SET streaming_buffer_size = '${streamedAhead}'`)
    const interrupt = (): void => connection.interrupt()
    signal?.addEventListener('abort', interrupt, { once: true })
    try {
      return await work(connection)
    } catch (error) {
      signal?.throwIfAborted()
      throw error
    } finally {
      signal?.removeEventListener('abort', interrupt)
      connection.closeSync()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const opened = await this.#opened?.catch(() => undefined)
    if (opened === undefined) return
    this.#opened = undefined
    opened.instance.closeSync()
    await rm(opened.folder, { recursive: true, force: true })
  }

  async #open(): Promise<{ readonly instance: DuckDBInstance; readonly folder: string }> {
    const { DuckDBInstance: Instance } = await loadDuckdb()
    const folder = await mkdtemp(join(tmpdir(), 'charmed-feast-duckdb-'))
    const { memoryLimit, threads } = this.#options
    const instance = await Instance.create(':memory:', {
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      allow_community_extensions: 'false',
      allow_unsigned_extensions: 'false',
      memory_limit: memoryLimit ?? defaultMemory,
      temp_directory: folder,
      ...(threads === null || threads === undefined ? {} : { threads: String(threads) }),
    })
    return { instance, folder }
  }
}
