import type pg from 'pg'
import type { Column, SourceBatch } from '../definition/batch.ts'
import type { ValueType } from '../definition/value-type.ts'
import { type Lane, laneOf } from './lane.ts'
import type { PullRequest } from './offline.ts'
import { castOf, momentCell, postgresCell } from './postgres-cell.ts'
import { TupleCursor } from './postgres-copy.ts'
import { readTuples } from './postgres-copy-out.ts'
import { columnNamed, columnSql, type PostgresTable, type TableColumn, timeColumn, windowSql } from './postgres-table.ts'
import { types } from './postgres-value.ts'
import type { Emit } from './stream.ts'

/** Rows of a batch. */
const batchRows = 8_192

/** A column that is pulled: as SQL, and how its bytes are read. */
interface PulledColumn {
  readonly name: string
  readonly type: ValueType
  readonly sql: string
  readonly stored: number
  readonly column: string
}

/** A pull compiled against its table. */
interface Pull {
  readonly table: PostgresTable
  readonly time: TableColumn
  readonly created: TableColumn | undefined
  readonly keys: readonly PulledColumn[]
  readonly features: readonly PulledColumn[]
}

const pulled = (table: PostgresTable, column: string, name: string, type: ValueType, what: string): PulledColumn => {
  const { type: stored } = columnNamed(table, column, what)
  const cast = castOf(stored, type)
  return { name, type, sql: `${columnSql(column)}${cast.sql}`, stored: cast.type, column }
}

const compile = ({ joinKeys, features }: PullRequest, table: PostgresTable): Pull => {
  const { timestampField, createdTimestampColumn } = table.source
  return {
    table,
    time: timeColumn(table, timestampField),
    created: createdTimestampColumn === '' ? undefined : timeColumn(table, createdTimestampColumn, 'the created time'),
    keys: joinKeys.map(({ key, type }) => pulled(table, key, key, type, 'a join key')),
    features: features.map(({ sourceColumn, name, type }) => pulled(table, sourceColumn, name, type, 'a feature')),
  }
}

const timesSql = ({ time, created }: Pull): readonly string[] => [
  columnSql(time.name),
  created === undefined ? 'NULL::timestamptz' : columnSql(created.name),
]

const allSql = (pull: Pull, { start, end }: PullRequest): string => {
  const selected = [...pull.keys.map(({ sql }) => sql), ...timesSql(pull), ...pull.features.map(({ sql }) => sql)]
  return `SELECT ${selected.join(', ')} FROM ${pull.table.from} WHERE ${windowSql(pull.time, start, end)}`
}

/** The newest rows of each key, ties included and next to each other. */
const latestSql = (pull: Pull, request: PullRequest): string => {
  const { time, created, keys, table } = pull
  const order = [`${columnSql(time.name)} DESC`, ...(created === undefined ? [] : [`${columnSql(created.name)} DESC NULLS LAST`])].join(
    ', ',
  )
  if (keys.length === 0) return `${allSql(pull, request)} ORDER BY ${order} FETCH FIRST 1 ROW WITH TIES`
  const columns = keys.map(({ column }) => columnSql(column))
  const selected = [...keys.map(({ sql }) => sql), ...timesSql(pull), ...pull.features.map(({ sql }) => sql)]
  const names = selected.map((_, place) => `c${place}`)
  return `SELECT ${names.join(', ')} FROM (
  SELECT ${selected.map((sql, place) => `${sql} AS c${place}`).join(', ')},
    rank() OVER (PARTITION BY ${columns.join(', ')} ORDER BY ${order}) AS place
  FROM ${table.from}
  WHERE ${[windowSql(time, request.start, request.end), ...columns.map((column) => `${column} IS NOT NULL`)].join(' AND ')}
) AS ranked WHERE place = 1`
}

/** Collects rows of a COPY into batches. */
class BatchBuilder {
  readonly cursor: TupleCursor
  readonly #pull: Pull
  readonly #columns: readonly PulledColumn[]
  #full: SourceBatch[] = []
  #rows = 0
  #lanes: readonly Lane[] = []
  #times: readonly Lane[] = []
  /** The features' lanes, by source column: what decides ties. */
  #ties: readonly Lane[] = []

  constructor(pull: Pull) {
    this.#pull = pull
    this.#columns = [...pull.keys, ...pull.features]
    this.cursor = new TupleCursor(this.#columns.length + 2)
    this.#reset()
  }

  /** Takes the cursor's row as one more. */
  add(): void {
    if (this.#rows === batchRows) this.#flush()
    this.#take(this.#rows++)
  }

  /** Takes the cursor's row in place of the last one if its values are greater. */
  replaceIfGreater(): void {
    const last = this.#rows - 1
    for (const lane of this.#ties) {
      const order = lane.compare(last)
      if (order < 0) return
      if (order > 0) {
        this.#take(last)
        return
      }
    }
  }

  /** The batches that are full; with `all` the rest too, if there is any. */
  drain(all: boolean): readonly SourceBatch[] {
    if (all && this.#rows > 0) this.#flush()
    const full = this.#full
    this.#full = []
    return full
  }

  #take(row: number): void {
    for (const lane of this.#times) lane.take(row)
    for (const lane of this.#lanes) lane.take(row)
  }

  #reset(): void {
    const { keys, features, time, created, table } = this.#pull
    const lead = keys.length
    this.#rows = 0
    this.#times = [laneOf(momentCell(this.cursor, lead, time.type), batchRows)]
    this.#times = [...this.#times, laneOf(momentCell(this.cursor, lead + 1, created?.type ?? types.timestamptz), batchRows)]
    this.#lanes = this.#columns.map(({ stored, type, column }, place) =>
      laneOf(postgresCell(this.cursor, place < lead ? place : place + 2, stored, type, { source: table.source.name, column }), batchRows),
    )
    this.#ties = features
      .map(({ column }, place) => ({ column, lane: this.#lanes[lead + place] }))
      .sort((a, b) => (a.column < b.column ? -1 : 1))
      .flatMap(({ lane }) => lane ?? [])
  }

  #flush(): void {
    const rows = Int32Array.from({ length: this.#rows }, (_, row) => row)
    const [event, created] = this.#times
    const columns = this.#columns.map(({ name, type }, place): Column => ({ name, type, values: this.#lanes[place]?.read(rows) ?? [] }))
    // The lanes of times give bigint, and null for none alone.
    const times = (lane: Lane | undefined) => (lane?.read(rows) ?? []) as ArrayLike<bigint>
    this.#full.push({ rows: this.#rows, columns, eventTimes: times(event), createdTimes: times(created) })
    this.#reset()
  }
}

const countSkipped = async (client: pg.ClientBase, { time, keys, table }: Pull, request: PullRequest): Promise<number> => {
  const nulls = keys.map(({ column }) => `${columnSql(column)} IS NULL`).join(' OR ')
  const window = windowSql(time, request.start, request.end)
  const { rows } = await client.query(`SELECT count(*)::float8 AS rows FROM ${table.from} WHERE ${window} AND (${nulls})`)
  return Number(rows[0]?.rows ?? 0)
}

type Row = (builder: BatchBuilder) => void

const pull = async (
  client: pg.ClientBase,
  builder: BatchBuilder,
  sql: string,
  request: PullRequest,
  onRow: Row,
  emit: Emit<SourceBatch>,
) => {
  let rows = 0
  const give = async (all: boolean): Promise<void> => {
    for (const batch of builder.drain(all)) {
      await emit(batch)
      rows += batch.rows
      request.onProgress?.(rows)
    }
  }
  await readTuples(client, sql, builder.cursor, () => onRow(builder), { signal: request.signal, onChunk: () => give(false) })
  await give(true)
}

/** Pulls the newest row of each key. See {@link OfflineStore.pullLatest}. */
export const pullLatestRows = async (client: pg.ClientBase, table: PostgresTable, request: PullRequest, emit: Emit<SourceBatch>) => {
  const compiled = compile(request, table)
  const keys = compiled.keys.length
  let last = Buffer.alloc(0)
  let some = false
  await pull(
    client,
    new BatchBuilder(compiled),
    latestSql(compiled, request),
    request,
    (builder) => {
      const { bytes, offsets, lengths } = builder.cursor
      const from = keys === 0 ? 0 : (offsets[0] ?? 0) - 4
      const to = keys === 0 ? 0 : (offsets[keys - 1] ?? 0) + (lengths[keys - 1] ?? 0)
      if (some && last.length === to - from && bytes.compare(last, 0, last.length, from, to) === 0) return builder.replaceIfGreater()
      if (last.length !== to - from) last = Buffer.alloc(to - from)
      bytes.copy(last, 0, from, to)
      some = true
      builder.add()
    },
    emit,
  )
  if (keys > 0 && request.onSkipped !== undefined) {
    const skipped = await countSkipped(client, compiled, request)
    if (skipped > 0) request.onSkipped(skipped)
  }
}

/** Pulls every row. See {@link OfflineStore.pullAll}. */
export const pullAllRows = async (client: pg.ClientBase, table: PostgresTable, request: PullRequest, emit: Emit<SourceBatch>) => {
  const compiled = compile(request, table)
  let skipped = 0
  await pull(
    client,
    new BatchBuilder(compiled),
    allSql(compiled, request),
    request,
    (builder) => {
      const { lengths } = builder.cursor
      for (let key = 0; key < compiled.keys.length; key++)
        if ((lengths[key] ?? -1) < 0) {
          skipped++
          return
        }
      builder.add()
    },
    emit,
  )
  if (skipped > 0) request.onSkipped?.(skipped)
}
