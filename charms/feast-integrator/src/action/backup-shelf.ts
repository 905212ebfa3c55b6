import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'

import type { Client } from 'pg'

import type { TableDump } from './registry-dump.ts'

// Backups of the registry stand in the database of the offline store: another PostgreSQL application, which is there when the registry's is not.

/** A backup that is kept. */
export interface Backup {
  readonly name: string
  /** RFC 3339, in UTC. */
  readonly takenAt: string
  readonly rows: number
  /** Compressed. */
  readonly bytes: number
}

const shelf = 'charmed_feast_registry_backup'

const compress = promisify(gzip)
const decompress = promisify(gunzip)

const isThere = async (client: Client): Promise<boolean> => {
  const { rows } = await client.query<{ there: boolean }>('select to_regclass($1) is not null as there', [`public.${shelf}`])
  return rows[0]?.there === true
}

const digest = (content: Buffer): string => createHash('sha256').update(content).digest('hex')

/**
 * The backups that are kept, newest first.
 *
 * @example
 * await listBackups(client)   // [{ name: '20261129T141802Z', … }]
 */
export const listBackups = async (client: Client): Promise<readonly Backup[]> => {
  if (!(await isThere(client))) return []
  const { rows } = await client.query<Backup>(`
    select name, to_char(taken_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as "takenAt", row_count as rows, octet_length(content) as bytes
    from ${shelf} order by name desc`)
  return rows
}

/**
 * Keeps a dump as a backup, named after the time of the database, and lets go of the oldest above a number.
 *
 * @example
 * await addBackup(client, { tables, keep: 10 })
 */
export const addBackup = async (
  client: Client,
  { tables, keep }: { readonly tables: readonly TableDump[]; readonly keep: number },
): Promise<Backup> => {
  const content = await compress(JSON.stringify({ format: 1, tables }))
  const rowCount = tables.reduce((sum, { rows }) => sum + rows.length, 0)
  await client.query(`
    create table if not exists ${shelf} (
      name text primary key, taken_at timestamptz not null default now(), row_count integer not null, sha256 text not null, content bytea not null)`)
  const { rows } = await client.query<{ name: string; takenAt: string }>(
    `insert into ${shelf} (name, row_count, sha256, content)
     values (to_char(clock_timestamp() at time zone 'UTC', 'YYYYMMDD"T"HH24MISSMS"Z"'), $1, $2, $3)
     returning name, to_char(taken_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as "takenAt"`,
    [rowCount, digest(content), content],
  )
  await client.query(`delete from ${shelf} where name not in (select name from ${shelf} order by name desc limit $1)`, [keep])
  const { name = '', takenAt = '' } = rows[0] ?? {}
  return { name, takenAt, rows: rowCount, bytes: content.length }
}

/**
 * The tables of a backup; null when there is none of that name.
 *
 * @throws {Error} when what is kept is not what was written.
 *
 * @example
 * await readBackup(client, '20261129T141802123Z')
 */
export const readBackup = async (client: Client, name: string): Promise<readonly TableDump[] | null> => {
  if (!(await isThere(client))) return null
  const { rows } = await client.query<{ sha256: string; content: Buffer }>(`select sha256, content from ${shelf} where name = $1`, [name])
  const [found] = rows
  if (found === undefined) return null
  if (digest(found.content) !== found.sha256) throw new Error(`cannot restore backup "${name}": it is not what was written; take another`)
  // Written by addBackup, as the digest says.
  const { tables } = JSON.parse((await decompress(found.content)).toString()) as { readonly tables: readonly TableDump[] }
  return tables
}
