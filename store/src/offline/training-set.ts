import type { Batch, Column } from '../definition/batch.ts'
import type { DatasetStorage, SavedDataset } from '../definition/saved-dataset.ts'
import { storeError } from '../errors.ts'
import { joinBatches } from './column-data.ts'
import { writeCsv } from './csv.ts'
import type { Explanation } from './explanation.ts'
import type { ColumnHeader, Retrieval, ViewPlan } from './offline.ts'
import { rowsOf } from './row-values.ts'

/** What a saved dataset says of itself besides its name. */
export interface SaveOptions {
  /** A table or a file; left out: named after the dataset, where the offline store is. */
  readonly storage?: DatasetStorage
  readonly description?: string
  readonly tags?: Readonly<Record<string, string>>
  /** Replaces a dataset of the name, and what is where it shall be. */
  readonly allowOverwrite?: boolean
}

/** Keeps a set under a name. */
export type Save = (name: string, options: SaveOptions) => Promise<SavedDataset>

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
  readonly #save: Save | undefined

  constructor(retrieval: Retrieval, options: { readonly explain?: Explain; readonly save?: Save } = {}) {
    this.#retrieval = retrieval
    this.#explain = options.explain
    this.#save = options.save
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

  /**
   * Keeps the set under a name, where the offline store is unless told otherwise: `store.savedDataset(name)` and Python's
   * `get_saved_dataset` find it.
   *
   * @throws STORE_DATASET_EXISTS unless it may be overwritten
   *
   * @example
   * await set.save('january', { tags: { model: 'pricing' } })
   */
  async save(name: string, options: SaveOptions = {}): Promise<SavedDataset> {
    if (this.#save === undefined) throw storeError('STORE_DATASET_UNSUPPORTED', [name, 'it was read from where it is kept'])
    return await this.#save(name, options)
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
