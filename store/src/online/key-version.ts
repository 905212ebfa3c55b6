import { storeError } from '../errors.ts'
import { sqlState } from '../postgres/failure.ts'
import type { Queryable } from '../postgres/query.ts'
import type { EntityKeyVersion } from './entity-key.ts'
import { entityKeyVersionOf } from './entity-key-reading.ts'
import { type OnlineTable, tableSql } from './table.ts'

/** A table and the join keys of its view. */
export interface KeyedTable {
  readonly table: OnlineTable
  readonly joinKeys: readonly string[]
}

const fault = (table: OnlineTable, expected: EntityKeyVersion, found: number) =>
  storeError('STORE_ENTITY_KEY_VERSION_UNSUPPORTED', [
    String(expected),
    `feature_store.yaml does not say which, and table "${table.name}" holds keys of version ${found}`,
    found === 1
      ? 'materialize it anew with Feast 0.50 or later and the line entity_key_serialization_version: 3'
      : `add the line entity_key_serialization_version: ${found}`,
  ])

const firstKey = async (sql: Queryable, table: OnlineTable): Promise<Uint8Array | undefined> => {
  try {
    const { rows } = await sql.query(`SELECT entity_key FROM ${tableSql(table)} LIMIT 1`)
    return rows[0]?.entity_key instanceof Uint8Array ? rows[0].entity_key : undefined
  } catch (error) {
    // Whoever reads or writes the table is told that it is not there.
    if (sqlState(error) === '42P01') return undefined
    throw error
  }
}

/**
 * Looks at the first key of each table, for a configuration that does not say which version keys have: Feast 0.49 then writes version 1 and
 * later releases 3, and reading with the wrong one would find nothing. A table is looked at until it was seen with a key.
 *
 * @example
 * const versions = new KeyVersions(pool, 3)
 * await versions.check([{ table, joinKeys: ['driver_id'] }])
 */
export class KeyVersions {
  readonly #sql: Queryable
  readonly #expected: EntityKeyVersion
  readonly #seen = new Set<string>()

  constructor(sql: Queryable, expected: EntityKeyVersion) {
    this.#sql = sql
    this.#expected = expected
  }

  /** @throws STORE_ENTITY_KEY_VERSION_UNSUPPORTED with the line to add */
  async check(tables: readonly KeyedTable[]): Promise<void> {
    const unseen = tables.filter(({ table }) => !this.#seen.has(tableSql(table)))
    await Promise.all(
      unseen.map(async ({ table, joinKeys }) => {
        const key = await firstKey(this.#sql, table)
        if (key === undefined) return
        const found = entityKeyVersionOf(
          key,
          joinKeys.map((name) => ({ name })),
        )
        if (found !== undefined && found !== this.#expected) throw fault(table, this.#expected, found)
        this.#seen.add(tableSql(table))
      }),
    )
  }
}
