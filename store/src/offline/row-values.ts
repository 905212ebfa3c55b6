import type { Batch } from '../definition/batch.ts'
import type { ValueType } from '../definition/value-type.ts'

/** How a value of a column is shown in a row: moments become Dates, and everything else is what it is. */
const shownAs = ({ name }: ValueType): ((value: unknown) => unknown) | undefined => {
  if (name === 'UNIX_TIMESTAMP') return dateOf
  if (name === 'UNIX_TIMESTAMP_LIST') return (value) => (Array.isArray(value) ? value.map(dateOf) : value)
  if (name === 'UNIX_TIMESTAMP_SET') return (value) => (value instanceof Set ? new Set([...value].map(dateOf)) : value)
  return undefined
}

const dateOf = (value: unknown): unknown => (typeof value === 'bigint' ? new Date(Number(value) / 1000) : value)

/**
 * The rows of a batch, made one at a time. A Date has milliseconds: who needs the microseconds reads columns.
 *
 * @example
 * for (const row of rowsOf(batch)) console.log(row.driver_id)
 */
export function* rowsOf({ rows, columns }: Batch): Generator<Readonly<Record<string, unknown>>> {
  const shown = columns.map(({ name, type, values }) => ({ name, values, show: shownAs(type) }))
  for (let at = 0; at < rows; at++) {
    const row: Record<string, unknown> = {}
    for (const { name, values, show } of shown) {
      const value = values[at] ?? null
      row[name] = show === undefined ? value : show(value)
    }
    yield row
  }
}
