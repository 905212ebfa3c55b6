import type { Client } from 'pg'

import { rewriteEntityKey } from '../entity-key.ts'
import type { EntityKeyVersion } from '../feature-store.ts'

/** What a table of the online store holds, counted by keys. */
export interface TableCount {
  /** As SQL writes it: with quotes where it needs them. */
  readonly table: string
  readonly rewritten: number
  readonly same: number
  readonly unknown: number
}

/** How many keys are read at a time. */
const batchSize = 5_000

/**
 * The tables that Feast has made in an online store: those of schema public with its columns.
 *
 * @example
 * await listOnlineTables(client)   // ['feast_project_driver_hourly_stats']
 */
export const listOnlineTables = async (client: Client): Promise<readonly string[]> => {
  const { rows } = await client.query<{ name: string }>(`
    select c.oid::regclass::text as name
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and c.relkind in ('r', 'p')
      and (select count(*) from pg_attribute a where a.attrelid = c.oid and not a.attisdropped
           and (a.attname::text, a.atttypid) in (('entity_key', 'bytea'::regtype), ('feature_name', 'text'::regtype), ('value', 'bytea'::regtype))) = 3
    order by 1`)
  return rows.map(({ name }) => name)
}

interface Pairs {
  readonly from: readonly Buffer[]
  readonly to: readonly Buffer[]
}

// Somebody may have written with the new version already: of two rows for one feature the later one stays.
const twins = `from unnest($1::bytea[], $2::bytea[]) as p(before, after)
    join %t as old on old.entity_key = p.before
    join %t as new on new.entity_key = p.after and new.feature_name = old.feature_name`

const rewriteBatch = async (client: Client, table: string, { from, to }: Pairs): Promise<void> => {
  const both = twins.replaceAll('%t', table)
  const isLater = "coalesce(new.event_ts, '-infinity') >= coalesce(old.event_ts, '-infinity')"
  const remove = (side: 'old' | 'new', when: string): string =>
    `delete from ${table} as t using (select ${side}.entity_key, ${side}.feature_name ${both} where ${when}) as d
     where t.entity_key = d.entity_key and t.feature_name = d.feature_name`
  const values = [from, to]
  await client.query(remove('old', isLater), values)
  await client.query(remove('new', `not (${isLater})`), values)
  await client.query(
    `update ${table} as t set entity_key = p.after from unnest($1::bytea[], $2::bytea[]) as p(before, after) where t.entity_key = p.before`,
    values,
  )
}

/** What {@link rewriteTable} needs. */
export interface RewriteOptions {
  readonly table: string
  readonly version: EntityKeyVersion
  /** Whether it only counts. */
  readonly dryRun: boolean
}

/**
 * Rewrites the keys of a table to a version, or counts what there would be to do. Runs in the caller's transaction.
 *
 * @example
 * await rewriteTable(client, { table: 'p_v', version: 3, dryRun: true })   // { table: 'p_v', rewritten: 120, same: 0, unknown: 0 }
 */
export const rewriteTable = async (client: Client, { table, version, dryRun }: RewriteOptions): Promise<TableCount> => {
  const count = { rewritten: 0, same: 0, unknown: 0 }
  // Writers wait, readers do not.
  if (!dryRun) await client.query(`lock table ${table} in share row exclusive mode`)
  let after: Buffer = Buffer.alloc(0)
  for (;;) {
    const { rows } = await client.query<{ key: Buffer }>(
      `select distinct entity_key as key from ${table} where entity_key > $1 order by 1 limit ${batchSize}`,
      [after],
    )
    const last = rows.at(-1)
    if (last === undefined) return { table, ...count }
    after = last.key
    const from: Buffer[] = []
    const to: Buffer[] = []
    for (const { key } of rows) {
      const rewritten = rewriteEntityKey(key, version)
      count[rewritten.kind] += 1
      if (rewritten.kind !== 'rewritten') continue
      from.push(key)
      to.push(rewritten.key)
    }
    if (!dryRun && from.length > 0) await rewriteBatch(client, table, { from, to })
  }
}
