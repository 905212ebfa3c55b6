import type { Batch, Column } from '../definition/batch.ts'
import { joinBatches } from './column-data.ts'
import { writeCsv } from './csv.ts'
import type { Explanation } from './explanation.ts'
import type { ColumnHeader, Retrieval, ViewPlan } from './offline.ts'
import { rowsOf } from './row-values.ts'

/** Answers why a row has the value that it has. */
export type Explain = (row: Readonly<Record<string, unknown>>, feature: string) => Promise<Explanation>

/**
 * Features as they were, a row for each entity row, in their order: the entity row's columns, then the features. Nothing is read before
 * it is asked for, and every way of asking reads anew.
 *
 * @example
 * for await (const row of set) console.log(row.conv_rate)
 * await set.toParquet('training.parquet')
 */
export class TrainingSet<Row = Readonly<Record<string, unknown>>> implements AsyncIterable<Row> {
  readonly #retrieval: Retrieval
  readonly #explain: Explain | undefined

  constructor(retrieval: Retrieval, options: { readonly explain?: Explain } = {}) {
    this.#retrieval = retrieval
    this.#explain = options.explain
  }

  /** One record a row, made as the loop asks for it. Breaking off the loop stops the work. */
  async *[Symbol.asyncIterator](): AsyncIterator<Row> {
    // What was asked for is known to the compiler; what comes has its names and types.
    for await (const batch of this.#retrieval.batches()) for (const row of rowsOf(batch)) yield row as Row
  }

  /** The rows as columns, some thousands at a time: in memory that does not grow with the set. */
  batches(): AsyncIterable<Batch> {
    return this.#retrieval.batches()
  }

  /** Names and types of the columns. */
  header(): Promise<readonly ColumnHeader[]> {
    return this.#retrieval.header()
  }

  /** All rows, as columns by name: typed arrays where nothing is null. Times are bigint microseconds since 1970 (UTC). */
  async columns(): Promise<Readonly<Record<string, Column>>> {
    const batches: Batch[] = []
    for await (const batch of this.#retrieval.batches()) batches.push(batch)
    const last = batches.pop()
    const columns = last === undefined ? [] : joinBatches(batches, last).columns
    return Object.fromEntries(columns.map((column) => [column.name, column]))
  }

  /** All rows as records. */
  async toRows(): Promise<Row[]> {
    const rows: Row[] = []
    for await (const row of this) rows.push(row)
    return rows
  }

  /** An Arrow table. Throws STORE_PEER_MISSING where `apache-arrow` is not installed. */
  async toArrow(): Promise<import('apache-arrow').Table> {
    const { arrowOf } = await import('./arrow.ts')
    return arrowOf(this.#retrieval.batches())
  }

  /** Writes a Parquet file. Throws STORE_PEER_MISSING where `@duckdb/node-api` is not installed. */
  async toParquet(path: string): Promise<void> {
    const { writeParquet } = await import('./parquet.ts')
    await writeParquet(path, this.#retrieval.batches())
  }

  /** Writes a CSV file (RFC 4180): null is nothing, empty text is `""`, times are ISO text. */
  async toCsv(path: string): Promise<void> {
    await writeCsv(path, this.#retrieval.batches())
  }

  /** How each view is joined, and why so. */
  plan(): Promise<readonly ViewPlan[]> {
    return this.#retrieval.plan()
  }

  /** Why an entity row has the value that it has: the rows that it could have come from, and the one that was chosen. */
  async explain(row: Readonly<Record<string, unknown>>, feature: string): Promise<Explanation | undefined> {
    return await this.#explain?.(row, feature)
  }
}
