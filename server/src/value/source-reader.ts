import type { StoreConfig } from '@charmed-feast/store'
import { openPool, type Pool } from '@charmed-feast/store'
import { serverError } from '../errors.ts'
import { limits } from './limits.ts'

/** Reads rows of sources where the offline store is PostgreSQL: sessions that can only read, and not for long. */
export interface SourceReader extends AsyncDisposable {
  /** @throws SERVER_NOT_SUPPORTED where the offline store is no PostgreSQL */
  query: Pool['query']
}

/** Opens a reader; it connects when it is first asked. */
export const openSourceReader = ({ offlineStore }: StoreConfig): SourceReader => {
  const target = offlineStore?.kind === 'postgres' ? offlineStore.target : undefined
  const settings = { default_transaction_read_only: 'on', statement_timeout: String(limits.seconds * 1000) }
  const pool = target === undefined ? undefined : openPool(target, { max: 2, settings })
  return {
    query: (text, values, options) => {
      if (pool === undefined) throw serverError('SERVER_NOT_SUPPORTED', ['preview rows', 'the offline store is not PostgreSQL'])
      return pool.query(text, values, options)
    },
    async [Symbol.asyncDispose]() {
      await pool?.close()
    },
  }
}
