import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Workspace } from './workspace.ts'

const run = promisify(execFile)
const script = join(import.meta.dirname, '../pgbench/read.sql')

/** What is asked of pgbench. */
export interface PgbenchRun {
  readonly batch: number
  readonly keys: number
  readonly seconds: number
  readonly clients: number
}

/** What pgbench measured. */
export interface PgbenchResult {
  /** Reads a second. */
  readonly rate: number
  /** Milliseconds of a read, on average: pgbench gives no other. */
  readonly milliseconds: number
}

// The keys of a request are made beforehand, so that pgbench measures the read and nothing else. Version 3 key of one INT64 `driver_id`.
const prefix = '0100000002000000090000006472697665725f69640400000008000000'

/** Makes the requests of a size that pgbench draws from. */
export const prepareRequests = async ({ client }: Workspace, { batch, keys }: Pick<PgbenchRun, 'batch' | 'keys'>): Promise<void> => {
  // A key ends with the number, least byte first.
  await client.query(`CREATE OR REPLACE FUNCTION pg_temp.key(i bigint) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
    SELECT decode('${prefix}', 'hex') || string_agg(substring(int8send(i) FROM 9 - n FOR 1), ''::bytea ORDER BY n) FROM generate_series(1, 8) n $$`)
  await client.query('DROP TABLE IF EXISTS bench_request')
  await client.query(`CREATE TABLE bench_request AS SELECT id, array_agg(pg_temp.key(number)) AS keys
    FROM (SELECT id, 1 + floor(random() * ${keys})::bigint AS number FROM generate_series(1, 2000) id, generate_series(1, ${batch})) drawn GROUP BY id`)
  await client.query('ALTER TABLE bench_request ADD PRIMARY KEY (id)')
  await client.query('ANALYZE bench_request')
}

// As our own connections have it.
const settings = '-c max_parallel_workers_per_gather=0 -c plan_cache_mode=force_generic_plan'

/** What PostgreSQL does by itself, with pgbench's prepared statements; undefined where there is no pgbench. */
export const pgbench = async ({ postgres }: Workspace, { clients, seconds }: PgbenchRun): Promise<PgbenchResult | undefined> => {
  const where = ['-h', postgres.host, '-p', String(postgres.port), '-U', 'bench']
  const how = ['-n', '-M', 'prepared', '-c', String(clients), '-j', String(Math.min(clients, 2)), '-T', String(seconds), '-f', script]
  try {
    const { stdout } = await run('pgbench', [...where, ...how, 'bench'], {
      env: { ...process.env, PGPASSWORD: 'bench', PGOPTIONS: settings },
    })
    const rate = /tps = ([\d.]+) \(without/.exec(stdout)?.[1]
    const latency = /latency average = ([\d.]+) ms/.exec(stdout)?.[1]
    if (rate === undefined || latency === undefined) throw new Error(`cannot read what pgbench says: ${stdout}`)
    return { rate: Number(rate), milliseconds: Number(latency) }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
