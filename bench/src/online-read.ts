import { entity, featureView, float64, int64, postgresSource, type Schema } from '@charmed-feast/store'
import { type FeastSide, numberOf } from './feast-side.ts'
import { type Figure, median, middle } from './figure.ts'
import { type PgbenchResult, pgbench, prepareRequests } from './pgbench.ts'
import { checkSame, type Run, startFeast } from './section.ts'
import { type Workspace, workspace } from './workspace.ts'

// Online reads through the SDK, one process: 1, 10 and 100 entities × 50 features in 5 views, 8 calls in flight; and 100 × 50 one at a time.
// Keys are drawn anew for each call. Feast runs at its better of one and eight threads; the limit is the same read by pgbench.

const viewCount = 5
const featureCount = 10
const inFlight = 8

interface Size {
  readonly keys: number
  readonly seconds: number
  readonly rounds: number
}

/** How a case is read. */
interface Reads extends Size {
  readonly batch: number
  readonly clients: number
}

/** Calls a second, and milliseconds of the middle call. */
interface Speed {
  readonly rate: number
  readonly milliseconds: number
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
  for (let at = 0; at < viewCount; at++)
    await client.query(
      `CREATE TABLE source_${at} AS SELECT i::bigint AS driver_id, now() - interval '1 hour' AS at, ${names.map((name) => `random() AS ${name}`).join(', ')} FROM generate_series(1, ${keys}) i`,
    )
  await store.apply([driver, ...views])
  await store.materialize({ start: new Date(Date.now() - 86_400_000), end: new Date() })
  await client.query('VACUUM ANALYZE')
}

/** The sum of every cell of one read. */
const read = async ({ store }: Workspace, ids: readonly bigint[]): Promise<number> => {
  const { columns } = await store.readOnline(refs, { columns: { driver_id: ids } }, { fullFeatureNames: true })
  let sum = 0
  for (const values of Object.values(columns)) for (let at = 0; at < values.length; at++) sum += Number(values[at])
  return sum
}

const ours = async (space: Workspace, { batch, clients, keys, seconds }: Reads): Promise<Speed> => {
  const stop = performance.now() + seconds * 1000
  const times: number[] = []
  const work = async (): Promise<void> => {
    while (performance.now() < stop) {
      const start = performance.now()
      await read(
        space,
        Array.from({ length: batch }, () => BigInt(1 + Math.floor(Math.random() * keys))),
      )
      times.push(performance.now() - start)
    }
  }
  const began = performance.now()
  await Promise.all(Array.from({ length: clients }, work))
  return { rate: times.length / ((performance.now() - began) / 1000), milliseconds: middle(times) }
}

const feasts = async (feast: FeastSide, { batch, keys, seconds }: Reads, threads: number): Promise<Speed> => {
  const answer = await feast.step('online', { features: refs, batch, keys, seconds, threads })
  return { rate: numberOf(answer, 'rate'), milliseconds: numberOf(answer, 'milliseconds') }
}

/** Feast's better of one thread and as many as we have calls in flight. */
const bestOfFeast = async (feast: FeastSide, reads: Reads): Promise<Speed> => {
  const one = await feasts(feast, reads, 1)
  if (reads.clients === 1) return one
  const many = await feasts(feast, reads, reads.clients)
  return many.rate > one.rate ? many : one
}

const compare = async (space: Workspace, feast: FeastSide | undefined, reads: Reads, by: keyof Speed): Promise<Figure> => {
  const sides: Readonly<Record<'ours' | 'feast' | 'limit', Speed[]>> = { ours: [], feast: [], limit: [] }
  await prepareRequests(space, reads)
  for (let round = 0; round < reads.rounds; round++) {
    sides.ours.push(await ours(space, reads))
    if (feast !== undefined) sides.feast.push(await bestOfFeast(feast, reads))
    const limit: PgbenchResult | undefined = await pgbench(space, reads)
    if (limit !== undefined) sides.limit.push(limit)
  }
  const of = (side: readonly Speed[]) => side.map((each) => each[by])
  return {
    section: 'online-read',
    case: `${reads.batch} x ${viewCount * featureCount}, ${reads.clients} in flight`,
    ours: middle(of(sides.ours)),
    feast: median(of(sides.feast)),
    limit: median(of(sides.limit)),
    unit: by === 'rate' ? 'calls/s' : 'ms',
  }
}

/** Measures online reads. */
export async function* onlineRead(run: Run): AsyncGenerator<Figure> {
  const size: Size = run.quick ? { keys: 2000, seconds: 1, rounds: 1 } : { keys: 100_000, seconds: 3, rounds: 3 }
  await using space = await workspace()
  await prepare(space, size.keys)
  await using feast = startFeast(run, space)
  const ids = Array.from({ length: 500 }, (_, at) => 1 + at * Math.floor(size.keys / 500))
  if (feast !== undefined)
    checkSame('values', [await read(space, ids.map(BigInt))], [numberOf(await feast.step('online_sum', { features: refs, ids }), 'sum')])
  for (const batch of [1, 10, 100]) yield await compare(space, feast, { ...size, batch, clients: inFlight }, 'rate')
  yield await compare(space, feast, { ...size, batch: 100, clients: 1 }, 'milliseconds')
}
