import { create } from '@bufbuild/protobuf'
import { DurationSchema } from '@bufbuild/protobuf/wkt'
import { describe, expect, test } from 'vitest'
import { decodeObject } from '../../src/registry/object.ts'
import type { Registry } from '../../src/registry/registry.ts'
import { freshRegistry } from './database.ts'
import { everyKind, onDemandView, view } from './messages.ts'

const now = 1_767_225_600_000_000n

const versions = async (registry: Registry, name = 'driver_stats') =>
  (await registry.versions('demo', name)).map(({ number, type, bytes }) => {
    const message = decodeObject({ kind: 'feature-view', project: 'demo', name, bytes, lastUpdated: 0n })
    return [number, type, message.spec?.features.map((each) => each.name).join(), message.meta?.currentVersionNumber]
  })

const active = async (registry: Registry) => {
  const object = (await registry.get('feature-view', 'demo', 'driver_stats')) ?? expect.unreachable()
  const { spec, meta } = object.message
  return [spec?.features.map((each) => each.name).join(), spec?.version, meta?.currentVersionNumber]
}

describe('versions of views', () => {
  test('begin with 0, one for every kind of view', async () => {
    const { database, registry } = await freshRegistry()
    await registry.apply({ project: 'demo', objects: everyKind() }, { now })
    const { rows } = await database.query(
      `SELECT feature_view_name AS name, version_number AS number, feature_view_type AS type, description, length(version_id) AS id,
              created_timestamp AS created FROM feature_view_version_history ORDER BY 1`,
    )
    const made = { number: 0, description: '', id: 36, created: now / 1_000_000n }
    expect(rows).toEqual([
      { ...made, name: 'driver_labels', type: 'label_view' },
      { ...made, name: 'driver_stats', type: 'feature_view' },
      { ...made, name: 'driver_streamed', type: 'stream_feature_view' },
      { ...made, name: 'trip', type: 'on_demand_feature_view' },
    ])
    const [first] = await registry.versions('demo', 'driver_stats')
    expect(first?.bytes).toEqual((await registry.get('feature-view', 'demo', 'driver_stats'))?.bytes)
  })

  test('go on when the schema changes, not when the ttl, the tags or the order of features do', async () => {
    const { registry } = await freshRegistry()
    await registry.apply({ project: 'demo', objects: [view(['a', 'b'])] }, { now })
    const ttl = create(DurationSchema, { seconds: 5n })
    await registry.apply({ project: 'demo', objects: [view(['b', 'a'], { ttl, tags: { x: 'y' }, online: false })] }, { now })
    expect(await versions(registry)).toEqual([[0, 'feature_view', 'a,b', 0]])
    await registry.apply({ project: 'demo', objects: [view(['a', 'c'])] }, { now })
    expect(await versions(registry)).toEqual([
      [0, 'feature_view', 'a,b', 0],
      [1, 'feature_view', 'a,c', 1],
    ])
    expect(await active(registry)).toEqual(['a,c', '', 1])
    await registry.apply({ project: 'demo', objects: [view(['a', 'c'], { ttl })] }, { now })
    expect(await active(registry)).toEqual(['a,c', '', 1])
  })

  test('go on when the code of an on-demand view changes', async () => {
    const { registry } = await freshRegistry()
    await registry.apply({ project: 'demo', objects: [onDemandView()] }, { now })
    await registry.apply({ project: 'demo', objects: [onDemandView('def trip(x): return 2')] }, { now })
    expect((await registry.versions('demo', 'trip')).map(({ number }) => number)).toEqual([0, 1])
  })

  test('of a view that an older Feast made begin with what it had', async () => {
    const { database, registry } = await freshRegistry()
    await registry.apply({ project: 'demo', objects: [view(['a'])] }, { now })
    await database.query('DELETE FROM feature_view_version_history')
    await registry.apply({ project: 'demo', objects: [view(['b'])] }, { now })
    expect(await versions(registry)).toEqual([
      [0, 'feature_view', 'a', 0],
      [1, 'feature_view', 'b', 1],
    ])
  })

  test("go on after those that Python's delete_project left behind", async () => {
    const { database, registry } = await freshRegistry()
    await registry.apply({ project: 'demo', objects: [view(['a'])] }, { now })
    await database.query('DELETE FROM feature_views')
    await registry.apply({ project: 'demo', objects: [view(['b'])] }, { now })
    expect(await versions(registry)).toEqual([
      [0, 'feature_view', 'a', 0],
      [1, 'feature_view', 'b', 1],
    ])
    expect(await active(registry)).toEqual(['b', '', 1])
  })

  test('are kept without becoming active when they are not promoted', async () => {
    const { registry } = await freshRegistry()
    await registry.apply({ project: 'demo', objects: [view(['a'])] }, { now })
    const done = await registry.apply({ project: 'demo', objects: [view(['b'])], promote: false }, { now })
    expect(done.map(({ action }) => action)).toEqual(['update'])
    expect(await versions(registry)).toHaveLength(2)
    expect(await active(registry)).toEqual(['a', '', 0])
  })
})

describe('a pinned version', () => {
  const pinned = (features: string[], version: string) => view(features, { version })

  test('that is there becomes active again', async () => {
    const { registry } = await freshRegistry()
    await registry.apply({ project: 'demo', objects: [view(['a'])] }, { now })
    await registry.apply({ project: 'demo', objects: [view(['b'])] }, { now })
    const done = await registry.apply({ project: 'demo', objects: [pinned(['b'], 'v0')] }, { now })
    expect(done[0]?.changes.map(({ path }) => path)).toEqual(['features[a]', 'features[b]', 'version'])
    expect(await active(registry)).toEqual(['a', 'v0', 0])
    expect(await versions(registry)).toHaveLength(2)
  })

  test('that is new is kept under its number', async () => {
    const { registry } = await freshRegistry()
    await registry.apply({ project: 'demo', objects: [view(['a'])] }, { now })
    await registry.apply({ project: 'demo', objects: [pinned(['b'], 'version7')] }, { now })
    expect(await active(registry)).toEqual(['b', 'version7', 7])
    expect((await versions(registry)).map(([number]) => number)).toEqual([0, 7])
    await registry.apply({ project: 'demo', objects: [view(['c'])] }, { now })
    expect((await versions(registry)).map(([number]) => number)).toEqual([0, 7, 8])
  })

  test('with another definition than the active one is refused', async () => {
    const { registry } = await freshRegistry()
    await registry.apply({ project: 'demo', objects: [view(['a'])] }, { now })
    await registry.apply({ project: 'demo', objects: [view(['b'])] }, { now })
    await expect(registry.apply({ project: 'demo', objects: [pinned(['c'], 'v0')] }, { now })).rejects.toThrow(
      'cannot pin view "driver_stats" to "v0": its definition differs from the active one',
    )
  })

  test('of other words is refused', async () => {
    const { registry } = await freshRegistry()
    await expect(registry.apply({ project: 'demo', objects: [pinned(['c'], 'newest')] }, { now })).rejects.toThrow(
      'cannot apply view "driver_stats": its version is "newest"; allowed: latest, v1, v2 and so on',
    )
  })
})
