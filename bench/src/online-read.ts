import { entity, featureView, float64, int64, postgresSource, type Schema } from '@charmed-feast/store'
import type { FeastSide } from './feast-side.ts'
import { type Figure, median } from './figure.ts'
import { pgbench } from './pgbench.ts'
import type { Workspace } from './workspace.ts'

// Online reads through the SDK: 1, 10 and 100 entities × 50 features in 5 views, random keys, 8 calls in flight. The limit is PostgreSQL
// answering the same statement to pgbench.

const viewCount = 5
const featureCount = 10
const inFlight = 8

/** How large a run is. */
export interface OnlineReadSize {
  readonly keys: number
  readonly seconds: number
  readonly rounds: number
}

const driver = entity({ name: 'driver', joinKey: 'driver_id', valueType: int64 })
const names = Array.from({ length: featureCount }, (_, at) => `feature_${at}`)
const schema: Schema = Object.fromEntries(names.map((name) => [name, float64]))
const views = Array.from({ length: viewCount }, (_, at) =>
  featureView({
    name: `view_${at}`,
    entities: [driver],
    schema,
    source: postgresSource({ name: `source_${at}`, table: `source_${at}`, timestampField: 'at' }),
  }),
)
const refs = Object.freeze(views.flatMap((view) => names.map((name) => `${view.name}:${name}`)))

const prepare = async ({ client, store }: Workspace, keys: number): Promise<void> => {
  for (const view of views)
    await client.query(
      `CREATE TABLE source_${view.name.slice(5)} AS SELECT i AS driver_id, now() - interval '1 hour' AS at, ${names.map((name) => `random() AS ${name}`).join(', ')} FROM generate_series(1, ${keys}) i`,
    )
  await client.query('ALTER TABLE source_0 ALTER driver_id TYPE bigint')
  for (const view of views.slice(1)) await client.query(`ALTER TABLE source_${view.name.slice(5)} ALTER driver_id TYPE bigint`)
  await store.apply([driver, ...views])
  await store.materialize({ start: new Date(Date.now() - 86_400_000), end: new Date() })
  await client.query('VACUUM ANALYZE')
}

const ours = async ({ store }: Workspace, batch: number, { keys, seconds }: OnlineReadSize): Promise<number> => {
  const stop = performance.now() + seconds * 1000
  let calls = 0
  const work = async (): Promise<void> => {
    while (performance.now() < stop) {
      const columns = { driver_id: Array.from({ length: batch }, () => BigInt(1 + Math.floor(Math.random() * keys))) }
      const vectors = await store.readOnline(refs, { columns }, { fullFeatureNames: true })
      // Every cell is read, as on the other side.
      for (const values of Object.values(vectors.columns)) if (values.length !== batch) throw new Error('a column is short')
      calls++
    }
  }
  const began = performance.now()
  await Promise.all(Array.from({ length: inFlight }, work))
  return calls / ((performance.now() - began) / 1000)
}

/** Measures online reads. */
export async function* onlineRead(space: Workspace, feast: FeastSide | undefined, size: OnlineReadSize): AsyncGenerator<Figure> {
  await prepare(space, size.keys)
  for (const batch of [1, 10, 100]) {
    const [mine, theirs, limits]: [number[], number[], number[]] = [[], [], []]
    const tables = views.map((view) => `public."bench_${view.name}"`)
    for (let round = 0; round < size.rounds; round++) {
      mine.push(await ours(space, batch, size))
      if (feast !== undefined) {
        const options = { features: refs, batch, keys: size.keys, seconds: size.seconds }
        const one = Number((await feast.step('online', { ...options, threads: 1 })).rate)
        theirs.push(Math.max(one, Number((await feast.step('online', { ...options, threads: inFlight })).rate)))
      }
      const limit = await pgbench(space, tables, { batch, keys: size.keys, seconds: size.seconds, clients: inFlight })
      if (limit !== undefined) limits.push(limit)
    }
    yield {
      section: 'online-read',
      case: `${batch} x ${viewCount * featureCount}`,
      ours: median(mine),
      feast: theirs.length === 0 ? undefined : median(theirs),
      limit: limits.length === 0 ? undefined : median(limits),
      unit: 'calls/s',
    }
  }
}
