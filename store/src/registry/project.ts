import { storeError } from '../errors.ts'
import type { Queryable } from '../postgres/query.ts'
import { decodeObject, headOf, type StoredObject } from './object.ts'
import { registryTables } from './schema.ts'

/** The tag that keeps a project from being deleted, when its value is `true`: Feast's. */
const protectedTag = 'feast.dev/protected-project'

/**
 * Refuses a project whose tag `feast.dev/protected-project` is `true`.
 *
 * @throws STORE_REGISTRY_PROJECT_PROTECTED
 */
export const checkUnprotected = (stored: StoredObject<'project'>): void => {
  if (headOf(decodeObject(stored)).tags[protectedTag] === 'true') {
    throw storeError('STORE_REGISTRY_PROJECT_PROTECTED', [stored.name])
  }
}

/** Deletes the rows of a project from every table that is there; resolves to how many there were. */
export const deleteProjectRows = async (sql: Queryable, project: string, missing: readonly string[]): Promise<number> => {
  let deleted = 0
  for (const table of registryTables) {
    if (!missing.includes(table)) deleted += (await sql.query(`DELETE FROM ${table} WHERE project_id = $1`, [project])).rowCount
  }
  return deleted
}
