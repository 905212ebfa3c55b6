import { days, entity, featureService, featureView, float64, int64, postgresSource, pushSource, string } from '../../src/index.ts'

const driver = entity({ name: 'driver', joinKey: 'driver_id', valueType: int64 })
const trips = postgresSource({ table: 'trips', timestampField: 'at', createdTimestampColumn: 'created' })
const pushed = pushSource({ name: 'pushed', batchSource: trips })
const base = { entities: [driver], ttl: days(7), source: pushed }

const stats = featureView({ name: 'stats', ...base, schema: { rate: float64, trips: int64 } })
const dark = featureView({ name: 'dark', ...base, schema: { rate: float64 } })
const gone = featureView({ name: 'gone', ...base, schema: { trips: int64 } })

/** A repository before an apply. */
export const before = [
  stats,
  dark,
  gone,
  featureService({ name: 'main', features: [stats] }),
  featureService({ name: 'old', features: [gone, dark] }),
]

const wider = featureView({ name: 'stats', ...base, schema: { rate: float64, trips: int64, city: string } })
const fresh = featureView({ name: 'fresh', ...base, schema: { city: string, rate: float64 } })

/** The same after it: one view is changed, one new, one no longer online, one gone, and services with them. */
export const after = [
  wider,
  fresh,
  featureView({ name: 'dark', ...base, online: false, schema: { rate: float64 } }),
  featureService({ name: 'main', features: [wider, fresh] }),
]

/** The views of {@link after} that are served. */
export const served = ['fresh', 'stats'] as const
