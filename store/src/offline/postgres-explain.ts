import type pg from 'pg'
import { askedFeature, askedProbes, Candidates, candidateLimit, futureLimit, unanswerable, valueNow } from './explain.ts'
import type { Explanation } from './explanation.ts'
import { type Cell, laneOf, tieOrder } from './lane.ts'
import type { ExplainRequest } from './offline.ts'
import { momentCell } from './postgres-cell.ts'
import { readTuples } from './postgres-copy-out.ts'
import { compileJoin, featureCell, joinReader, type PostgresJoin } from './postgres-join.ts'
import { columnSql, describeTable, postgresSourceOf } from './postgres-table.ts'
import { sendProbes } from './postgres-upload.ts'
import { types } from './postgres-value.ts'

const candidatesSql = (join: PostgresJoin, probes: string, limit: number): string => {
  const time = columnSql(join.time.name)
  const created = join.created === undefined ? '' : `, ${columnSql(join.created.name)} DESC NULLS LAST`
  const on = join.keys.map(({ sql, probe }) => `${sql} = ${probe('e')}`).join(' AND ')
  const from = `FROM ${join.table.from} JOIN ${probes} AS e ON ${on === '' ? 'true' : on}`
  const selected = join.selected.join(', ')
  return `(SELECT 0, ${selected} ${from} WHERE ${time} <= e.te ORDER BY ${time} DESC${created} FETCH FIRST ${limit + 1} ROWS WITH TIES)
UNION ALL (SELECT 1, ${selected} ${from} WHERE ${time} > e.te ORDER BY ${time} LIMIT ${futureLimit})`
}

/** Finds the rows that a value could have come from, and chooses among them as the join does. See {@link OfflineStore.explain}. */
export const explainPostgres = async (client: pg.ClientBase, request: ExplainRequest): Promise<Explanation> => {
  const { view, limit = candidateLimit } = request
  const feature = askedFeature(request)
  const probes = askedProbes(request)
  const join = compileJoin(view, await describeTable(client, postgresSourceOf(view.source)), probes.kinds)
  if (probes.slots === 0) return unanswerable(request)
  const sent = await sendProbes(client, join, probes, { per: 'slot', ttl: 0, temporary: false })
  const reader = joinReader(join, probes, 1)
  const { cursor } = reader
  const one = (cell: Cell) => laneOf(cell, 1)
  const event = one(momentCell(cursor, 1, join.time.type))
  const created = one(momentCell(cursor, 2, join.created?.type ?? types.timestamptz))
  const value = one(featureCell(join, cursor, 1, view.features.indexOf(feature)))
  const candidates = new Candidates(request, probes, tieOrder(view, reader.lanes))
  await readTuples(client, candidatesSql(join, sent, limit), cursor, () => {
    // The lanes of times give bigint, and null for none alone.
    const times = { eventTime: valueNow(event) as bigint, createdTime: valueNow(created) as bigint | null }
    candidates.offer({ ...times, value: valueNow(value) }, reader.time(), reader.created())
  })
  return candidates.explanation()
}
