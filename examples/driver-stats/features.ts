import {
  days,
  entity,
  featureService,
  featureView,
  field,
  float32,
  float64,
  int64,
  onDemandFeatureView,
  postgresSource,
  project,
  pushSource,
  requestSource,
} from '@charmed-feast/store'

export const rides = project({ name: 'driver_stats', description: 'How drivers do, hour by hour' })

export const driver = entity({ name: 'driver', joinKey: 'driver_id', valueType: int64, description: 'Somebody who drives for us' })

const hourly = postgresSource({
  name: 'driver_stats',
  table: 'driver_stats',
  timestampField: 'event_timestamp',
  createdTimestampColumn: 'created',
  description: 'One row a driver and hour',
})

export const pushed = pushSource({ name: 'driver_stats_push', batchSource: hourly, description: 'The same rows, as they happen' })

export const stats = featureView({
  name: 'driver_hourly_stats',
  entities: [driver],
  ttl: days(2),
  schema: {
    conv_rate: field(float32, { description: 'Offers that became rides' }),
    acc_rate: field(float32, { description: 'Offers that were accepted' }),
    avg_daily_trips: field(int64, { description: 'Rides a day, over the last month' }),
  },
  source: pushed,
  owner: 'rides@example.com',
  tags: { team: 'rides' },
})

export const trip = requestSource({ name: 'trip', schema: { distance_km: float64 }, description: 'The ride that is asked for' })

export const fare = onDemandFeatureView({
  name: 'fare',
  sources: [stats, trip],
  schema: { expected_fare: float64 },
  transform: (row) => ({ expected_fare: 2 + row.distance_km * (1 + (row.conv_rate ?? 0)) }),
  description: 'What a ride will bring in',
})

export const activity = featureService({ name: 'driver_activity', features: [stats], description: 'For the model that ranks drivers' })

export const pricing = featureService({
  name: 'pricing',
  features: [stats.features.conv_rate, fare],
  description: 'For the model that sets prices',
})
