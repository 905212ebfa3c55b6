import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { testDatabase } from '../../house/postgres.ts'
import {
  type BatchSource,
  fileSource,
  type OpenStoreOptions,
  openStore,
  postgresSource,
  type Repository,
  type Store,
} from '../src/index.ts'
import { openPool } from '../src/postgres/pool.ts'
import { parsePostgresUrl } from '../src/postgres/url.ts'

/** Rows of two drivers at three noons, in the words that PostgreSQL and DuckDB share. */
const rows = `SELECT d::bigint AS driver_id, timestamptz '2026-01-01 12:00:00+00' + n * interval '1 day' AS at,
  timestamptz '2026-01-09 00:00:00+00' AS created, (d + n / 8.0)::double precision AS rate, (10 * d + n)::integer AS trips`

/** A place with stores and the rows of `rides`: PostgreSQL for all, or files and SQLite. */
export interface Place extends AsyncDisposable {
  /** Where the rows are. */
  readonly source: BatchSource
  open<Repo extends Repository>(options?: OpenStoreOptions<Repo>): Promise<Store<Repo>>
}

/** The engines that every promise has to hold on. */
export const engines = ['postgres', 'files'] as const

const now = () => BigInt(Date.UTC(2026, 0, 4, 12)) * 1000n
const times = { timestampField: 'at', createdTimestampColumn: 'created' }
const opener =
  (yaml: string, folder: string): Place['open'] =>
  (options = {}) =>
    openStore({ env: { FEATURE_STORE_YAML_BASE64: Buffer.from(yaml).toString('base64') }, folder, now, live: false, ...options })

const postgresPlace = async (): Promise<Place> => {
  const { host, port, user, password, database, url } = await testDatabase()
  const pool = openPool(parsePostgresUrl(url), { max: 1 })
  await pool.query(`CREATE TABLE rides AS ${rows} FROM generate_series(1, 2) AS a(d), generate_series(0, 2) AS b(n)`)
  await pool.close()
  const store = `{type: postgres, host: ${host}, port: ${port}, database: ${database}, user: ${user}, password: "${password}", sslmode: disable}`
  const yaml = `project: rides\nregistry: {registry_type: sql, path: ${url}}\noffline_store: ${store}\nonline_store: ${store}\n`
  return {
    source: postgresSource({ table: 'rides', ...times }),
    open: opener(yaml, tmpdir()),
    [Symbol.asyncDispose]: async () => undefined,
  }
}

const filePlace = async (): Promise<Place> => {
  const folder = await mkdtemp(join(tmpdir(), 'rides-'))
  await mkdir(join(folder, 'data'))
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.run(
    `COPY (${rows} FROM range(1, 3) AS a(d), range(3) AS b(n)) TO '${join(folder, 'data/rides.parquet')}' (FORMAT parquet)`,
  )
  connection.closeSync()
  instance.closeSync()
  const yaml = `project: rides\nregistry: ${join(folder, 'data/registry.db')}\noffline_store: {type: duckdb}\nonline_store: {type: sqlite, path: ${join(folder, 'data/online.db')}}\n`
  return {
    source: fileSource({ name: 'rides', path: join(folder, 'data/rides.parquet'), ...times }),
    open: opener(yaml, folder),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

/** Makes a place of an engine. */
export const ridesPlace = (engine: (typeof engines)[number]): Promise<Place> => (engine === 'postgres' ? postgresPlace() : filePlace())
