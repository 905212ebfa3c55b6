import { describe, expect, test } from 'vitest'
import type { Queryable } from '../../src/postgres/query.ts'
import { diffRegistry } from '../../src/registry/diff.ts'
import { openSqlRegistry, type RegistryDatabase } from '../../src/registry/sql.ts'
import { freshRegistry, openDatabase, rowsOf } from './database.ts'
import { entity, everyKind, project, view } from './messages.ts'

const now = 1_767_225_600_000_000n

/** A database that calls `before` ahead of each statement of a transaction, with its number from 1 and its connection. */
const watched = (
  database: RegistryDatabase,
  before: (number: number, text: string, sql: Queryable) => Promise<void>,
): RegistryDatabase => ({
  query: database.query,
  transaction: (run) => {
    let number = 0
    return database.transaction((sql) =>
      run({
        query: async (text, values, options) => {
          await before(++number, text, sql)
          return sql.query(text, values, options)
        },
      }),
    )
  },
})

/** What the crashed apply does: it makes, changes and deletes, with versions. */
const change = {
  project: 'demo',
  objects: [project({ team: 'b' }), entity('anew'), view(['new']), ...everyKind().filter(({ $typeName }) => $typeName.endsWith('Service'))],
  remove: [{ kind: 'label-view', name: 'driver_labels' }],
} as const

const prepared = async () => {
  const fresh = await freshRegistry()
  const without = everyKind().filter(({ $typeName }) => !$typeName.endsWith('Service'))
  await fresh.registry.apply({ project: 'demo', objects: without }, { now })
  return fresh
}

describe('an apply whose connection is lost', () => {
  test('at any of its statements leaves the registry as it was, and the next one completes it', async () => {
    let statements = 0
    const whole = await prepared()
    const counted = watched(whole.database, async (number) => {
      statements = number
    })
    expect((await openSqlRegistry(counted, { where: 'test' }).apply(change, { now })).length).toBe(5)
    expect(statements).toBeGreaterThan(12)

    const { database, registry, adminUrl } = await prepared()
    const before = await rowsOf(database)
    const admin = openDatabase(adminUrl)
    try {
      for (let at = 1; at <= statements; at++) {
        const doomed = watched(database, async (number, _, sql) => {
          if (number !== at) return
          const pid = (await sql.query('SELECT pg_backend_pid() AS pid')).rows[0]?.pid
          await admin.query('SELECT pg_terminate_backend($1, 5000)', [pid])
        })
        await expect(openSqlRegistry(doomed, { where: 'test' }).apply(change, { now }), `statement ${at}`).rejects.toThrow()
        expect(await rowsOf(database), `statement ${at}`).toEqual(before)
      }
    } finally {
      await admin.close()
    }
    expect((await registry.apply(change, { now })).length).toBe(5)
    expect(diffRegistry(await registry.snapshot(), change)).toEqual([])
  })
})

describe('two applies at the same time', () => {
  test('to an empty database both succeed, and the registry holds both', async () => {
    const { registry } = await freshRegistry()
    const half = everyKind().length / 2
    const [one, other] = [everyKind().slice(0, half), everyKind().slice(half)]
    await Promise.all([
      registry.apply({ project: 'demo', objects: one }, { now }),
      registry.apply({ project: 'demo', objects: other }, { now }),
    ])
    expect(diffRegistry(await registry.snapshot(), { project: 'demo', objects: everyKind() })).toEqual([])
  })

  test('of the same view come one after the other, and each keeps its version', async () => {
    const { registry } = await freshRegistry()
    await registry.apply({ project: 'demo', objects: [view(['first'])] }, { now })
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
    const done = await Promise.all(names.map((name) => registry.apply({ project: 'demo', objects: [view([name])] }, { now })))
    expect(done.map((differences) => differences.map(({ action }) => action))).toEqual(names.map(() => ['update']))
    const versions = await registry.versions('demo', 'driver_stats')
    expect(versions.map(({ number }) => number)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
    expect(versions.at(-1)?.bytes).toEqual((await registry.get('feature-view', 'demo', 'driver_stats'))?.bytes)
  })

  test('of different projects do not wait for each other', async () => {
    const { database, registry } = await freshRegistry()
    await registry.apply({ project: 'demo', objects: [entity()] }, { now })
    const slow = watched(database, async (number) => {
      if (number === 4) await registry.apply({ project: 'other', objects: [entity()] }, { now })
    })
    await openSqlRegistry(slow, { where: 'test' }).apply({ project: 'demo', objects: [entity('anew')] }, { now })
    expect((await registry.snapshot()).projects).toEqual(['demo', 'other'])
  })
})

describe('Python writing at the same time', () => {
  const insert = (database: Queryable) => database.query(`INSERT INTO entities VALUES ('driver', 'demo', 1, '\\x0a020a00')`)

  test('a row that we were about to make is compared and changed instead', async () => {
    const { database, registry } = await freshRegistry()
    await registry.apply({ project: 'demo', objects: [view()] }, { now })
    let inserted = 0
    const raced = watched(database, async (_, text) => {
      if (text.includes('INSERT INTO entities') && inserted++ === 0) await insert(database)
    })
    const done = await openSqlRegistry(raced, { where: 'test' }).apply({ project: 'demo', objects: [entity()] }, { now })
    expect(done.map(({ action, kind }) => `${action} ${kind}`)).toEqual(['update entity'])
    expect((await registry.get('entity', 'demo', 'driver'))?.message.spec?.description).toBe('who drives')
  })

  test('again and again is an error after some attempts', async () => {
    const { database, registry } = await freshRegistry()
    await registry.apply({ project: 'demo', objects: [view()] }, { now })
    const raced = watched(database, async (_, text) => {
      if (text.includes('FOR UPDATE')) await database.query('DELETE FROM entities')
      if (text.includes('INSERT INTO entities')) await insert(database)
    })
    await expect(openSqlRegistry(raced, { where: 'test' }).apply({ project: 'demo', objects: [entity()] }, { now })).rejects.toThrow(
      'cannot apply project "demo": others keep writing to its registry; try again',
    )
  })

  test('a row that we change waits until we are done', async () => {
    const { database, registry } = await freshRegistry()
    await registry.apply({ project: 'demo', objects: [entity()] }, { now })
    let waiting: Promise<unknown> | undefined
    let isDone = false
    const raced = watched(database, async (_, text) => {
      if (!text.includes('UPDATE entities')) return
      waiting = database.query(`UPDATE entities SET last_updated_timestamp = 9 WHERE entity_name = 'driver'`).then(() => {
        isDone = true
      })
      await database.query(`DO $$ BEGIN
        WHILE NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')
        LOOP PERFORM pg_sleep(0.01), pg_stat_clear_snapshot(); END LOOP; END $$`)
      expect(isDone).toBe(false)
    })
    await openSqlRegistry(raced, { where: 'test' }).apply({ project: 'demo', objects: [entity('anew')] }, { now })
    await waiting
    expect(isDone).toBe(true)
    expect((await registry.get('entity', 'demo', 'driver'))?.message.spec?.description).toBe('anew')
    expect((await registry.get('entity', 'demo', 'driver'))?.lastUpdated).toBe(9_000_000n)
  })
})
