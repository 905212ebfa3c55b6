import { entity, featureView, float64, int64, postgresSource } from '@charmed-feast/store'
import { numberOf } from './feast-side.ts'
import { type Figure, median, middle } from './figure.ts'
import { type Run, startFeast } from './section.ts'
import { type Workspace, workspace } from './workspace.ts'

// `apply` of 200 views of 10 features when nothing changed, each with a source and a table of its own, which ours looks at.

const fields = 10

const driver = entity({ name: 'driver', joinKey: 'driver_id', valueType: int64 })

const definitions = (views: number) => [
  driver,
  ...Array.from({ length: views }, (_, at) =>
    featureView({
      name: `view_${at}`,
      entities: [driver],
      schema: Object.fromEntries(Array.from({ length: fields }, (_, each) => [`feature_${each}`, float64])),
      source: postgresSource({ name: `source_${at}`, table: `source_${at}`, timestampField: 'at' }),
    }),
  ),
]

const prepare = async ({ client }: Workspace, views: number): Promise<void> => {
  const columns = Array.from({ length: fields }, (_, at) => `feature_${at} float8`).join(', ')
  for (let at = 0; at < views; at++) await client.query(`CREATE TABLE source_${at} (driver_id bigint, at timestamptz, ${columns})`)
}

/** Measures an apply that changes nothing. Each side has a database of its own, and applies once before it is measured. */
export async function* apply(run: Run): AsyncGenerator<Figure> {
  const [views, rounds] = run.quick ? [20, 1] : [200, 5]
  await using ours = await workspace()
  await using theirs = await workspace()
  await prepare(ours, views)
  await prepare(theirs, views)
  await using feast = startFeast(run, theirs)
  const wanted = definitions(views)
  await ours.store.apply(wanted)
  await feast?.step('apply', { views, fields })
  const times: { readonly ours: number[]; readonly feast: number[] } = { ours: [], feast: [] }
  for (let round = 0; round < rounds; round++) {
    const began = performance.now()
    const { differences } = await ours.store.apply(definitions(views))
    times.ours.push((performance.now() - began) / 1000)
    if (differences.length > 0) throw new Error('the apply of what was applied changed something')
    if (feast !== undefined) times.feast.push(numberOf(await feast.step('apply', { views, fields }), 'seconds'))
  }
  yield { section: 'apply', case: `${views} views, nothing changed`, ours: middle(times.ours), feast: median(times.feast), unit: 's' }
}
