import { entity, featureView, fileSource, float64, int64, postgresSource } from '../../src/index.ts'

const driver = entity({ name: 'driver', joinKey: 'driver_id', valueType: int64 })
const schema = { a: float64, b: float64, c: int64, d: float64, e: float64 }

/** Five features in a table of PostgreSQL. */
export const inPostgres = featureView({
  name: 'history',
  entities: [driver],
  schema,
  source: postgresSource({ table: 'history', timestampField: 'at' }),
})

/** The same in a Parquet file. */
export const inParquet = featureView({
  name: 'history',
  entities: [driver],
  schema,
  source: fileSource({ name: 'history', path: 'history.parquet', timestampField: 'at' }),
})

/** All of them, to be asked for. */
export const features = Object.keys(schema).map((name) => `history:${name}`)
