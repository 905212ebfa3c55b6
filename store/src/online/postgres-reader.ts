import { openPool } from '../postgres/pool.ts'
import type { PostgresTarget } from '../postgres/target.ts'
import { plainReader } from './plain-reader.ts'
import type { OnlineReader } from './postgres-online.ts'

/** How many connections a reader may have, and where it asks for a rotated password. */
export interface ReaderOptions {
  readonly connections: number
  readonly reload: () => Promise<PostgresTarget>
}

/** Opens the reader of an online store on PostgreSQL. */
export const postgresReader = (target: PostgresTarget, { connections, reload }: ReaderOptions): OnlineReader =>
  plainReader(openPool(target, { max: connections, reload }))
