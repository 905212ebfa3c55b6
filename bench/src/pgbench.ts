import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Workspace } from './workspace.ts'

const run = promisify(execFile)

/** What is asked of pgbench. */
export interface PgbenchRun {
  readonly batch: number
  readonly keys: number
  readonly seconds: number
  readonly clients: number
}

// The keys of a request are made beforehand, so that pgbench measures the read and nothing else. Version 3 key of one INT64 `driver_id`.
const prefix = '0100000002000000090000006472697665725f69640400000008000000'

const prepareRequests = async ({ client }: Workspace, { batch, keys }: PgbenchRun): Promise<void> => {
  // A key ends with the number, least byte first.
  await client.query(`CREATE OR REPLACE FUNCTION pg_temp.key(i bigint) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
    SELECT decode('${prefix}', 'hex') || string_agg(substring(int8send(i) FROM 9 - n FOR 1), ''::bytea ORDER BY n) FROM generate_series(1, 8) n $$`)
  await client.query('DROP TABLE IF EXISTS bench_request')
  await client.query(`CREATE TABLE bench_request AS SELECT id, array_agg(pg_temp.key(number)) AS keys
    FROM (SELECT id, 1 + floor(random() * ${keys})::bigint AS number FROM generate_series(1, 2000) id, generate_series(1, ${batch})) drawn GROUP BY id`)
  await client.query('ALTER TABLE bench_request ADD PRIMARY KEY (id)')
  await client.query('ANALYZE bench_request')
}

/** Requests a second of PostgreSQL by itself, with pgbench's prepared statements; undefined where there is no pgbench. */
export const pgbench = async (space: Workspace, tables: readonly string[], wanted: PgbenchRun): Promise<number | undefined> => {
  await prepareRequests(space, wanted)
  const folder = await mkdtemp(join(tmpdir(), 'pgbench-'))
  try {
    const script = join(folder, 'read.sql')
    const select = (table: string) =>
      `SELECT entity_key, feature_name, value, event_ts FROM ${table} WHERE entity_key = ANY ((SELECT keys FROM bench_request WHERE id = :r)::bytea[])`
    await writeFile(script, `\\set r random(1, 2000)\n${tables.map(select).join(' UNION ALL ')};\n`)
    const { host, port } = space.postgres
    const words = [
      '-h',
      host,
      '-p',
      String(port),
      '-U',
      'bench',
      '-n',
      '-M',
      'prepared',
      '-c',
      String(wanted.clients),
      '-j',
      '2',
      '-T',
      String(wanted.seconds),
      '-f',
      script,
      'bench',
    ]
    const env = { ...process.env, PGPASSWORD: 'bench', PGOPTIONS: '-c max_parallel_workers_per_gather=0' }
    const { stdout } = await run('pgbench', words, { env })
    const rate = /tps = ([\d.]+) \(without/.exec(stdout)?.[1]
    return rate === undefined ? undefined : Number(rate)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
