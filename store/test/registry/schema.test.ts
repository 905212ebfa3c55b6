import { describe, expect, test } from 'vitest'
import { createSchema, missingTables, registryTables } from '../../src/registry/schema.ts'
import { freshDatabase } from './database.ts'

describe('the schema', () => {
  test('is wholly missing from an empty database, and none of it once it is created', async () => {
    const { database } = await freshDatabase()
    expect(await missingTables(database)).toEqual(registryTables)
    expect(await database.transaction(createSchema)).toEqual(registryTables)
    expect(await missingTables(database)).toEqual([])
    expect(await database.transaction(createSchema)).toEqual([])
  })

  test('is completed where a part is missing, as in a registry of an older Feast, and what is there stays', async () => {
    const { database } = await freshDatabase()
    await database.transaction(createSchema)
    await database.query(`INSERT INTO entities VALUES ('driver', 'demo', 1, '\\x00')`)
    await database.query('DROP TABLE label_views, feature_view_version_history')
    expect(await missingTables(database)).toEqual(['label_views', 'feature_view_version_history'])
    expect(await database.transaction(createSchema)).toEqual(['label_views', 'feature_view_version_history'])
    expect((await database.query('SELECT * FROM entities')).rowCount).toBe(1)
  })

  test('is created once by many who start at the same time', async () => {
    const { database } = await freshDatabase()
    const made = await Promise.all([1, 2, 3, 4].map(() => database.transaction(createSchema)))
    expect(made.map(({ length }) => length).sort()).toEqual([0, 0, 0, registryTables.length].sort())
  })

  test('is looked for in the search path only', async () => {
    const { database } = await freshDatabase()
    await database.query('CREATE SCHEMA elsewhere')
    await database.transaction(async (sql) => {
      await sql.query('SET LOCAL search_path = elsewhere')
      await createSchema(sql)
    })
    expect(await missingTables(database)).toEqual(registryTables)
  })
})
