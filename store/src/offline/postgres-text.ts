import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import type { Batch, Column } from '../definition/batch.ts'
import type { ValueType } from '../definition/value-type.ts'
import { formatTimestamp } from '../postgres/timestamp.ts'

// Rows on their way into tables whose column types PostgreSQL knows best: the text form of COPY, which it parses itself.
// https://www.postgresql.org/docs/18/sql-copy.html#id-1.9.3.55.9.2

const jsonOf = (value: unknown): string =>
  typeof value === 'bigint'
    ? String(value)
    : value instanceof Map
      ? jsonOf(Object.fromEntries(value))
      : value instanceof Set
        ? jsonOf([...value])
        : Array.isArray(value)
          ? `[${value.map(jsonOf).join(',')}]`
          : typeof value === 'object' && value !== null && !(value instanceof Date) && !(value instanceof Uint8Array)
            ? `{${Object.entries(value)
                .map(([key, item]) => `${JSON.stringify(key)}:${jsonOf(item)}`)
                .join(',')}}`
            : (JSON.stringify(value) ?? 'null')

const arrayOf = (items: Iterable<unknown>, item: (value: unknown) => string): string =>
  `{${Array.from(items, (each) => (each === null ? 'NULL' : `"${item(each).replace(/["\\]/g, '\\$&')}"`)).join(',')}}`

const isMoment = (name: string): boolean => name === 'UNIX_TIMESTAMP'

/** A value as the text that PostgreSQL reads into a column of the fitting type. */
const textOf = (value: unknown, { name }: Pick<ValueType, 'name'>): string => {
  if (typeof value === 'bigint') return isMoment(name) ? formatTimestamp(value) : String(value)
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`
  if (name === 'JSON' || typeof value !== 'object' || value === null) return String(value)
  if (name === 'ZONED_TIMESTAMP' && 'at' in value && value.at instanceof Date) return value.at.toISOString()
  const [, element] = /^(.+)_(?:LIST|SET)$/.exec(name) ?? []
  if ((Array.isArray(value) || value instanceof Set) && element !== undefined && element !== 'VALUE')
    return arrayOf(value, (item) => textOf(item, { name: element as ValueType['name'] }))
  return jsonOf(value)
}

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }
const field = (value: unknown, type: ValueType): string =>
  value === null || value === undefined ? '\\N' : textOf(value, type).replace(/[\\\t\n\r]/g, (character) => escapes[character] ?? '')

const linesPerPart = 1_000

function* linesOf({ rows, columns }: Batch): Generator<string> {
  for (let from = 0; from < rows; from += linesPerPart) {
    let part = ''
    for (let row = from; row < Math.min(from + linesPerPart, rows); row++)
      part += `${columns.map((column: Column) => field(column.values[row], column.type)).join('\t')}\n`
    yield part
  }
}

/** Sends batches into columns of a table, all within the caller's transaction. Gives the number of rows. */
export const copyBatches = async (
  client: pg.ClientBase,
  into: string,
  batches: AsyncIterable<Batch> | Iterable<Batch>,
): Promise<number> => {
  let rows = 0
  async function* lines(): AsyncGenerator<string> {
    for await (const batch of batches) {
      yield* linesOf(batch)
      rows += batch.rows
    }
  }
  await pipeline(Readable.from(lines(), { objectMode: false, highWaterMark: 1 << 18 }), client.query(copyFrom(`COPY ${into} FROM STDIN`)))
  return rows
}
