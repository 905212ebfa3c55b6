import { entity, featureView, float64, int64, postgresSource } from '@charmed-feast/store'
import type { FeastSide } from './feast-side.ts'
import type { Figure } from './figure.ts'
import type { Workspace } from './workspace.ts'

// Training sets on PostgreSQL: probes × rows, ten versions an entity, three features with a created column; with an index on keys and
// time and without. Both sides start from a query for entity rows and end with every cell in memory.

/** How large a run is. */
export interface PointInTimeSize {
  readonly probes: number
  readonly rows: number
  readonly rounds: number
}

const driver = entity({ name: 'driver', joinKey: 'driver_id', valueType: int64 })
const view = featureView({
  name: 'history',
  entities: [driver],
  schema: { a: float64, b: float64, c: int64 },
  source: postgresSource({ name: 'history', table: 'history', timestampField: 'at', createdTimestampColumn: 'created' }),
})
const features = Object.freeze(['history:a', 'history:b', 'history:c'])

const prepare = async ({ client, store }: Workspace, { probes, rows }: PointInTimeSize): Promise<void> => {
  await client.query(`CREATE TABLE history AS SELECT (i % ${rows / 10})::bigint AS driver_id, timestamptz '2026-01-01 00:00+00' + (i / ${rows / 10}) * interval '1 day' + random() * interval '12 hours' AS at,
    timestamptz '2026-02-01 00:00+00' AS created, random() AS a, random() AS b, i::bigint AS c FROM generate_series(0, ${rows - 1}) i ORDER BY random()`)
  await client.query(
    `CREATE TABLE probes AS SELECT floor(random() * ${rows / 10})::bigint AS driver_id, timestamptz '2026-01-01 00:00+00' + random() * interval '11 days' AS event_timestamp FROM generate_series(1, ${probes})`,
  )
  await client.query('ANALYZE')
  await store.apply([driver, view])
}

const ours = async ({ store }: Workspace): Promise<{ seconds: number; sum: number; rows: number }> => {
  const began = performance.now()
  const set = await store.readHistorical(features, { entityRows: { sql: 'SELECT driver_id, event_timestamp FROM probes' } })
  let [sum, rows] = [0, 0]
  for await (const { columns, rows: count } of set.batches()) {
    rows += count
    for (const column of columns) if (column.name === 'a') for (let at = 0; at < count; at++) sum += Number(column.values[at] ?? 0)
  }
  return { seconds: (performance.now() - began) / 1000, sum, rows }
}

const compare = async (space: Workspace, feast: FeastSide | undefined, name: string): Promise<Figure> => {
  const mine = await ours(space)
  const theirs = await feast?.step('historical', { sql: 'SELECT driver_id, event_timestamp FROM probes', features })
  if (theirs !== undefined && (Number(theirs.rows) !== mine.rows || Math.abs(Number(theirs.sum) - mine.sum) > 1e-6 * Math.abs(mine.sum)))
    throw new Error(`the two sides differ: ${mine.rows} rows with sum ${mine.sum} here, ${theirs.rows} with ${theirs.sum} there`)
  return {
    section: 'point-in-time',
    case: name,
    ours: mine.seconds,
    feast: theirs === undefined ? undefined : Number(theirs.seconds),
    limit: undefined,
    unit: 's',
  }
}

/** Measures training sets. */
export async function* pointInTime(space: Workspace, feast: FeastSide | undefined, size: PointInTimeSize): AsyncGenerator<Figure> {
  await prepare(space, size)
  const name = `${size.probes} x ${size.rows}`
  for (let round = 0; round < size.rounds; round++) yield await compare(space, feast, `${name}, no index`)
  await space.client.query('CREATE INDEX ON history (driver_id, at DESC)')
  await space.client.query('ANALYZE history')
  for (let round = 0; round < size.rounds; round++) yield await compare(space, feast, `${name}, index`)
}
