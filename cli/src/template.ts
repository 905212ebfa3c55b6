import { type Column, float32, int64, type Retrieval, timestamp } from '@charmed-feast/store'

/** What `feast init` writes for each template: feature_store.yaml, and the source that the example reads. */
export interface Template {
  readonly yaml: (project: string) => string
  readonly source: string
  readonly sourceFunction: string
  /** Whether rows for the example are written too. */
  readonly hasSample: boolean
}

const postgres = `type: postgres
  host: \${DB_HOST}
  port: 5432
  database: \${DB_NAME}
  db_schema: public
  user: \${DB_USER}
  password: \${DB_PASSWORD}
  sslmode: require`

/** The templates by name. */
export const templates: Readonly<Record<string, Template>> = {
  local: {
    yaml: (project) => `project: ${project}
provider: local
registry: data/registry.db
online_store:
  type: sqlite
  path: data/online.db
offline_store:
  type: file
entity_key_serialization_version: 3
`,
    hasSample: true,
    sourceFunction: 'fileSource',
    source: `fileSource({
    name: 'driver_stats',
    path: 'data/driver_stats.parquet',
    timestampField: 'event_timestamp',
    createdTimestampColumn: 'created',
  })`,
  },
  postgres: {
    yaml: (project) => `project: ${project}
provider: local
registry:
  registry_type: sql
  path: postgresql://\${DB_USER}:\${DB_PASSWORD}@\${DB_HOST}:5432/\${DB_NAME}?sslmode=require
online_store:
  ${postgres}
offline_store:
  ${postgres}
entity_key_serialization_version: 3
`,
    hasSample: false,
    sourceFunction: 'postgresSource',
    source: `postgresSource({
    name: 'driver_stats',
    table: 'driver_stats',
    timestampField: 'event_timestamp',
    createdTimestampColumn: 'created',
  })`,
  },
}

/** The module of definitions that `feast init` writes. */
export const featuresText = ({ source, sourceFunction }: Template): string => {
  const names = ['days', 'entity', 'featureService', 'featureView', sourceFunction, 'float32', 'int64'].toSorted()
  return `import { ${names.join(', ')} } from '@charmed-feast/store'

export const driver = entity({ name: 'driver', joinKey: 'driver_id', valueType: int64 })

export const stats = featureView({
  name: 'driver_hourly_stats',
  entities: [driver],
  ttl: days(1),
  schema: { conv_rate: float32, acc_rate: float32, avg_daily_trips: int64 },
  source: ${source},
})

export const activity = featureService({ name: 'driver_activity', features: [stats] })
`
}

const hour = 3_600_000_000n
const drivers = 5
const hours = 24 * 15

/** Fifteen days of five drivers up to the last full hour, by a formula: the same wherever it is asked for within an hour. */
export const sampleRetrieval = (now: bigint): Retrieval => {
  const rows = drivers * hours
  const last = now - (now % hour)
  const place = Array.from({ length: rows }, (_, row) => ({ driver: row % drivers, hour: Math.floor(row / drivers) }))
  const spread = (driver: number, at: number, factor: number): number => ((driver * 7919 + at * factor) % 1000) / 1000
  const columns: readonly Column[] = [
    { name: 'driver_id', type: int64, values: place.map((each) => 1001n + BigInt(each.driver)) },
    { name: 'event_timestamp', type: timestamp, values: place.map((each) => last - BigInt(hours - 1 - each.hour) * hour) },
    { name: 'created', type: timestamp, values: place.map(() => last) },
    { name: 'conv_rate', type: float32, values: place.map((each) => spread(each.driver, each.hour, 31)) },
    { name: 'acc_rate', type: float32, values: place.map((each) => spread(each.driver, each.hour, 137)) },
    { name: 'avg_daily_trips', type: int64, values: place.map((each) => BigInt((each.driver * 211 + each.hour * 17) % 1000)) },
  ]
  return {
    header: async () => columns.map(({ name, type }) => ({ name, type })),
    plan: async () => [],
    async *batches() {
      yield { rows, columns }
    },
  }
}
