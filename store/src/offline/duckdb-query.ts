import type { DuckDBConnection } from '@duckdb/node-api'
import type { Batch, Column } from '../definition/batch.ts'
import type { ValueType } from '../definition/value-type.ts'
import { ChunkCursor, duckdbCast, duckdbCell } from './duckdb-cell.ts'
import { duckdbName } from './duckdb-instance.ts'
import { readChunks } from './duckdb-join.ts'
import { entityTypeOfDuckdb } from './duckdb-schema.ts'
import { type Cell, type Lane, laneOf } from './lane.ts'
import type { ColumnHeader } from './offline.ts'
import type { Emit } from './stream.ts'

const batchRows = 8_192

/** A column that is read: as SQL, and how its values are. */
export interface ReadColumn extends ColumnHeader {
  readonly sql: string
  readonly kind: Cell['kind']
}

/** Collects rows of chunks into batches. */
export class ChunkBatches {
  readonly cursor = new ChunkCursor()
  readonly #columns: readonly ReadColumn[]
  readonly #source: string
  #full: Batch[] = []
  #rows = 0
  #lanes: readonly Lane[] = []

  constructor(columns: readonly ReadColumn[], source: string) {
    this.#columns = columns
    this.#source = source
    this.#lanes = this.#make()
  }

  /** Takes all rows of a chunk. */
  addAll(rows: number): void {
    for (this.cursor.row = 0; this.cursor.row < rows; this.cursor.row++) this.add()
  }

  /** Takes the cursor's row as one more. */
  add(): void {
    if (this.#rows === batchRows) this.#flush()
    for (const lane of this.#lanes) lane.take(this.#rows)
    this.#rows++
  }

  /** Negative, zero or positive as the cursor's value of a column is less than, equal to or greater than the last row's. */
  compareLast(column: number): number {
    return this.#lanes[column]?.compare(this.#rows - 1) ?? 0
  }

  /** Takes the cursor's row in place of the last one. */
  replaceLast(): void {
    for (const lane of this.#lanes) lane.take(this.#rows - 1)
  }

  /** The batches that are full; with `all` the rest too, even an empty one when nothing was given before. */
  drain(options: { readonly all: boolean; readonly header?: boolean }): readonly Batch[] {
    if (options.all && (this.#rows > 0 || options.header === true)) this.#flush()
    const full = this.#full
    this.#full = []
    return full
  }

  #make(): readonly Lane[] {
    return this.#columns.map(({ kind, type, name }, place) =>
      laneOf(duckdbCell(this.cursor, place, kind, type, { source: this.#source, column: name }), batchRows),
    )
  }

  #flush(): void {
    const all = Int32Array.from({ length: this.#rows }, (_, row) => row)
    const columns = this.#columns.map(({ name, type }, place): Column => ({ name, type, values: this.#lanes[place]?.read(all) ?? [] }))
    this.#full.push({ rows: this.#rows, columns })
    this.#lanes = this.#make()
    this.#rows = 0
  }
}

/** The columns of a query, each asked for as what it is. */
export const describeQuery = async (connection: DuckDBConnection, from: string): Promise<readonly ReadColumn[]> => {
  const reader = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${from}`)
  return reader.getRowObjectsJson().map(({ column_name: named, column_type: stored }) => {
    const name = String(named)
    const type: ValueType = entityTypeOfDuckdb(String(stored))
    return { name, type, ...duckdbCast(`q.${duckdbName(name)}`, String(stored), type) }
  })
}

/** Reads all rows of what stands after FROM (its alias has to be `q`), in order. The first batch comes even when there is no row. */
export const readRelation = async (connection: DuckDBConnection, from: string, emit: Emit<Batch>): Promise<void> => {
  const columns = await describeQuery(connection, from)
  const batches = new ChunkBatches(columns, 'query')
  let given = false
  const give = async (all: boolean): Promise<void> => {
    for (const batch of batches.drain({ all, header: !given })) {
      given = true
      await emit(batch)
    }
  }
  const sql = `SELECT ${columns.map((column) => column.sql).join(', ')} FROM ${from}`
  await readChunks(connection, sql, batches.cursor, (rows) => {
    batches.addAll(rows)
    return give(false)
  })
  await give(true)
}
