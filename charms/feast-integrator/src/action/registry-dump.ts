import type { Client } from 'pg'

/** A table with its rows: all that is needed to make it anew. */
export interface TableDump {
  /** The name as it is, without quotes. */
  readonly name: string
  /** `"project_id" character varying(255) NOT NULL`, in order. */
  readonly columns: readonly string[]
  /** `CONSTRAINT "projects_pkey" PRIMARY KEY (project_id)`; those that name other tables are left out. */
  readonly constraints: readonly string[]
  /** `CREATE INDEX …`; those of constraints are left out. */
  readonly indexes: readonly string[]
  /** Each as JSON text: a number of 64 bits would not survive the parser. */
  readonly rows: readonly string[]
}

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`

/**
 * The names of the tables in schema public.
 *
 * @example
 * await listTables(client)   // ['data_sources', 'entities', …]
 */
const listTables = async (client: Client): Promise<readonly string[]> => {
  const { rows } = await client.query<{ name: string }>(
    "select c.relname as name from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' order by 1",
  )
  return rows.map(({ name }) => name)
}

const readTexts = async (client: Client, statement: string, name: string): Promise<readonly string[]> =>
  (await client.query<{ text: string }>(statement, [`public.${quote(name)}`])).rows.map(({ text }) => text)

const columnsOf = `
  select format('%I %s%s%s', a.attname, format_type(a.atttypid, a.atttypmod), case when a.attnotnull then ' NOT NULL' else '' end,
                coalesce(' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), '')) as text
  from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped order by a.attnum`

const constraintsOf = `
  select format('CONSTRAINT %I %s', conname, pg_get_constraintdef(oid)) as text
  from pg_constraint where conrelid = $1::regclass and contype in ('p', 'u', 'c') order by conname`

const indexesOf = `
  select pg_get_indexdef(i.indexrelid) as text from pg_index i
  where i.indrelid = $1::regclass and not exists (select from pg_constraint c where c.conindid = i.indexrelid) order by 1`

/**
 * Reads all tables of a registry: one picture of one moment, in the caller's transaction.
 *
 * @example
 * const dump = await dumpTables(client)
 */
export const dumpTables = async (client: Client): Promise<readonly TableDump[]> => {
  const dumps: TableDump[] = []
  for (const name of await listTables(client)) {
    const { rows } = await client.query<{ row: string }>(`select to_jsonb(t)::text as row from ${quote(name)} t`)
    dumps.push({
      name,
      columns: await readTexts(client, columnsOf, name),
      constraints: await readTexts(client, constraintsOf, name),
      indexes: await readTexts(client, indexesOf, name),
      rows: rows.map(({ row }) => row),
    })
  }
  return dumps
}

const makeTable = async (client: Client, { name, columns, constraints, indexes }: TableDump): Promise<void> => {
  await client.query(`create table ${quote(name)} (${[...columns, ...constraints].join(', ')})`)
  for (const index of indexes) await client.query(index)
}

/** Rows that are sent at a time. */
const batchSize = 500

/**
 * Makes tables hold what a dump says and nothing else; one that is not there is made. Tables that the dump does not know are emptied, for what
 * they say belongs to a later registry. Runs in the caller's transaction.
 *
 * @example
 * await restoreTables(client, dump)
 */
export const restoreTables = async (client: Client, dumps: readonly TableDump[]): Promise<void> => {
  const there = await listTables(client)
  if (there.length > 0) await client.query(`lock table ${there.map(quote).join(', ')} in access exclusive mode`)
  for (const name of there) await client.query(`delete from ${quote(name)}`)
  for (const dump of dumps) {
    if (!there.includes(dump.name)) await makeTable(client, dump)
    for (let at = 0; at < dump.rows.length; at += batchSize) {
      const rows = `[${dump.rows.slice(at, at + batchSize).join()}]`
      await client.query(`insert into ${quote(dump.name)} select * from jsonb_populate_recordset(null::${quote(dump.name)}, $1::jsonb)`, [
        rows,
      ])
    }
  }
}
