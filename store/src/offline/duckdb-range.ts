import type { DuckDBConnection } from '@duckdb/node-api'
import { describeFile, fileColumn, fileSourceOf, fileSql, fileTime, fileWindow } from './duckdb-file.ts'
import { duckdbName } from './duckdb-instance.ts'
import type { JoinKey, RangeRequest, ViewRequest } from './offline.ts'
import { momentColumn, rangeKeys, rangeKeyType } from './range.ts'

const momentsOf = async (
  connection: DuckDBConnection,
  folder: string,
  view: ViewRequest,
  keys: readonly JoinKey[],
  request: RangeRequest,
) => {
  const table = await describeFile(connection, folder, fileSourceOf(view.source))
  const time = fileTime(table, table.source.timestampField)
  const columns = keys.map((key) => {
    const own = view.joinKeys.find(({ rowColumn }) => rowColumn === key.rowColumn)
    const value = own === undefined ? 'NULL' : fileSql(fileColumn(table, own.key, 'a join key'))
    return `${value}::${rangeKeyType(key.type, 'duckdb')} AS ${duckdbName(key.rowColumn)}`
  })
  const selected = [`make_timestamptz(epoch_us(${fileSql(time)})) AS ${duckdbName(momentColumn)}`, ...columns]
  return `SELECT ${selected.join(', ')} FROM ${table.from} WHERE ${fileWindow(time, request.start, request.end)}`
}

/** The moments of a range as a query: each distinct time of any view's row, with its keys; a key that a view does not have is null. */
export const momentsOfFiles = async (connection: DuckDBConnection, folder: string, request: RangeRequest): Promise<string> => {
  const keys = rangeKeys(request)
  const parts: string[] = []
  for (const view of request.views) parts.push(await momentsOf(connection, folder, view, keys, request))
  const order = [momentColumn, ...keys.map(({ rowColumn }) => rowColumn)].map(duckdbName).join(', ')
  return `SELECT DISTINCT * FROM (${parts.join('\nUNION ALL\n')}) AS moments ORDER BY ${order}`
}
