import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { entity, featureView, float64, int64, postgresSource } from '@charmed-feast/store'
import pg from 'pg'
import { type FeastSide, numberOf } from './feast-side.ts'
import { type Figure, median, middle } from './figure.ts'
import { checkSame, type Run, startFeast } from './section.ts'
import { type Workspace, workspace } from './workspace.ts'

// Materialization: source rows → keys × 5 features, from the source to committed online rows; into an empty table, and over what is there.
// The limit is PostgreSQL copying the same online rows from a file of its own into a table with the same keys.

/** How large a run is. */
export interface MaterializationSize {
  readonly rows: number
  readonly keys: number
  readonly rounds: number
}

/** The key of what is materialized. */
export const driver = entity({ name: 'driver', joinKey: 'driver_id', valueType: int64 })

/** A view over the source rows: each side loads its own. */
export const viewNamed = (name: string) =>
  featureView({
    name,
    entities: [driver],
    schema: { a: float64, b: float64, c: float64, d: float64, e: int64 },
    source: postgresSource({ name: 'events', table: 'events', timestampField: 'at', createdTimestampColumn: 'created' }),
  })

/** The two loads: what is there after four days, and then what came in the week after, of every key. */
export const loads = [
  { what: 'first load', start: '2026-01-01T00:00:00Z', end: '2026-01-05T00:00:00Z' },
  { what: 'update of all', start: '2026-01-05T00:00:00Z', end: '2026-01-12T00:00:00Z' },
] as const

/** Makes the source rows: ten days of every key, in no order. */
export const prepareEvents = async ({ client }: Workspace, { rows, keys }: Pick<MaterializationSize, 'rows' | 'keys'>): Promise<void> => {
  await client.query(`CREATE TABLE events AS SELECT (i % ${keys})::bigint AS driver_id, timestamptz '2026-01-01 00:00+00' + (i / ${keys}) * interval '1 day' AS at,
    timestamptz '2026-02-01 00:00+00' AS created, random() AS a, random() AS b, random() AS c, random() AS d, i::bigint AS e FROM generate_series(0, ${rows - 1}) i ORDER BY random()`)
  await client.query('VACUUM ANALYZE')
}

/** What an online table holds: its number of rows, and a sum over the bytes of every key, name and value, and every event time. */
const checksum = async ({ client }: Workspace, table: string): Promise<readonly number[]> => {
  const { rows } = await client.query(`SELECT count(*)::float8 AS count, sum(extract(epoch FROM event_ts))::float8 AS times,
    sum(hashtextextended(encode(entity_key || convert_to(feature_name, 'UTF8') || value, 'hex'), 0))::float8 AS bytes FROM ${table}`)
  const [{ count, times, bytes } = {}] = rows
  return [Number(count), Number(times), Number(bytes)]
}

/** Seconds in which PostgreSQL copies the online rows that are there from a file into a table with the same keys, and commits. */
const copyLimit = async ({ client, postgres }: Workspace, admin: pg.Client, table: string): Promise<number> => {
  const file = join(postgres.dataDirectory, 'bench-copied')
  await admin.query(`COPY ${table} TO '${file}' (FORMAT binary)`)
  await client.query(`CREATE TABLE copied (LIKE ${table} INCLUDING ALL)`)
  await admin.query('CHECKPOINT')
  const began = performance.now()
  await admin.query(`COPY copied FROM '${file}' (FORMAT binary)`)
  const seconds = (performance.now() - began) / 1000
  await client.query('DROP TABLE copied')
  await rm(file)
  return seconds
}

interface Times {
  readonly ours: number[]
  readonly feast: number[]
  readonly limit: number[]
}

interface Sides {
  readonly space: Workspace
  readonly feast: FeastSide | undefined
  /** The superuser: what was written is brought to the disk before each load, so that none pays for the one before it. */
  readonly admin: pg.Client
}

const round = async ({ space, feast, admin }: Sides, place: number, times: readonly Times[]): Promise<void> => {
  const [mine, theirs] = [`ours_${place}`, `theirs_${place}`]
  await space.store.apply([driver, viewNamed(mine), viewNamed(theirs)], { partial: true })
  for (const [at, { what, start, end }] of loads.entries()) {
    await admin.query('CHECKPOINT')
    const began = performance.now()
    await space.store.materialize({ start: new Date(start), end: new Date(end), views: [mine] })
    times[at]?.ours.push((performance.now() - began) / 1000)
    if (what === 'first load') times[at]?.limit.push(await copyLimit(space, admin, `bench_${mine}`))
    if (feast === undefined) continue
    await admin.query('CHECKPOINT')
    times[at]?.feast.push(numberOf(await feast.step('materialize', { start, end, views: [theirs] }), 'seconds'))
    checkSame('online rows', await checksum(space, `bench_${mine}`), await checksum(space, `bench_${theirs}`))
  }
}

/** Measures materialization. */
export async function* materialization(run: Run): AsyncGenerator<Figure> {
  const size: MaterializationSize = run.quick ? { rows: 20_000, keys: 2000, rounds: 1 } : { rows: 1_000_000, keys: 100_000, rounds: 2 }
  await using space = await workspace()
  await prepareEvents(space, size)
  await using feast = startFeast(run, space)
  const admin = new pg.Client({ connectionString: space.postgres.adminUrl('bench') })
  await admin.connect()
  const times: readonly Times[] = loads.map(() => ({ ours: [], feast: [], limit: [] }))
  try {
    for (let place = 0; place < size.rounds; place++) await round({ space, feast, admin }, place, times)
  } finally {
    await admin.end()
  }
  for (const [at, { what }] of loads.entries())
    yield {
      section: 'materialization',
      case: `${size.rows} rows to ${size.keys} keys x 5, ${what}`,
      ours: middle(times[at]?.ours ?? []),
      feast: median(times[at]?.feast ?? []),
      limit: median(times[at]?.limit ?? []),
      unit: 's',
    }
}
