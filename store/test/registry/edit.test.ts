import { describe, expect, test } from 'vitest'
import { addInterval, intervalsOf } from '../../src/registry/interval.ts'
import { microsecondsOf } from '../../src/registry/timestamp.ts'
import { freshRegistry, rowsOf } from './database.ts'
import { entity, everyKind, project, view } from './messages.ts'

const morning = 1_767_225_600_123_456n
const noon = morning + 4n * 3_600_000_000n

describe('editing', () => {
  const id = { kind: 'feature-view', project: 'demo', name: 'driver_stats' } as const

  test('appends an interval once, however often it is repeated, and makes the view available online', async () => {
    const { database, registry } = await freshRegistry()
    await registry.apply({ project: 'demo', objects: [view()] }, { now: morning })
    const append = () => registry.edit(id, (message) => addInterval(message, { start: morning, end: noon }), { now: noon })
    expect(await append()).toBe(true)
    const before = await rowsOf(database)
    expect(await append()).toBe(false)
    expect(await rowsOf(database)).toEqual(before)
    const { message } = (await registry.get('feature-view', 'demo', 'driver_stats')) ?? expect.unreachable()
    expect(intervalsOf(message)).toEqual([{ start: morning, end: noon }])
    expect(message.meta?.state).toBe(4)
    expect(microsecondsOf(message.meta?.lastUpdatedTimestamp)).toBe(noon)
  })

  test('what is not there is an error that names it', async () => {
    const { registry } = await freshRegistry()
    await expect(registry.edit(id, () => undefined, { now: noon })).rejects.toThrow(
      'cannot find feature view "driver_stats": project "demo" does not have it',
    )
  })
})

describe('deleting a project', () => {
  test('removes its rows from every table and no row of another', async () => {
    const { database, registry } = await freshRegistry()
    for (const name of ['demo', 'other']) {
      const objects = everyKind().filter(({ $typeName }) => $typeName !== 'feast.core.Project')
      await registry.apply({ project: name, objects }, { now: morning })
    }
    await registry.writeMetadata('demo', { key: 'recently_visited_ada', value: '[]' }, { now: morning })
    const others = (await rowsOf(database)).filter(({ row }) => String(row).includes('other'))
    await registry.deleteProject('demo')
    expect(await rowsOf(database)).toEqual(others)
    expect(others.length).toBeGreaterThan(15)
    await expect(registry.deleteProject('demo')).rejects.toThrow('cannot find project "demo": the registry does not have it')
  })

  test('is refused while its tag protects it', async () => {
    const { registry } = await freshRegistry()
    await registry.apply({ project: 'demo', objects: [project({ 'feast.dev/protected-project': 'true' }), entity()] }, { now: morning })
    await expect(registry.deleteProject('demo')).rejects.toThrow('cannot delete project "demo"')
    expect((await registry.snapshot()).list('entity').length).toBe(2)
    await registry.apply({ project: 'demo', objects: [project()] }, { now: noon })
    await registry.deleteProject('demo')
    expect((await registry.snapshot()).list('entity')).toEqual([])
  })
})
