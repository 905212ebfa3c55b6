import { PgReader } from './pg-reader.ts'
import type { Reload } from './rotation.ts'
import type { Settings } from './startup.ts'
import type { PostgresTarget } from './target.ts'
import { openWirePool } from './wire/pool.ts'
import type { RowSink, Statement } from './wire/request.ts'
import type { Parameter } from './wire/writer.ts'

/** Options of one read. */
export interface ReadOptions {
  /** The caller is told at once; a read that runs on is cancelled inside PostgreSQL. */
  readonly signal?: AbortSignal | undefined
}

/** Reads rows as the bytes of PostgreSQL's binary form: our own wire, or its plain twin over `pg`. */
export interface RowReader extends AsyncDisposable {
  /**
   * Runs a statement that only reads, and hands each row to `sink`. Parameters are in binary form (`encodeByteaArray` and its kin).
   * It is sent a second time when the connection was lost before the first row. Throws `STORE_POSTGRES_…` errors, or what `sink` throws.
   */
  read(statement: Statement, parameters: readonly Parameter[], sink: RowSink, options?: ReadOptions): Promise<void>
}

/** Options of {@link openRowReader}. */
export interface RowReaderOptions {
  /** `wire`, our own client that pipelines and copies nothing; or `pg`, its plain twin. */
  readonly over?: 'wire' | 'pg'
  /** Most connections. 4 unless told. */
  readonly size?: number
  readonly settings?: Settings
  readonly reload?: Reload
}

/**
 * Opens a reader; no connection is made before the first read. Both kinds give the same bytes.
 *
 * @example
 * await using reader = openRowReader(target, { settings: { max_parallel_workers_per_gather: '0' } })
 * const names: string[] = []
 * const row = (buffer: Buffer, offsets: Int32Array, lengths: Int32Array) => {
 *   names.push(buffer.toString('utf8', offsets[0], offsets[0] + lengths[0]))
 * }
 * await reader.read({ text: 'SELECT name FROM t' }, [], { row })
 */
export const openRowReader = (target: PostgresTarget, { over = 'wire', size = 4, ...options }: RowReaderOptions = {}): RowReader =>
  over === 'wire' ? openWirePool(target, { size, ...options }) : new PgReader(target, { max: size, ...options })
