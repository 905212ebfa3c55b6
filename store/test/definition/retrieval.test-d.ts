import { entity } from '../../src/definition/entity.ts'
import { as } from '../../src/definition/feature-ref.ts'
import { featureService } from '../../src/definition/feature-service.ts'
import { featureView } from '../../src/definition/feature-view.ts'
import { onDemandFeatureView } from '../../src/definition/on-demand-feature-view.ts'
import type { Asked, Checked, EntityRow, FeatureVector, Repository } from '../../src/definition/retrieval.ts'
import { postgresSource, requestSource } from '../../src/definition/source.ts'
import { float32, float64, int64, listOf, string, timestamp } from '../../src/definition/value-type.ts'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const ok = <T extends true>(): T | undefined => undefined

const source = postgresSource({ table: 'driver_stats', timestampField: 'event_timestamp' })
const driver = entity({ name: 'driver', joinKey: 'driver_id', valueType: int64 })
const customer = entity({ name: 'customer', valueType: string })
const stats = featureView({
  name: 'driver_hourly_stats',
  entities: [driver],
  schema: { conv_rate: float32, acc_rate: float32, trips: int64, emb: listOf(float32), seen: timestamp },
  source,
})
const spend = featureView({ name: 'customer_spend', entities: [customer, driver], schema: { total: float64, conv_rate: float32 }, source })
const odd = featureView({ name: 'odd', entities: [driver], schema: { driver_id: float32, x: float32 }, source })
const trip = requestSource({ name: 'trip', schema: { distance_km: float64 } })
const fare = onDemandFeatureView({
  name: 'fare',
  sources: [stats, trip],
  schema: { expected_fare: float64 },
  transform: (row) => ({ expected_fare: row.distance_km * (1 + (row.conv_rate ?? 0)) }),
})
const columns = onDemandFeatureView({
  name: 'columns',
  sources: [stats],
  schema: { doubled: float64 },
  transformColumns: ({ conv_rate }, rows) => ({ doubled: Float64Array.from({ length: rows }, (_, row) => 2 * (conv_rate[row] ?? 0)) }),
})
const pricing = featureService({ name: 'pricing', features: [stats.features.conv_rate, fare] })
const both = featureService({
  name: 'both',
  features: [stats.withName('origin').withJoinKeyMap({ driver_id: 'origin_id' }).features.trips, spend.features.total],
})
const repository = { driver, customer, stats, spend, fare, columns, pricing, both }

interface Typed<Repo> {
  get<const A extends Asked, const Rows extends readonly EntityRow<A, Repo>[], const Full extends boolean = false>(request: {
    features: A & Checked<A, Repo, Full>
    entityRows: Rows
    fullFeatureNames?: Full
  }): { rows: { [I in keyof Rows]: FeatureVector<A, Repo, Full> } }
}
declare const store: Typed<typeof repository>
declare const unknowing: Typed<Repository>

// Never called: the compiler is the test.
export const typeTests = (): void => {
  const {
    rows: [a],
  } = store.get({ features: [stats.features.conv_rate, stats.features.trips], entityRows: [{ driver_id: 1n }] })
  ok<Equal<typeof a, { driver_id: bigint; conv_rate: number | null; trips: bigint | null }>>()
  const b = store.get({
    features: [stats.features.conv_rate, spend.features.conv_rate],
    entityRows: [{ driver_id: 1n, customer: 'x' }],
    fullFeatureNames: true,
  })
  ok<
    Equal<
      (typeof b)['rows'][0],
      { driver_id: bigint; customer: string; driver_hourly_stats__conv_rate: number | null; customer_spend__conv_rate: number | null }
    >
  >()
  const c = store.get({ features: pricing, entityRows: [{ driver_id: 1n, distance_km: 7.5 }] })
  ok<Equal<(typeof c)['rows'][0], { driver_id: bigint; conv_rate: number | null; expected_fare: number | null }>>()
  const d = store.get({ features: ['driver_hourly_stats:trips', 'customer_spend:total'], entityRows: [{ driver_id: 1n, customer: 'x' }] })
  ok<Equal<(typeof d)['rows'][0], { driver_id: bigint; customer: string; trips: bigint | null; total: number | null }>>()
  const e = store.get({ features: both, entityRows: [{ driver_id: 1n, origin_id: 2n, customer: 'x' }] })
  ok<Equal<(typeof e)['rows'][0], { driver_id: bigint; origin_id: bigint; customer: string; trips: bigint | null; total: number | null }>>()
  const f = store.get({
    features: [as(stats.features.conv_rate, 'rate'), spend.features.conv_rate],
    entityRows: [{ driver_id: 1n, customer: 'x' }],
  })
  ok<Equal<(typeof f)['rows'][0]['rate'], number | null>>()
  const many: { driver_id: bigint }[] = []
  const g = store.get({ features: [stats.features.trips], entityRows: many })
  ok<Equal<(typeof g)['rows'][0], { driver_id: bigint; trips: bigint | null }>>()
  const h = unknowing.get({ features: ['anything:at_all'], entityRows: [{ any_key: 1 }] })
  ok<Equal<(typeof h)['rows'][0], Readonly<Record<string, unknown>>>>()
  const i = unknowing.get({ features: [stats.features.trips], entityRows: [{ driver_id: 1n }] })
  ok<Equal<(typeof i)['rows'][0], { driver_id: bigint; trips: bigint | null }>>()

  // @ts-expect-error two views have a feature "conv_rate"
  store.get({ features: [stats.features.conv_rate, spend.features.conv_rate], entityRows: [{ driver_id: 1n, customer: 'x' }] })
  // @ts-expect-error a feature named as a join key
  store.get({ features: [odd.features.driver_id], entityRows: [{ driver_id: 1n }] })
  // @ts-expect-error a join key is missing
  store.get({ features: [spend.features.total], entityRows: [{ driver_id: 1n }] })
  // @ts-expect-error request data is missing
  store.get({ features: pricing, entityRows: [{ driver_id: 1n }] })
  // @ts-expect-error a join key has the wrong type
  store.get({ features: [stats.features.trips], entityRows: [{ driver_id: 'x' }] })
  // @ts-expect-error no such feature
  stats.features.nope
  // @ts-expect-error no such feature, as text
  store.get({ features: ['driver_hourly_stats:nope'], entityRows: [{ driver_id: 1n }] })
  // @ts-expect-error no such view, as text
  store.get({ features: ['nope:trips'], entityRows: [{ driver_id: 1n }] })
  // @ts-expect-error the transformation returns a wrong type
  onDemandFeatureView({ name: 'bad', sources: [stats], schema: { x: float64 }, transform: (row) => ({ x: row.trips }) })
  // @ts-expect-error a service cannot rename a feature
  featureService({ name: 'no', features: [as(stats.features.conv_rate, 'rate')] })
  const j = store.get({ features: [fare.features.expected_fare], entityRows: [{ driver_id: 1n, distance_km: 7.5 }] })
  ok<Equal<(typeof j)['rows'][0], { driver_id: bigint; expected_fare: number | null }>>()
  // @ts-expect-error an on-demand view needs the keys of its sources
  store.get({ features: [fare.features.expected_fare], entityRows: [{ distance_km: 7.5 }] })
  // @ts-expect-error no such join key
  stats.withJoinKeyMap({ customer: 'x' })
}
