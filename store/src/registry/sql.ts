import { storeError } from '../errors.ts'
import { sqlState } from '../postgres/failure.ts'
import type { Queryable } from '../postgres/query.ts'
import { changeSet, type Difference } from './change-set.ts'
import { editObject } from './edit.ts'
import { type Kind, type KindName, kindList, kinds } from './kind.ts'
import { touchMetadata, writeMetadata } from './metadata.ts'
import { type RegistryObject, registryObject, type StoredObject } from './object.ts'
import { checkUnprotected, deleteProjectRows } from './project.ts'
import { lockObject, lockObjects, readObjects, readSnapshot, readVersions } from './read.ts'
import type { Registry } from './registry.ts'
import type { RegistryRequest } from './request.ts'
import { createSchema, missingTables } from './schema.ts'
import { lockProject, notifyProject, writeChangeSet } from './write.ts'

/** What a registry needs of a database; a `Pool` is one. */
export interface RegistryDatabase extends Queryable {
  transaction<Result>(run: (sql: Queryable) => Promise<Result>): Promise<Result>
}

/** How a registry in PostgreSQL is used. */
export interface SqlRegistryOptions {
  /** The database in messages: `host:port/database`. */
  readonly where: string
  /**
   * Feast's `schema_mode`. `auto`: the first apply makes the tables that are missing. `verify` and `skip`: nothing makes them;
   * with `verify` reading fails too when one is missing. Default: `auto`.
   */
  readonly schemaMode?: 'auto' | 'verify' | 'skip' | undefined
  /** Feast's `purge_feast_metadata`: nothing is written to `feast_metadata`. Default: `false`. */
  readonly purgeFeastMetadata?: boolean | undefined
}

/** Another writer was faster with the same row, or two wait for each other: the same transaction succeeds when it runs again. */
const transient = new Set(['23505', '40001', '40P01'])
const attempts = 5

/**
 * Opens Feast's SQL registry in PostgreSQL. Opening runs no statement, and reading runs no DDL and needs SELECT only.
 * Tables that an older Feast did not make read as empty.
 *
 * @example
 * const registry = openSqlRegistry(pool, { where: 'localhost:5432/registry' })
 * for (const { name } of await registry.list('entity', 'demo')) console.log(name)
 */
export const openSqlRegistry = (database: RegistryDatabase, options: SqlRegistryOptions): Registry => {
  const { where, schemaMode = 'auto', purgeFeastMetadata = false } = options

  const present = async (sql: Queryable, missing: readonly string[]): Promise<void> => {
    if (missing.length > 0 && schemaMode === 'auto') await createSchema(sql)
    else if (missing.length > 0) throw storeError('STORE_REGISTRY_SCHEMA_MISSING', [where, missing.join(', ')])
  }

  /** Reads as if all tables were there, and looks which are only when one was not. */
  const reading = async <Result>(read: (missing: readonly string[]) => Promise<Result>): Promise<Result> => {
    try {
      return await read([])
    } catch (error) {
      if (sqlState(error) !== '42P01') throw error
      const missing = await missingTables(database)
      if (schemaMode === 'verify') throw storeError('STORE_REGISTRY_SCHEMA_MISSING', [where, missing.join(', ')], { cause: error })
      return read(missing)
    }
  }

  const writing = async <Result>(project: string, write: (sql: Queryable) => Promise<Result>): Promise<Result> => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await database.transaction(async (sql) => {
          await lockProject(sql, project)
          return write(sql)
        })
      } catch (error) {
        if (!transient.has(sqlState(error) ?? '')) throw error
        if (attempt === attempts) throw storeError('STORE_REGISTRY_CONFLICT', [project], { cause: error })
      }
    }
  }

  const finish = async (sql: Queryable, project: string, now: bigint): Promise<void> => {
    if (!purgeFeastMetadata) await touchMetadata(sql, project, now)
    await notifyProject(sql, project)
  }

  const readKind = async <Name extends KindName>(kind: Name, filter: { readonly project: string; readonly name?: string }) => {
    const chosen: Kind = kinds[kind]
    const stored = await reading(async (missing) =>
      missing.includes(chosen.table) ? [] : readObjects(database, { kinds: [chosen], ...filter }),
    )
    // The rows of a kind's table are of the kind.
    return stored.map((each) => registryObject(each as StoredObject<Name>))
  }

  return {
    snapshot: (project) => reading((missing) => readSnapshot(database, { project, missing })),

    async get(kind, project, name) {
      return (await readKind(kind, { project, name }))[0]
    },

    async list<Name extends KindName>(kind: Name, project: string): Promise<readonly RegistryObject<Name>[]> {
      return (await readKind(kind, { project })).toSorted((a, b) => (a.name < b.name ? -1 : 1))
    },

    versions: (project, view) =>
      reading(async (missing) => (missing.includes('feature_view_version_history') ? [] : readVersions(database, project, view))),

    apply: (request: RegistryRequest, { now, check }): Promise<readonly Difference[]> =>
      writing(request.project, async (sql) => {
        await present(sql, await missingTables(sql))
        const objects = await lockObjects(sql, request.project)
        await check?.(objects)
        const set = changeSet(request, { objects, versions: await readVersions(sql, request.project), now })
        if (set.create.length + set.update.length + set.remove.length + set.versions.length === 0) return []
        await writeChangeSet(sql, request.project, set)
        await finish(sql, request.project, now)
        return set.differences
      }),

    hold: (project, act) =>
      writing(project, async (sql) => {
        const missing = await missingTables(sql)
        return act(await readObjects(sql, { project, kinds: kindList.filter(({ table }) => !missing.includes(table)) }))
      }),

    edit: (id, edit, { now }) =>
      writing(id.project, async (sql) => {
        const stored = (await missingTables(sql)).includes(kinds[id.kind].table) ? undefined : await lockObject(sql, id)
        if (stored === undefined) throw storeError('STORE_REGISTRY_OBJECT_NOT_FOUND', [kinds[id.kind].words, id.name, id.project])
        const next = editObject(stored, edit, now)
        if (next === undefined) return false
        await writeChangeSet(sql, id.project, { differences: [], create: [], update: [next], remove: [], versions: [], forgotten: [] })
        await finish(sql, id.project, now)
        return true
      }),

    deleteProject: (project) =>
      writing(project, async (sql) => {
        const missing = await missingTables(sql)
        const row = missing.includes('projects') ? undefined : await lockObject(sql, { kind: 'project', project, name: project })
        if (row) checkUnprotected(row)
        const deleted = await deleteProjectRows(sql, project, missing)
        if (deleted === 0) throw storeError('STORE_REGISTRY_PROJECT_NOT_FOUND', [project])
        await notifyProject(sql, project)
      }),

    createSchema: () => database.transaction(createSchema),

    writeMetadata: (project, entry, { now }) =>
      writing(project, async (sql) => {
        await present(sql, await missingTables(sql))
        await writeMetadata(sql, project, { ...entry, now })
      }),
  }
}
