import {
  type Definition,
  days,
  entity,
  featureService,
  featureView,
  field,
  float32,
  float64,
  hours,
  int64,
  labelView,
  onDemandFeatureView,
  permission,
  postgresSource,
  project,
  pushSource,
  requestSource,
  savedDataset,
  string,
} from '@charmed-feast/store'

/** A project with an object of every kind, whose values change by the hour. */

const driver = entity({
  name: 'driver',
  joinKey: 'driver_id',
  valueType: int64,
  description: 'A driver of the fleet',
  owner: 'ana@example.com',
  tags: { team: 'fleet' },
})
const merchant = entity({ name: 'merchant', joinKey: 'merchant_id', valueType: string, tags: { team: 'risk' } })
const statsSource = postgresSource({
  name: 'driver_stats_source',
  table: 'driver_stats',
  timestampField: 'event_timestamp',
  createdTimestampColumn: 'created',
  description: 'Hourly statistics',
})
const riskSource = postgresSource({
  name: 'merchant_risk_source',
  query: 'SELECT * FROM merchant_risk',
  timestampField: 'event_timestamp',
  createdTimestampColumn: 'created',
})
const pushed = pushSource({ name: 'driver_push', batchSource: statsSource })
const trip = requestSource({ name: 'trip', schema: { distance_km: float64 }, description: 'What the caller knows' })

const stats = featureView({
  name: 'driver_hourly_stats',
  entities: [driver],
  ttl: days(2),
  schema: { conv_rate: field(float32, { description: 'Share of trips that were taken' }), acc_rate: float32, avg_daily_trips: int64 },
  source: statsSource,
  description: 'How a driver did, hour by hour',
  owner: 'ana@example.com',
  tags: { team: 'fleet', tier: 'gold' },
})
const risk = featureView({
  name: 'merchant_risk',
  entities: [merchant],
  ttl: hours(6),
  schema: { chargeback_rate: float64, account_age_days: int64, category: string },
  source: riskSource,
  owner: 'li@example.com',
  tags: { team: 'risk' },
})
const live = featureView({
  name: 'driver_live',
  entities: [driver],
  schema: { acc_rate: float32 },
  source: pushed,
  tags: { team: 'fleet' },
})
const fare = onDemandFeatureView({
  name: 'fare',
  sources: [stats, trip],
  schema: { expected_fare: float64 },
  transform: (row) => ({ expected_fare: 2 + (row.distance_km ?? 0) * (1 + (row.conv_rate ?? 0)) }),
  description: 'A fare before the trip',
})
const labels = labelView({
  name: 'driver_labels',
  entities: [driver],
  schema: { label: string, labeler: string },
  labelerField: 'labeler',
  source: pushed,
})
const pricing = featureService({
  name: 'pricing',
  features: [stats, fare],
  description: 'Read at booking',
  owner: 'ana@example.com',
  tags: { team: 'fleet' },
})

export const example: readonly Definition[] = [
  project({ name: 'rides', description: 'Everything about rides' }),
  driver,
  merchant,
  statsSource,
  riskSource,
  pushed,
  stats,
  risk,
  live,
  fare,
  labels,
  pricing,
  featureService({ name: 'fraud_score', features: [risk.withName('risk')] }),
  savedDataset({
    name: 'january',
    features: ['driver_hourly_stats:conv_rate'],
    joinKeys: ['driver_id'],
    storage: { kind: 'postgres', table: 'january' },
  }),
  permission({
    name: 'readers',
    types: ['FEATURE_VIEW'],
    actions: ['DESCRIBE', 'READ_ONLINE'],
    policy: { kind: 'role-based', roles: ['reader'] },
  }),
]

/** The tables below, with a row an hour for four days up to now. */
export const exampleTables = `
  CREATE TABLE driver_stats AS SELECT 1001 + n % 20 AS driver_id, date_trunc('hour', now()) - (n / 20) * interval '1 hour' AS event_timestamp,
    now() AS created, (n % 97 / 97.0)::real AS conv_rate, (n % 89 / 89.0)::real AS acc_rate, (n % 1000)::bigint AS avg_daily_trips,
    'x' AS label, 'ana' AS labeler
    FROM generate_series(0, 20 * 96 - 1) AS n;
  CREATE TABLE merchant_risk AS SELECT 'm-' || n % 10 AS merchant_id, date_trunc('hour', now()) - (n / 10) * interval '1 hour' AS event_timestamp,
    now() AS created, (n % 83 / 83.0)::double precision AS chargeback_rate, (n % 400)::bigint AS account_age_days,
    (array['retail', 'travel', 'food'])[1 + n % 3] AS category
    FROM generate_series(0, 10 * 96 - 1) AS n`
