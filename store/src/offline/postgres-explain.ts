import type pg from 'pg'
import { allowed, storeError } from '../errors.ts'
import { candidateLimit, chunkOf, explanationOf, futureLimit, type SourceRow } from './explain.ts'
import type { Explanation } from './explanation.ts'
import { laneOf } from './lane.ts'
import type { ExplainRequest } from './offline.ts'
import { castOf, momentCell, postgresCell } from './postgres-cell.ts'
import { readTuples } from './postgres-copy.ts'
import { compileJoin, joinReader, type PostgresJoin, tieOrder } from './postgres-join.ts'
import { columnNamed, columnSql, describeTable, postgresSourceOf } from './postgres-table.ts'
import { probeTable, uploadSlots } from './postgres-upload.ts'
import { types } from './postgres-value.ts'
import { probesOf } from './probes.ts'
import { Slots } from './slots.ts'

const candidatesSql = (join: PostgresJoin, limit: number): string => {
  const time = columnSql(join.time.name)
  const created = join.created === undefined ? '' : `, ${columnSql(join.created.name)} DESC NULLS LAST`
  const on = join.keys.map(({ sql, probe }) => `${sql} = ${probe('e')}`).join(' AND ')
  const from = `FROM ${join.table.from} JOIN ${probeTable} AS e ON ${on === '' ? 'true' : on}`
  const selected = join.selected.join(', ')
  return `(SELECT 0, ${selected} ${from} WHERE ${time} <= e.te ORDER BY ${time} DESC${created} LIMIT ${limit + 1})
UNION ALL (SELECT 1, ${selected} ${from} WHERE ${time} > e.te ORDER BY ${time} LIMIT ${futureLimit})`
}

/** Finds the rows that a value could have come from, and chooses among them as the join does. See {@link OfflineStore.explain}. */
export const explainPostgres = async (client: pg.ClientBase, request: ExplainRequest): Promise<Explanation> => {
  const { view, feature, limit = candidateLimit } = request
  const wanted = view.features.find(({ name }) => name === feature)
  if (wanted === undefined)
    throw storeError('STORE_FEATURE_NOT_FOUND', [feature, view.name, allowed(view.features.map(({ name }) => name))])
  const table = await describeTable(client, postgresSourceOf(view.source))
  const probes = probesOf(chunkOf(request), view.joinKeys)
  const join = compileJoin(view, table, probes.kinds)
  if (probes.slots === 0)
    return {
      ...explanationOf(request, { rows: [], chosen: -1, more: false }),
      reason: 'a join key of the row is null: nothing is equal to it',
    }
  await uploadSlots(client, join, probes, 0)
  const reader = joinReader(join, probes, 1)
  const { cursor } = reader
  const stored = castOf(columnNamed(table, wanted.sourceColumn, 'a feature').type, wanted.type).type
  const place = 3 + view.features.indexOf(wanted)
  const room = limit + futureLimit + 1
  const name = { source: table.source.name, column: wanted.sourceColumn }
  const shown = [
    laneOf(momentCell(cursor, 1, join.time.type), room),
    laneOf(momentCell(cursor, 2, join.created?.type ?? types.timestamptz), room),
    laneOf(postgresCell(cursor, place, stored, wanted.type, name), room),
  ]
  let count = 0
  const chosen = laneOf({ kind: 'number', isNull: () => false, number: () => count }, probes.slots)
  const slots = new Slots(probes, [...tieOrder(view, reader.lanes), chosen])
  let past = 0
  await readTuples(client, candidatesSql(join, limit), cursor, () => {
    for (const lane of shown) lane.take(count)
    if (cursor.view.getInt32(cursor.offsets[0] ?? 0) === 0) {
      past++
      slots.offerTo(0, reader.time(), reader.created())
    }
    count++
  })
  const [times = [], created = [], values = []] = shown.map((lane) => lane.read(Int32Array.from({ length: count }, (_, row) => row)))
  const answer = chosen.read(slots.answers(Number(view.ttl?.microseconds ?? 0n)))[0]
  const rows = Array.from({ length: count }, (_, row) => ({
    eventTime: times[row],
    createdTime: created[row],
    value: values[row],
  })) as SourceRow[]
  const fitting = rows.filter((_, row) => row < past && row >= limit).length
  return explanationOf(request, { rows, chosen: typeof answer === 'number' ? answer : -1, more: fitting > 0 })
}
