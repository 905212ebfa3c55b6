import { describe, expect, test } from 'vitest'
import { diffRegistry } from '../../src/registry/diff.ts'
import { createSchema, missingTables } from '../../src/registry/schema.ts'
import { openSqlRegistry } from '../../src/registry/sql.ts'
import { freshRegistry, openDatabase } from './database.ts'
import { entity, everyKind } from './messages.ts'

const morning = 1_767_225_600_123_456n
const noon = morning + 4n * 3_600_000_000n

describe('reading', () => {
  test('a database without a registry finds it empty, and makes no table', async () => {
    const { database, registry } = await freshRegistry()
    const snapshot = await registry.snapshot()
    expect(snapshot.projects).toEqual([])
    expect(await registry.get('entity', 'demo', 'driver')).toBeUndefined()
    expect(await registry.list('feature-view', 'demo')).toEqual([])
    expect(await registry.versions('demo', 'driver_stats')).toEqual([])
    expect((await missingTables(database)).length).toBe(14)
  })

  test('a registry of an older Feast takes the tables it lacks as empty', async () => {
    const { database, registry } = await freshRegistry()
    await registry.apply({ project: 'demo', objects: [entity()] }, { now: morning })
    await database.query('DROP TABLE label_views, feature_view_version_history')
    expect((await registry.snapshot()).list('entity').map(({ name }) => name)).toEqual(['__dummy', 'driver'])
    expect(await registry.list('label-view', 'demo')).toEqual([])
    expect(await registry.versions('demo', 'driver_stats')).toEqual([])
  })

  test('with schema mode verify names the tables that are missing', async () => {
    const { database, registry } = await freshRegistry({ schemaMode: 'verify' })
    await database.transaction(createSchema)
    await database.query('DROP TABLE label_views')
    await expect(registry.snapshot()).rejects.toThrow(
      'cannot use registry "test": it lacks tables label_views; create them with: feast registry create-schema',
    )
    await expect(registry.apply({ project: 'demo', objects: [entity()] }, { now: morning })).rejects.toThrow('it lacks tables label_views')
  })

  test('needs the right to select and no other', async () => {
    const fresh = await freshRegistry()
    await fresh.registry.apply({ project: 'demo', objects: everyKind() }, { now: morning })
    const reader = `${new URL(fresh.url).username}_reader`
    const admin = openDatabase(fresh.adminUrl)
    try {
      await admin.query(`CREATE ROLE ${reader} LOGIN PASSWORD 'reader'`)
      await admin.query(`GRANT CONNECT ON DATABASE ${new URL(fresh.url).username} TO ${reader}`)
      await admin.query(`GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${reader}`)
      const url = new URL(fresh.url)
      Object.assign(url, { username: reader, password: 'reader' })
      const client = openDatabase(url.href)
      try {
        const readOnly = openSqlRegistry(client, { where: 'test' })
        const snapshot = await readOnly.snapshot()
        expect(diffRegistry(snapshot, { project: 'demo', objects: everyKind() })).toEqual([])
        expect(await readOnly.get('entity', 'demo', 'driver')).toBeDefined()
      } finally {
        await client.close()
      }
    } finally {
      await admin.query(`DROP OWNED BY ${reader}`)
      await admin.query(`DROP ROLE ${reader}`)
      await admin.close()
    }
  })

  test('gives the same version for the same content, and another once it changed', async () => {
    const { registry } = await freshRegistry()
    await registry.apply({ project: 'demo', objects: everyKind() }, { now: morning })
    const [one, other] = [await registry.snapshot(), await registry.snapshot()]
    expect(one.version).toBe(other.version)
    await registry.apply({ project: 'demo', objects: [entity('renamed')] }, { now: noon })
    expect((await registry.snapshot()).version).not.toBe(one.version)
    expect(one.get('entity', 'demo', 'driver')?.message.spec?.description).toBe('who drives')
  })

  test('one project leaves the others out, and all takes them in', async () => {
    const { registry } = await freshRegistry()
    await registry.apply({ project: 'demo', objects: [entity()] }, { now: morning })
    await registry.apply({ project: 'other', objects: [entity('other')] }, { now: morning })
    expect((await registry.snapshot('other')).projects).toEqual(['other'])
    const all = await registry.snapshot()
    expect(all.projects).toEqual(['demo', 'other'])
    expect(all.list('entity').map((each) => `${each.project}/${each.name}`)).toEqual([
      'demo/__dummy',
      'demo/driver',
      'other/__dummy',
      'other/driver',
    ])
    expect(all.get('entity', 'other', 'driver')?.message.spec).toMatchObject({ project: 'other', description: 'other' })
    expect(all.metadata('demo').get('last_updated_timestamp')).toBe('1767225600')
    expect(all.metadata('demo').get('project_uuid')).toMatch(/^[0-9a-f-]{36}$/)
  })
})
