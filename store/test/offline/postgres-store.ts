import { testDatabase } from '../../../house/postgres.ts'
import { openDuckdbOffline } from '../../src/offline/duckdb.ts'
import type { OfflineStore } from '../../src/offline/offline.ts'
import { openPostgresOffline } from '../../src/offline/postgres.ts'
import { openPool } from '../../src/postgres/pool.ts'
import { parsePostgresUrl } from '../../src/postgres/url.ts'

/** An offline store over a database of its own, and statements to fill it with. */
export interface StoreUnderTest extends AsyncDisposable {
  readonly store: OfflineStore
  readonly url: string
  run(...statements: readonly string[]): Promise<readonly Readonly<Record<string, unknown>>[]>
}

/** Opens one. `folder` is where files of entity rows are; without it none can be read. */
export const postgresStore = async (
  options: { readonly folder?: string; readonly max?: number; readonly timezone?: string } = {},
): Promise<StoreUnderTest> => {
  const { url, database } = await testDatabase()
  if (options.timezone !== undefined) {
    // What a session starts with, when it does not say otherwise.
    await using first = openPool(parsePostgresUrl(url), { max: 1 })
    await first.query(`ALTER DATABASE ${database} SET timezone = '${options.timezone}'`)
  }
  const pool = openPool(parsePostgresUrl(url), { max: options.max ?? 3 })
  const files = options.folder === undefined ? undefined : openDuckdbOffline({ folder: options.folder })
  const store = openPostgresOffline(pool, files === undefined ? {} : { file: files.readFile })
  return {
    store,
    url,
    run: async (...statements) => {
      let rows: readonly Readonly<Record<string, unknown>>[] = []
      for (const statement of statements) ({ rows } = await pool.query(statement))
      return rows
    },
    [Symbol.asyncDispose]: async () => {
      await store[Symbol.asyncDispose]()
      await files?.[Symbol.asyncDispose]()
    },
  }
}
