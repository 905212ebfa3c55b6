import { entity, featureView, float64, int64, postgresSource } from '@charmed-feast/store'
import type { FeastSide } from './feast-side.ts'
import type { Figure } from './figure.ts'
import type { Workspace } from './workspace.ts'

// Materialization: source rows → keys × 5 features, from the source to committed online rows; into an empty table, and over what is there.
// The limit is PostgreSQL copying the same online rows into a table with the same key.

/** How large a run is. */
export interface MaterializationSize {
  readonly rows: number
  readonly keys: number
}

const driver = entity({ name: 'driver', joinKey: 'driver_id', valueType: int64 })
const view = (name: string) =>
  featureView({
    name,
    entities: [driver],
    schema: { a: float64, b: float64, c: float64, d: float64, e: int64 },
    source: postgresSource({ name: 'events', table: 'events', timestampField: 'at', createdTimestampColumn: 'created' }),
  })
const [start, middle, end] = ['2026-01-01T00:00:00Z', '2026-01-05T00:00:00Z', '2026-01-12T00:00:00Z']

const prepare = async ({ client, store }: Workspace, { rows, keys }: MaterializationSize): Promise<void> => {
  await client.query(`CREATE TABLE events AS SELECT (i % ${keys})::bigint AS driver_id, timestamptz '2026-01-01 00:00+00' + (i / ${keys}) * interval '1 day' AS at,
    timestamptz '2026-02-01 00:00+00' AS created, random() AS a, random() AS b, random() AS c, random() AS d, i::bigint AS e FROM generate_series(0, ${rows - 1}) i ORDER BY random()`)
  await client.query('ANALYZE')
  await store.apply([driver, view('ours'), view('theirs')])
}

/** Seconds in which PostgreSQL copies the online rows that are there into a table with the same key, and commits. */
const copyLimit = async ({ client }: Workspace): Promise<number> => {
  await client.query('CREATE TABLE copied (LIKE bench_ours INCLUDING ALL)')
  const began = performance.now()
  await client.query('INSERT INTO copied SELECT * FROM bench_ours')
  const seconds = (performance.now() - began) / 1000
  await client.query('DROP TABLE copied')
  return seconds
}

/** Measures materialization. */
export async function* materialization(space: Workspace, feast: FeastSide | undefined, size: MaterializationSize): AsyncGenerator<Figure> {
  await prepare(space, size)
  const name = `${size.rows} rows to ${size.keys} keys x 5`
  for (const [what, from, to] of [
    ['first load', start, middle],
    ['update of all', middle, end],
  ] as const) {
    const began = performance.now()
    await space.store.materialize({ start: new Date(from), end: new Date(to), views: ['ours'] })
    const seconds = (performance.now() - began) / 1000
    const theirs = await feast?.step('materialize', { start: from, end: to, views: ['theirs'] })
    yield {
      section: 'materialization',
      case: `${name}, ${what}`,
      ours: seconds,
      feast: theirs === undefined ? undefined : Number(theirs.seconds),
      limit: what === 'first load' ? await copyLimit(space) : undefined,
      unit: 's',
    }
    if (theirs !== undefined && what === 'update of all') {
      const ourMemory = process.resourceUsage().maxRSS / 1024
      yield { section: 'materialization', case: 'memory', ours: ourMemory, feast: Number(theirs.megabytes), limit: undefined, unit: 'MB' }
    }
  }
}
