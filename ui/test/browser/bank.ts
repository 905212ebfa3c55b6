import {
  type Definition,
  days,
  entity,
  featureService,
  featureView,
  float32,
  float64,
  hours,
  int64,
  postgresSource,
  project,
} from '@charmed-feast/store'

/** A registry of the size that the budgets are for: 500 views of 20 features, 250 sources, 50 entities, 100 services. */

const domains = ['card', 'merchant', 'device', 'session', 'account', 'payment', 'login', 'address', 'chargeback', 'balance']
const windows = ['1h', '6h', '24h', '7d', '30d']
const subjects = ['activity', 'risk', 'velocity', 'quality', 'history', 'network', 'geo', 'spend', 'refund', 'channel']
const measures = ['count', 'sum', 'mean', 'max', 'share', 'stddev', 'distinct', 'last', 'trend', 'zscore']
const teams = ['risk', 'growth', 'payments', 'identity', 'credit']
const owners = ['ana@example.com', 'li@example.com', 'omar@example.com', 'ines@example.com']
const types = [float64, float32, int64]

function pick<T>(list: readonly T[], index: number): T {
  const found = list[index % list.length]
  if (found === undefined) throw new Error('an empty list has nothing to pick')
  return found
}

function times<T>(count: number, make: (index: number) => T): readonly T[] {
  return Array.from({ length: count }, (_, index) => make(index))
}

function keyOf(index: number): string {
  return `${pick(domains, index)}_id${index < 10 ? '' : `_${Math.floor(index / 10)}`}`
}

const entities = times(50, (index) =>
  entity({
    name: keyOf(index).replace('_id', ''),
    joinKey: keyOf(index),
    valueType: int64,
    description: `A ${pick(domains, index)} as the ${pick(teams, index)} team knows it`,
    owner: pick(owners, index),
    tags: { team: pick(teams, index) },
  }),
)

const featureNames = times(20, (index) => `${pick(measures, index)}_${index < 10 ? 'amount' : 'events'}`)

const sources = times(250, (index) =>
  postgresSource({
    name: `${pick(domains, index)}_events_${String(index).padStart(3, '0')}`,
    table: 'events',
    timestampField: 'event_timestamp',
    tags: { team: pick(teams, index) },
  }),
)

const views = times(500, (index) => {
  const name = `${pick(domains, index)}_${pick(windows, Math.floor(index / 10))}_${pick(subjects, Math.floor(index / 50))}`
  return featureView({
    name,
    entities: [pick(entities, index)],
    ttl: index % 4 === 0 ? hours(6) : days(1 + (index % 30)),
    schema: Object.fromEntries(featureNames.map((feature, at) => [feature, pick(types, at)])),
    source: pick(sources, index),
    description: `${pick(measures, index)} and more, over ${pick(windows, Math.floor(index / 10))}`,
    owner: pick(owners, index),
    tags: { team: pick(teams, index), tier: pick(['gold', 'silver'], index) },
  })
})

const services = times(100, (index) =>
  featureService({
    name: `${pick(teams, index)}_model_v${1 + Math.floor(index / 5)}`,
    features: [pick(views, index), pick(views, index * 7 + 103), pick(views, index * 13 + 205)],
    description: `What ${pick(teams, index)} reads in its model`,
    owner: pick(owners, index),
    tags: { team: pick(teams, index) },
  }),
)

export const bank: readonly Definition[] = [
  project({ name: 'rides', description: 'A registry of 10,000 features' }),
  ...entities,
  ...sources,
  ...views,
  ...services,
]

const columns = [
  ...times(50, keyOf).map((key) => `1::bigint AS ${key}`),
  ...featureNames.map((feature, at) => `(random() * 100)::${['float8', 'real', 'bigint'][at % 3]} AS ${feature}`),
]

/** One table that holds every column of every view. */
export const bankTables = `CREATE TABLE events AS SELECT now() AS event_timestamp, ${columns.join(', ')} FROM generate_series(1, 200)`
