import type pg from 'pg'
import type { Batch, Column } from '../definition/batch.ts'
import type { ValueType } from '../definition/value-type.ts'
import { quoteIdentifier } from '../postgres/identifier.ts'
import { laneOf } from './lane.ts'
import type { ColumnHeader } from './offline.ts'
import { castOf, postgresCell } from './postgres-cell.ts'
import { TupleCursor } from './postgres-copy.ts'
import { readTuples } from './postgres-copy-out.ts'
import { valueTypeOf } from './postgres-schema.ts'
import type { Emit } from './stream.ts'

const batchRows = 8_192

interface QueryColumn extends ColumnHeader {
  readonly sql: string
  readonly stored: number
}

/** Feast does not know enumerations and the like; as columns of entity rows they are text. */
const columnType = (stored: number): ValueType => {
  const type = valueTypeOf(stored)
  return type.name === 'UNKNOWN' ? { name: 'STRING' } : type
}

const describe = async (client: pg.ClientBase, sql: string): Promise<readonly QueryColumn[]> => {
  const { fields } = await client.query(`SELECT * FROM (${sql}\n) AS q LIMIT 0`)
  return fields.map(({ name, dataTypeID }) => {
    const type = columnType(dataTypeID)
    const cast = castOf(dataTypeID, type)
    return { name, type, sql: `q.${quoteIdentifier(name)}${cast.sql}`, stored: cast.type }
  })
}

/** The columns of a query, without running it. */
export const queryHeader = async (client: pg.ClientBase, sql: string): Promise<readonly ColumnHeader[]> =>
  (await describe(client, sql)).map(({ name, type }) => ({ name, type }))

/** Reads all rows of a query. The first batch comes even when there is no row: it has the columns. */
export const readQuery = async (client: pg.ClientBase, sql: string, emit: Emit<Batch>): Promise<void> => {
  const columns = await describe(client, sql)
  const cursor = new TupleCursor(columns.length)
  const lanes = () =>
    columns.map(({ stored, type, name }, place) =>
      laneOf(postgresCell(cursor, place, stored, type, { source: 'query', column: name }), batchRows),
    )
  let current = lanes()
  let rows = 0
  let full: Batch[] = []
  const flush = (): void => {
    const all = Int32Array.from({ length: rows }, (_, row) => row)
    full.push({ rows, columns: columns.map(({ name, type }, place): Column => ({ name, type, values: current[place]?.read(all) ?? [] })) })
    current = lanes()
    rows = 0
  }
  const give = async (): Promise<void> => {
    const ready = full
    full = []
    for (const batch of ready) await emit(batch)
  }
  const selected = columns.map((column) => column.sql).join(', ')
  let given = false
  await readTuples(
    client,
    `SELECT ${selected} FROM (${sql}\n) AS q`,
    cursor,
    () => {
      if (rows === batchRows) flush()
      for (const lane of current) lane.take(rows)
      rows++
    },
    {
      onChunk: () => {
        given ||= full.length > 0
        return full.length === 0 ? undefined : give()
      },
    },
  )
  if (rows > 0 || !given) flush()
  await give()
}

/** The table that a query's rows wait in until they are joined. */
const rowsTable = 'pg_temp.charmed_feast_rows'

const collected = async (client: pg.ClientBase, sql: string): Promise<readonly Batch[]> => {
  const batches: Batch[] = []
  await readQuery(client, sql, async (batch) => {
    batches.push(batch)
  })
  return batches
}

/**
 * Reads the rows of a query, in its order, on the connection that they will be joined on: between two batches the connection is free. They
 * wait in a temporary table, `size` of them are read at once; where no table can be made they are all read.
 */
export async function* readOnSession(
  client: pg.ClientBase,
  sql: string,
  { size, temporary }: { readonly size: number; readonly temporary: boolean },
): AsyncGenerator<Batch> {
  if (!temporary) {
    yield* await collected(client, sql)
    return
  }
  await client.query(`DROP TABLE IF EXISTS ${rowsTable}`)
  await client.query(
    `CREATE TEMPORARY TABLE charmed_feast_rows ON COMMIT DROP AS SELECT q.*, row_number() OVER () AS charmed_feast_row FROM (${sql}\n) AS q`,
  )
  const columns = (await describe(client, `SELECT * FROM ${rowsTable}`)).filter(({ name }) => name !== 'charmed_feast_row')
  const selected = columns.map(({ name }) => quoteIdentifier(name)).join(', ')
  for (let from = 0; ; from += size) {
    const part = `SELECT ${selected} FROM ${rowsTable} WHERE charmed_feast_row > ${from} AND charmed_feast_row <= ${from + size} ORDER BY charmed_feast_row`
    const batches = await collected(client, part)
    if (from > 0 && batches[0]?.rows === 0) return
    yield* batches
  }
}
