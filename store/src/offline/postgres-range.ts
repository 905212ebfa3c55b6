import type { PostgresSource } from '../definition/source.ts'
import { quoteIdentifier } from '../postgres/identifier.ts'
import type { JoinKey, RangeRequest, ViewRequest } from './offline.ts'
import { columnSql, fromClause, postgresSourceOf, type TableColumn, windowSql } from './postgres-table.ts'
import { types } from './postgres-value.ts'
import { momentColumn, rangeKeys, rangeKeyType } from './range.ts'

const momentSql = (column: TableColumn): string => {
  const time = columnSql(column.name)
  return column.type === types.timestamptz ? time : `${time}::timestamp AT TIME ZONE 'UTC'`
}

const momentsOf = (
  view: ViewRequest,
  source: PostgresSource,
  time: TableColumn,
  keys: readonly JoinKey[],
  request: RangeRequest,
): string => {
  const columns = keys.map((key) => {
    const own = view.joinKeys.find(({ rowColumn }) => rowColumn === key.rowColumn)
    return `${own === undefined ? 'NULL' : columnSql(own.key)}::${rangeKeyType(key.type, 'postgres')} AS ${quoteIdentifier(key.rowColumn)}`
  })
  return `SELECT ${[`${momentSql(time)} AS ${quoteIdentifier(momentColumn)}`, ...columns].join(', ')}
FROM ${fromClause(source)} WHERE ${windowSql(time, request.start, request.end)}`
}

/**
 * The moments of a range as a query: each distinct time of any view's row, with its keys; a key that a view does not have is null. Feast
 * fails on views whose entities differ; here what is known at each moment is answered.
 */
export const momentsSql = (request: RangeRequest, times: readonly TableColumn[]): string => {
  const keys = rangeKeys(request)
  const parts = request.views.flatMap((view, place) => {
    const time = times[place]
    return time === undefined ? [] : [momentsOf(view, postgresSourceOf(view.source), time, keys, request)]
  })
  const order = [momentColumn, ...keys.map(({ rowColumn }) => rowColumn)].map((name) => quoteIdentifier(name))
  return `SELECT DISTINCT * FROM (${parts.join('\nUNION ALL\n')}\n) AS moments ORDER BY ${order.join(', ')}`
}
