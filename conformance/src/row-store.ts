import {
  type Definition,
  entity,
  featureView,
  int32,
  int64,
  openStore,
  postgresSource,
  type Schema,
  type Store,
  seconds,
  string,
} from '@charmed-feast/store'
import pg from 'pg'
import type { TestDatabase } from '../../house/postgres.ts'
import { isoText, type RowWorld } from './row-world.ts'

/** A value as a parameter of PostgreSQL's: texts of numbers keep signs and digits. */
const parameter = (value: unknown): unknown => {
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value)
  if (typeof value === 'bigint') return String(value)
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Uint8Array) return Buffer.from(value)
  return Array.isArray(value) ? value.map(parameter) : value
}

/** Fills the table `cells` of a database with the rows of a world. */
export const fillTable = async ({ url }: TestDatabase, world: RowWorld): Promise<void> => {
  const sqlTypes = { Int64: 'bigint', Int32: 'int', String: 'text' } as const
  const time = world.isNaive ? 'timestamp' : 'timestamptz'
  const columns = [
    ...world.keys.map(({ name, type }) => ({ name, sql: sqlTypes[type] })),
    { name: 'at', sql: time },
    { name: 'created', sql: time },
    ...world.columns,
  ]
  const moment = (at: bigint | null): string | null => (at === null ? null : isoText(at))
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query("SET TimeZone = 'UTC'")
    await client.query(`CREATE TABLE cells (${columns.map(({ name, sql }) => `${name} ${sql}`).join(', ')})`)
    const places = columns.map(({ sql }, at) => `$${at + 1}::${sql}`).join(', ')
    for (const { keys, at, created, values } of world.rows) {
      const row = [...keys.map(parameter), moment(at), moment(created), ...values.map(parameter)]
      await client.query(`INSERT INTO cells VALUES (${places})`, row)
    }
  } finally {
    await client.end()
  }
}

const keyTypes = { Int64: int64, Int32: int32, String: string } as const

/** The view over the table, in TypeScript. */
export const definitionsOf = (world: RowWorld): readonly Definition[] => {
  const entities = world.keys.map(({ name, type }) => entity({ name, joinKey: name, valueType: keyTypes[type] }))
  const schema: Schema = Object.fromEntries(world.columns.map(({ name, type }) => [name, type]))
  const source = postgresSource({ name: 'cells', table: 'cells', timestampField: 'at', createdTimestampColumn: 'created' })
  const ttl = world.ttl === 0 ? {} : { ttl: seconds(world.ttl) }
  return [...entities, featureView({ name: 'cells', entities, schema, source, ...ttl })]
}

/** Opens a project on a database that holds all three stores. */
export const openProject = ({ host, port, user, password, database, url }: TestDatabase, project: string): Promise<Store> => {
  const store = `{type: postgres, host: ${host}, port: ${port}, database: ${database}, user: ${user}, password: "${password}", sslmode: disable}`
  const yaml = `project: ${project}\nregistry: {registry_type: sql, path: ${url}, cache_ttl_seconds: 1}\noffline_store: ${store}\nonline_store: ${store}\nentity_key_serialization_version: 3\n`
  return openStore({ env: { FEATURE_STORE_YAML_BASE64: Buffer.from(yaml).toString('base64') } })
}
