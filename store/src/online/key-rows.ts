import { dummyJoinKey } from '../definition/entity.ts'
import { storeError } from '../errors.ts'
import { byteIndex } from './byte-index.ts'
import type { KeySet } from './plan.ts'

/** The keys of a request's rows: each once, and which of them every row has. */
export interface RowKeys {
  readonly keys: readonly Uint8Array[]
  /** For each row the place of its key. */
  readonly keyOfRow: Int32Array
  /** Finds a key that PostgreSQL sent. */
  readonly index: ReturnType<typeof byteIndex>
}

/** A request's rows as columns. */
export interface RowColumns {
  readonly rows: number
  column(name: string): ArrayLike<unknown> | undefined
}

/**
 * Encodes the keys of all rows and keeps each distinct one once: a row that is asked for twice is read once.
 *
 * @throws STORE_ENTITY_ROW_INVALID when a row lacks a join key, or its value cannot be one
 */
export const encodeRowKeys = ({ encoder, rowColumns }: KeySet, rows: RowColumns): RowKeys => {
  const columns = rowColumns.map(({ name }) => {
    const column = rows.column(name) ?? (name === dummyJoinKey ? new Array<string>(rows.rows).fill('') : undefined)
    if (column === undefined) throw storeError('STORE_ENTITY_ROW_INVALID', ['0', name, 'the join key is missing'])
    return column
  })
  const { bytes, offsets } = encoder.encode(columns, rows.rows)
  const keys: Uint8Array[] = []
  const keyOfRow = new Int32Array(rows.rows)
  const places = new Map<string, number>()
  for (let row = 0; row < rows.rows; row++) {
    const key = bytes.subarray(offsets[row], offsets[row + 1])
    const id = rows.rows === 1 ? '' : key.toString('latin1')
    const known = places.get(id)
    if (known === undefined) places.set(id, keys.push(key) - 1)
    keyOfRow[row] = known ?? keys.length - 1
  }
  return { keys, keyOfRow, index: byteIndex(keys) }
}
