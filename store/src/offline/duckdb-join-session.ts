import type { DuckDBConnection } from '@duckdb/node-api'
import type { BatchSource } from '../definition/source.ts'
import { storeError } from '../errors.ts'
import { describeFile, type FileTable, fileSourceOf } from './duckdb-file.ts'
import { asofSql, compileDuckdb, type DuckdbJoin, duckdbReader, eachRow, readChunks, scanSql } from './duckdb-join.ts'
import { appendProbes } from './duckdb-upload.ts'
import { tieOrder } from './lane.ts'
import { type Strategy, ttlOf, type ViewPlan, type ViewRequest } from './offline.ts'
import type { JoinedView, JoinSession } from './point-in-time.ts'
import type { Probes } from './probes.ts'
import { Slots } from './slots.ts'

const reasons = {
  scan: 'one scan of the files in any order; nothing is sorted but the probes, and memory is that of the probes',
  asof: "asked for: DuckDB's ASOF join, then the rows of the times that it found",
}

const strategyOf = (view: ViewRequest, strategy: Strategy): keyof typeof reasons => {
  if (strategy === 'auto' || strategy === 'scan') return 'scan'
  if (strategy === 'asof') return 'asof'
  throw storeError('STORE_STRATEGY_UNKNOWN', [view.name, strategy, 'allowed on files: asof, auto, scan'])
}

/** Runs the joins of one training set over files, on one connection. */
export class DuckdbJoinSession implements JoinSession {
  readonly readers: JoinSession['readers']
  readonly #connection: DuckDBConnection
  readonly #folder: string
  readonly #strategy: Strategy
  readonly #tables = new Map<BatchSource, Promise<FileTable>>()

  constructor(
    connection: DuckDBConnection,
    options: { readonly folder: string; readonly strategy: Strategy; readonly readers: JoinSession['readers'] },
  ) {
    this.#connection = connection
    this.#folder = options.folder
    this.#strategy = options.strategy
    this.readers = options.readers
  }

  async plan(view: ViewRequest, probes: Probes): Promise<ViewPlan> {
    return planOf(await this.#compile(view, probes), probes, this.#strategy)
  }

  async join(view: ViewRequest, probes: Probes, signal: AbortSignal): Promise<JoinedView> {
    const join = await this.#compile(view, probes)
    const { strategy, sql } = planOf(join, probes, this.#strategy)
    const ttl = ttlOf(view)
    const per = strategy === 'asof' ? 'slot' : 'group'
    if (per === 'slot' || join.keys.length > 0) await appendProbes(this.#connection, probes, { per, ttl })
    const { cursor, lanes } = duckdbReader(join, probes.slots)
    const slots = new Slots(probes, tieOrder(view, lanes))
    const offer =
      strategy === 'asof'
        ? (id: number, time: number, created: number) => slots.offerTo(id, time, created)
        : (id: number, time: number, created: number) => slots.offer(id, time, created)
    const onChunk = (rows: number): undefined => {
      eachRow(cursor, rows, offer)
    }
    await readChunks(this.#connection, sql, cursor, onChunk, signal)
    return { answers: slots.answers(ttl), lanes }
  }

  async #compile(view: ViewRequest, probes: Probes): Promise<DuckdbJoin> {
    const table = this.#tables.get(view.source) ?? describeFile(this.#connection, this.#folder, fileSourceOf(view.source))
    this.#tables.set(view.source, table)
    return compileDuckdb(view, await table, probes.kinds)
  }
}

const planOf = (join: DuckdbJoin, probes: Probes, wanted: Strategy): ViewPlan => {
  const strategy = strategyOf(join.view, wanted)
  const ttl = ttlOf(join.view)
  const sql = strategy === 'scan' ? scanSql(join, probes, ttl) : asofSql(join, probes, ttl)
  return { view: join.view.name, strategy, reason: reasons[strategy], sql }
}
