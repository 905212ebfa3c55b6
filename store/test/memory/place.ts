import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { DuckDBInstance } from '@duckdb/node-api'
import { testDatabase } from '../../../house/postgres.ts'
import { openStore } from '../../src/index.ts'
import { openPool } from '../../src/postgres/pool.ts'
import { parsePostgresUrl } from '../../src/postgres/url.ts'
import { inParquet, inPostgres } from './repository.ts'

const run = promisify(execFile)

/** How many rows a history has, of how many keys, and how many rows are asked for. */
export interface Size {
  readonly rows: number
  readonly keys: number
  readonly probes: number
}

/** What a worker saw. */
export interface Seen {
  readonly rows: number
  /** The most memory of its process tree, in MB. */
  readonly megabytes: number
}

const work = async (yaml: string, folder: string, name: string): Promise<Seen> => {
  const worker = fileURLToPath(new URL('worker.ts', import.meta.url))
  const { stdout } = await run(process.execPath, ['--conditions=source', worker, yaml, folder, name])
  return JSON.parse(stdout)
}

/** Materializes a table of PostgreSQL twice, into an empty table and over itself, and joins it, each in a process of its own. */
export const measurePostgres = async ({ rows, keys, probes }: Size): Promise<Readonly<Record<'first' | 'again' | 'training', Seen>>> => {
  const { url, host, port, database, user, password } = await testDatabase()
  const section = { type: 'postgres', host, port, database, user, password, sslmode: 'disable' }
  const config = { project: 'rides', registry: { registry_type: 'sql', path: url }, online_store: section, offline_store: section }
  const yaml = Buffer.from(JSON.stringify({ ...config, entity_key_serialization_version: 3 })).toString('base64')
  const pool = openPool(parsePostgresUrl(url), { max: 1 })
  try {
    await pool.query(`CREATE TABLE history AS SELECT i % ${keys} AS driver_id, timestamptz '2026-01-01' + (i / ${keys} + random() / 2) * interval '1 day' AS at,
      random() AS a, random() AS b, i AS c, random() AS d, random() AS e FROM generate_series(0, ${rows - 1}::bigint) i`)
    await pool.query(`CREATE TABLE probes AS SELECT floor(random() * ${keys})::bigint AS driver_id,
      timestamptz '2026-01-01' + random() * interval '11 days' AS event_timestamp FROM generate_series(1, ${probes})`)
    await pool.query('ANALYZE history')
    const store = await openStore({ env: { FEATURE_STORE_YAML_BASE64: yaml }, live: false })
    await store.apply([inPostgres])
    await store[Symbol.asyncDispose]()
    const first = await work(yaml, '.', 'materialize')
    const again = await work(yaml, '.', 'materialize')
    return { first, again, training: await work(yaml, '.', 'postgres') }
  } finally {
    await pool.query('DROP TABLE IF EXISTS history, probes, rides_history')
    await pool.close()
  }
}

/** Joins Parquet files in a process of its own. */
export const measureParquet = async ({ rows, keys, probes }: Size): Promise<Seen> => {
  const folder = await mkdtemp(join(tmpdir(), 'charmed-feast-memory-'))
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: '1GB', temp_directory: folder })
  const connection = await instance.connect()
  try {
    await connection.run(`COPY (SELECT i % ${keys} AS driver_id, make_timestamptz(1767225600000000 + ((i // ${keys} + random() / 2) * 86400000000)::BIGINT) AS at,
      random() AS a, random() AS b, i AS c, random() AS d, random() AS e FROM range(${rows}) AS r(i)) TO '${join(folder, 'history.parquet')}'`)
    await connection.run(`COPY (SELECT floor(random() * ${keys})::BIGINT AS driver_id, make_timestamptz(1767225600000000 + (random() * 950400000000)::BIGINT) AS event_timestamp
      FROM range(${probes})) TO '${join(folder, 'probes.parquet')}'`)
    const config = {
      project: 'rides',
      provider: 'local',
      registry: join(folder, 'registry.db'),
      offline_store: { type: 'duckdb' },
      online_store: null,
    }
    const yaml = Buffer.from(JSON.stringify({ ...config, entity_key_serialization_version: 3 })).toString('base64')
    const store = await openStore({ folder, env: { FEATURE_STORE_YAML_BASE64: yaml } })
    await store.apply([inParquet])
    await store[Symbol.asyncDispose]()
    return await work(yaml, folder, 'parquet')
  } finally {
    connection.closeSync()
    instance.closeSync()
    await rm(folder, { recursive: true, force: true })
  }
}
