import type { DuckDBConnection } from '@duckdb/node-api'
import type { Batch, SourceBatch } from '../definition/batch.ts'
import type { ValueType } from '../definition/value-type.ts'
import { duckdbCast } from './duckdb-cell.ts'
import { type FileColumn, type FileTable, fileColumn, fileSql, fileTime, fileWindow } from './duckdb-file.ts'
import { readChunks } from './duckdb-join.ts'
import { ChunkBatches, type ReadColumn } from './duckdb-query.ts'
import type { PullRequest } from './offline.ts'
import type { Emit } from './stream.ts'

/** A pull compiled against its files. */
interface Pull {
  readonly from: string
  readonly where: string
  readonly time: FileColumn
  readonly created: FileColumn | undefined
  readonly keys: readonly FileColumn[]
  /** Keys, features, event time, created time. */
  readonly columns: readonly ReadColumn[]
}

const moment: ValueType = { name: 'UNIX_TIMESTAMP' }

const compile = (request: PullRequest, table: FileTable): Pull => {
  const { timestampField, createdTimestampColumn } = table.source
  const time = fileTime(table, timestampField)
  const created = createdTimestampColumn === '' ? undefined : fileTime(table, createdTimestampColumn, 'the created time')
  const keys = request.joinKeys.map(({ key }) => fileColumn(table, key, 'a join key'))
  const read = (column: FileColumn, name: string, type: ValueType): ReadColumn => ({
    name,
    type,
    ...duckdbCast(fileSql(column), column.stored, type),
  })
  return {
    from: table.from,
    where: fileWindow(time, request.start, request.end),
    time,
    created,
    keys,
    columns: [
      ...request.joinKeys.map(({ type }, place) => read(keys[place] ?? time, keys[place]?.name ?? '', type)),
      ...request.features.map(({ sourceColumn, name, type }) => read(fileColumn(table, sourceColumn, 'a feature'), name, type)),
      read(time, timestampField, moment),
      created === undefined ? { name: '', type: moment, sql: 'NULL::BIGINT', kind: 'long' } : read(created, createdTimestampColumn, moment),
    ],
  }
}

const notNull = (keys: readonly FileColumn[]): string => keys.map((key) => ` AND ${fileSql(key)} IS NOT NULL`).join('')

const allSql = ({ columns, from, where, keys }: Pull): string =>
  `SELECT ${columns.map(({ sql }) => sql).join(', ')} FROM ${from} WHERE ${where}${notNull(keys)}`

/** The newest rows of each key, ties included; sorted by key, so that these are next to each other. */
const latestSql = (pull: Pull): string => {
  const { time, created, keys } = pull
  const order = [`${fileSql(time)} DESC`, ...(created === undefined ? [] : [`${fileSql(created)} DESC NULLS LAST`])].join(', ')
  const columns = keys.map(fileSql).join(', ')
  if (keys.length === 0) return `${allSql(pull)} QUALIFY rank() OVER (ORDER BY ${order}) = 1`
  return `${allSql(pull)} QUALIFY rank() OVER (PARTITION BY ${columns} ORDER BY ${order}) = 1 ORDER BY ${columns}`
}

/** Takes the times out of a batch: its last two columns. */
const sourceBatch = ({ rows, columns }: Batch): SourceBatch => {
  const [event, created] = columns.slice(-2)
  // The lanes of times give bigint, and null for none alone.
  const times = (values: ArrayLike<unknown> | undefined) => (values ?? []) as ArrayLike<bigint>
  return { rows, columns: columns.slice(0, -2), eventTimes: times(event?.values), createdTimes: times(created?.values) }
}

const run = async (
  connection: DuckDBConnection,
  sql: string,
  batches: ChunkBatches,
  request: PullRequest,
  take: (rows: number) => void,
  emit: Emit<SourceBatch>,
) => {
  let rows = 0
  const give = async (all: boolean): Promise<void> => {
    for (const batch of batches.drain({ all })) {
      await emit(sourceBatch(batch))
      rows += batch.rows
      request.onProgress?.(rows)
    }
  }
  const onChunk = (chunk: number): Promise<void> => {
    take(chunk)
    return give(false)
  }
  await readChunks(connection, sql, batches.cursor, onChunk, request.signal)
  await give(true)
}

const tellSkipped = async (connection: DuckDBConnection, { from, where, keys }: Pull, request: PullRequest): Promise<void> => {
  if (keys.length === 0 || request.onSkipped === undefined) return
  const nulls = keys.map((key) => `${fileSql(key)} IS NULL`).join(' OR ')
  const reader = await connection.runAndReadAll(`SELECT count(*)::DOUBLE FROM ${from} WHERE ${where} AND (${nulls})`)
  const skipped = Number(reader.getRows()[0]?.[0] ?? 0)
  if (skipped > 0) request.onSkipped(skipped)
}

/** Pulls the newest row of each key. See {@link OfflineStore.pullLatest}. */
export const pullLatestFile = async (connection: DuckDBConnection, table: FileTable, request: PullRequest, emit: Emit<SourceBatch>) => {
  const pull = compile(request, table)
  const batches = new ChunkBatches(pull.columns, table.source.name)
  const keys = request.joinKeys.map((_, place) => place)
  const ties = request.features
    .map(({ sourceColumn }, place) => ({ sourceColumn, column: keys.length + place }))
    .sort((a, b) => (a.sourceColumn < b.sourceColumn ? -1 : 1))
    .map(({ column }) => column)
  let some = false
  const onRow = (): void => {
    if (!some || keys.some((key) => batches.compareLast(key) !== 0)) {
      some = true
      batches.add()
      return
    }
    const decisive = ties.map((column) => batches.compareLast(column)).find((order) => order !== 0) ?? 0
    if (decisive > 0) batches.replaceLast()
  }
  const { cursor } = batches
  const take = (rows: number): void => {
    for (cursor.row = 0; cursor.row < rows; cursor.row++) onRow()
  }
  await run(connection, latestSql(pull), batches, request, take, emit)
  await tellSkipped(connection, pull, request)
}

/** Pulls every row. See {@link OfflineStore.pullAll}. */
export const pullAllFile = async (connection: DuckDBConnection, table: FileTable, request: PullRequest, emit: Emit<SourceBatch>) => {
  const pull = compile(request, table)
  const batches = new ChunkBatches(pull.columns, table.source.name)
  await run(connection, allSql(pull), batches, request, (rows) => batches.addAll(rows), emit)
  await tellSkipped(connection, pull, request)
}
