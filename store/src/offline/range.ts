import { type StoreError, storeError } from '../errors.ts'
import type { JoinKey, RangeRequest } from './offline.ts'

/** The column of the moments of a range. */
export const momentColumn = 'event_timestamp'

/** The keys of all views, each once, under the names of the rows. */
export const rangeKeys = ({ views }: RangeRequest): readonly JoinKey[] => {
  const keys = new Map<string, JoinKey>()
  for (const { joinKeys } of views) for (const key of joinKeys) if (!keys.has(key.rowColumn)) keys.set(key.rowColumn, key)
  return [...keys.values()]
}

const fault = (why: string): StoreError => storeError('STORE_ENTITY_ROWS_INVALID', [momentColumn, why])

/** Throws STORE_ENTITY_ROWS_INVALID for a range that ends before it starts. */
export const checkRange = ({ start, end, views }: RangeRequest): void => {
  if (start > end) throw fault('the range ends before it starts')
  if (rangeKeys({ views, start, end }).some(({ rowColumn }) => rowColumn === momentColumn)) throw fault('a join key has its name')
}
