import { type EntityRows, entity, featureView, float64, int64, postgresSource } from '@charmed-feast/store'
import { type FeastSide, numberOf } from './feast-side.ts'
import { type Figure, median, middle } from './figure.ts'
import { checkSame, type Run, startFeast } from './section.ts'
import { type TrainingResult, timeTrainingSet } from './training-set.ts'
import { type Workspace, workspace } from './workspace.ts'

// Training sets on PostgreSQL: probes × rows, three features with a created column, with an index on keys and time and without. Both sides
// start from entity rows in memory (a DataFrame there, columns here) or from a query for them, and end with every cell in memory. Feast is
// stopped after five minutes, and left out of the largest.

interface Case {
  readonly probes: number
  readonly rows: number
  /** Rows of one entity. */
  readonly versions: number
  readonly index: boolean
  /** Where entity rows are: in memory, or in a table of the offline store. */
  readonly from: 'memory' | 'query'
  readonly rounds: number
  readonly feast: boolean
}

const patience = 300

const driver = entity({ name: 'driver', joinKey: 'driver_id', valueType: int64 })
const view = featureView({
  name: 'history',
  entities: [driver],
  schema: { a: float64, b: float64, c: int64 },
  source: postgresSource({ name: 'history', table: 'history', timestampField: 'at', createdTimestampColumn: 'created' }),
})
const features = Object.freeze(['history:a', 'history:b', 'history:c'])
const sql = 'SELECT driver_id, event_timestamp FROM probes'

/** Ten days of history whatever the versions, and probes over eleven. */
const prepare = async ({ client, store }: Workspace, { probes, rows, versions, index }: Case): Promise<void> => {
  const keys = rows / versions
  const step = `interval '${864_000 / versions} seconds'`
  await client.query(`CREATE TABLE history AS SELECT (i % ${keys})::bigint AS driver_id, timestamptz '2026-01-01 00:00+00' + (i / ${keys} + random() / 2) * ${step} AS at,
    timestamptz '2026-02-01 00:00+00' AS created, random() AS a, random() AS b, i::bigint AS c FROM generate_series(0, ${rows - 1}) i ORDER BY random()`)
  await client.query(
    `CREATE TABLE probes AS SELECT floor(random() * ${keys})::bigint AS driver_id, timestamptz '2026-01-01 00:00+00' + random() * interval '11 days' AS event_timestamp FROM generate_series(1, ${probes})`,
  )
  if (index) await client.query('CREATE INDEX ON history (driver_id, at DESC)')
  await client.query('VACUUM ANALYZE')
  await store.apply([driver, view])
}

/** The probes as columns, as a program of ours would have them. */
const columnsOf = async ({ client }: Workspace): Promise<EntityRows> => {
  const { rows } = await client.query(
    `SELECT driver_id::text, (extract(epoch FROM event_timestamp) * 1000000)::bigint::text AS at FROM (${sql}) AS p`,
  )
  const longs = (name: string): BigInt64Array => BigInt64Array.from(rows, (row) => BigInt(row[name]))
  return { columns: { driver_id: longs('driver_id'), event_timestamp: longs('at') } }
}

const feasts = async (feast: FeastSide, from: Case['from']): Promise<TrainingResult | undefined> => {
  const answer = await feast.stepWithin(patience, 'historical', { sql, features, frame: from === 'memory' })
  const sums = answer?.sums
  if (answer === undefined || typeof sums !== 'object') return undefined
  return { seconds: numberOf(answer, 'seconds'), rows: numberOf(answer, 'rows'), sums }
}

const compare = async (run: Run, each: Case): Promise<Figure> => {
  await using space = await workspace()
  await prepare(space, each)
  await using feast = each.feast ? startFeast(run, space) : undefined
  const mine: number[] = []
  const theirs: number[] = []
  let stopped = false
  const entityRows = each.from === 'memory' ? await columnsOf(space) : { sql }
  for (let round = 0; round < each.rounds; round++) {
    const result = await timeTrainingSet(space.store, features, entityRows)
    mine.push(result.seconds)
    // Feast takes half a minute: once will do.
    if (feast === undefined || round > 0) continue
    const answer = await feasts(feast, each.from)
    stopped = answer === undefined
    theirs.push(answer?.seconds ?? patience)
    if (answer !== undefined) checkSame('training sets', [result.rows, ...result.sums], [answer.rows, ...answer.sums])
  }
  const inRows = !each.feast
  return {
    section: 'point-in-time',
    case: `${each.probes} x ${each.rows}, ${each.versions} versions, ${each.index ? 'index' : 'no index'}, rows in ${each.from === 'memory' ? 'memory' : 'a table'}`,
    ours: inRows ? each.probes / middle(mine) : middle(mine),
    feast: median(theirs),
    stopped,
    unit: inRows ? 'rows/s' : 's',
  }
}

const cases = (quick: boolean): readonly Case[] => {
  const [probes, rows] = quick ? [2000, 20_000] : [100_000, 1_000_000]
  const usual = { versions: 10, from: 'query' as const, rounds: quick ? 1 : 3, feast: true }
  return [
    { ...usual, probes, rows, index: true, from: 'memory' },
    { ...usual, probes, rows, index: false, from: 'memory' },
    { ...usual, probes, rows, index: true },
    { ...usual, probes, rows, index: false },
    { ...usual, probes: probes / 5, rows: rows * 2, versions: 2000, index: true, rounds: 1 },
    // Rates of ours alone, to see whether time grows with the size and no faster.
    { ...usual, probes, rows, index: false, feast: false },
    { ...usual, probes: probes * 10, rows: rows * 10, index: false, feast: false },
  ]
}

/** Measures training sets on PostgreSQL. */
export async function* pointInTime(run: Run): AsyncGenerator<Figure> {
  for (const each of cases(run.quick)) yield await compare(run, each)
}
