import { clone, create, toBinary } from '@bufbuild/protobuf'
import { DurationSchema } from '@bufbuild/protobuf/wkt'
import { describe, expect, test } from 'vitest'
import { listen } from '../../src/postgres/listen.ts'
import { parsePostgresUrl } from '../../src/postgres/url.ts'
import { EntitySchema } from '../../src/proto/feast/core/entity_pb.ts'
import { FeatureViewSchema, FeatureViewState } from '../../src/proto/feast/core/feature-view_pb.ts'
import { ProjectSchema } from '../../src/proto/feast/core/project_pb.ts'
import { diffRegistry, objectsOf } from '../../src/registry/diff.ts'
import { addInterval, intervalsOf } from '../../src/registry/interval.ts'
import { kindList } from '../../src/registry/kind.ts'
import { headOf, nameOf } from '../../src/registry/object.ts'
import { absentObjects } from '../../src/registry/request.ts'
import { createSchema } from '../../src/registry/schema.ts'
import { openSqlRegistry } from '../../src/registry/sql.ts'
import { registryChannel } from '../../src/registry/write.ts'
import { freshRegistry, rowsOf } from './database.ts'
import { entity, everyKind, permission, service, source, view } from './messages.ts'

const morning = 1_767_225_600_123_456n
const noon = morning + 4n * 3_600_000_000n

function renamed(message: ReturnType<typeof everyKind>[number]) {
  const copy = structuredClone(message)
  if (copy.$typeName === 'feast.core.StreamFeatureView' && copy.spec) copy.spec.name = 'driver_stats'
  return copy
}

describe('applying', () => {
  test('objects of every kind stores each in its table with its times, and finds nothing to do the second time', async () => {
    const { database, registry } = await freshRegistry()
    const made = await registry.apply({ project: 'demo', objects: everyKind() }, { now: morning })
    expect(made.map(({ action, kind }) => `${action} ${kind}`)).toEqual(kindList.map(({ name }) => `create ${name}`))
    for (const message of everyKind()) {
      const { name: kind } = kindList.find(({ schema }) => schema.typeName === message.$typeName) ?? kindList[0] ?? expect.unreachable()
      const stored = await registry.get(kind, 'demo', nameOf(message))
      expect(stored, kind).toBeDefined()
      if (stored && kind !== 'validation-reference') {
        expect(headOf(stored.message)).toMatchObject({ created: morning, lastUpdated: morning })
        expect(stored.lastUpdated).toBe(1_767_225_600_000_000n)
      }
    }
    const before = await rowsOf(database)
    expect(await registry.apply({ project: 'demo', objects: everyKind() }, { now: noon })).toEqual([])
    expect(await rowsOf(database)).toEqual(before)
  })

  test('writes the project first, so that no reader sees objects without one', async () => {
    const { database, registry } = await freshRegistry()
    const statements: string[] = []
    const recorded = openSqlRegistry(
      {
        query: database.query,
        transaction: (run) =>
          database.transaction((sql) =>
            run({
              query: (text, values, options) => {
                if (/^\s*(INSERT|UPDATE|DELETE)/.test(text)) statements.push(text.trim().split(/\s+/).slice(0, 3).join(' '))
                return sql.query(text, values, options)
              },
            }),
          ),
      },
      { where: 'test' },
    )
    await recorded.apply({ project: 'demo', objects: [service(), entity(), view(), source()] }, { now: morning })
    expect(statements.slice(0, 6)).toEqual([
      'INSERT INTO projects',
      'INSERT INTO data_sources',
      'INSERT INTO feature_views',
      'INSERT INTO entities',
      'INSERT INTO feature_services',
      'INSERT INTO feature_view_version_history',
    ])
    expect((await registry.snapshot()).projects).toEqual(['demo'])
  })

  test('a change keeps when the object was made, tells what changed, and says in the project when that was', async () => {
    const { registry } = await freshRegistry()
    await registry.apply({ project: 'demo', objects: [entity(), source()] }, { now: morning })
    expect(await registry.apply({ project: 'demo', objects: [entity('anew'), source()] }, { now: noon })).toEqual([
      { action: 'update', kind: 'entity', name: 'driver', changes: [{ path: 'description', before: 'who drives', after: 'anew' }] },
    ])
    const head = async (kind: 'entity' | 'data-source' | 'project', name: string) => {
      const object = await registry.get(kind, 'demo', name)
      return object && headOf(object.message)
    }
    expect(await head('entity', 'driver')).toMatchObject({ created: morning, lastUpdated: noon, description: 'anew' })
    expect(await head('data-source', 'driver_source')).toMatchObject({ created: morning, lastUpdated: morning })
    expect(await head('project', 'demo')).toMatchObject({ created: morning, lastUpdated: noon })
    expect((await registry.snapshot()).metadata('demo').get('last_updated_timestamp')).toBe(String(noon / 1_000_000n))
  })

  test('a change keeps the intervals, the state, and the times of the sources inside', async () => {
    const { registry } = await freshRegistry()
    await registry.apply({ project: 'demo', objects: [view()] }, { now: morning })
    const id = { kind: 'feature-view', project: 'demo', name: 'driver_stats' } as const
    const stamp = { seconds: 7n, nanos: 0, $typeName: 'google.protobuf.Timestamp' } as const
    await registry.edit(
      id,
      (message) => {
        addInterval(message, { start: morning, end: noon })
        if (message.spec?.batchSource)
          message.spec.batchSource.meta = { $typeName: 'feast.core.DataSource.SourceMeta', createdTimestamp: stamp }
      },
      { now: noon },
    )
    await registry.apply({ project: 'demo', objects: [view(undefined, { description: 'new' })] }, { now: noon })
    const message = (await registry.get('feature-view', 'demo', 'driver_stats'))?.message
    expect(message?.spec?.description).toBe('new')
    expect(message && intervalsOf(message)).toEqual([{ start: morning, end: noon }])
    expect(message?.meta?.state).toBe(FeatureViewState.AVAILABLE_ONLINE)
    expect(message?.spec?.batchSource?.meta?.createdTimestamp).toMatchObject({ seconds: 7n })
  })

  test('a change keeps fields that we do not know, where the message that holds them is still there', async () => {
    const { database, registry } = await freshRegistry()
    await registry.apply({ project: 'demo', objects: [view(['conv_rate', 'acc_rate'])] }, { now: morning })
    const object = (await registry.get('feature-view', 'demo', 'driver_stats')) ?? expect.unreachable()
    const newer = clone(FeatureViewSchema, object.message)
    const unknown = (no: number) => [{ no, wireType: 0 as const, data: Uint8Array.of(1) }]
    for (const each of [newer, newer.spec, newer.meta, newer.spec?.batchSource, newer.spec?.features[0], newer.spec?.features[1]]) {
      if (each) each.$unknown = unknown(1000)
    }
    await database.query('UPDATE feature_views SET feature_view_proto = $1', [toBinary(FeatureViewSchema, newer)])
    await registry.apply({ project: 'demo', objects: [view(['new', 'conv_rate'])] }, { now: noon })
    const { message } = (await registry.get('feature-view', 'demo', 'driver_stats')) ?? expect.unreachable()
    const kept = [message, message.spec, message.meta, message.spec?.batchSource, ...(message.spec?.features ?? [])]
    expect(kept.map((each) => each?.$unknown?.length ?? 0)).toEqual([1, 1, 1, 1, 0, 1])
  })

  test('deletes what is named, with the versions of views, and what is not there does no harm', async () => {
    const { database, registry } = await freshRegistry()
    await registry.apply({ project: 'demo', objects: everyKind() }, { now: morning })
    const remove = [
      { kind: 'feature-view', name: 'driver_stats' },
      { kind: 'feature-service', name: 'ranking' },
      { kind: 'entity', name: 'nobody' },
    ] as const
    const done = await registry.apply({ project: 'demo', objects: [], remove }, { now: noon })
    expect(done.map(({ action, kind, name }) => `${action} ${kind} ${name}`)).toEqual([
      'delete feature-view driver_stats',
      'delete feature-service ranking',
    ])
    expect(await registry.get('feature-view', 'demo', 'driver_stats')).toBeUndefined()
    const { rows } = await database.query('SELECT DISTINCT feature_view_name FROM feature_view_version_history ORDER BY 1')
    expect(rows.map((row) => row.feature_view_name)).toEqual(['driver_labels', 'driver_streamed', 'trip'])
  })

  test('a whole repository removes what it lacks, save what no repository holds', async () => {
    const { registry } = await freshRegistry()
    await registry.apply({ project: 'demo', objects: everyKind() }, { now: morning })
    const objects = [view(), source(), entity()]
    const remove = absentObjects(objectsOf(await registry.snapshot(), 'demo'), objects)
    expect(remove.map(({ kind }) => kind)).toEqual([
      'stream-feature-view',
      'on-demand-feature-view',
      'label-view',
      'feature-service',
      'permission',
    ])
    await registry.apply({ project: 'demo', objects, remove }, { now: noon })
    expect(objectsOf(await registry.snapshot(), 'demo').map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'project demo',
      'data-source driver_source',
      'feature-view driver_stats',
      'entity __dummy',
      'entity driver',
      'saved-dataset training',
      'validation-reference expected',
    ])
  })

  test('moves a view to another kind with its versions', async () => {
    const { registry } = await freshRegistry()
    await registry.apply({ project: 'demo', objects: [view()] }, { now: morning })
    const stream = everyKind().find((message) => message.$typeName === 'feast.core.StreamFeatureView') ?? expect.unreachable()
    if (stream.$typeName === 'feast.core.StreamFeatureView' && stream.spec) stream.spec.name = 'driver_stats'
    await registry.apply({ project: 'demo', objects: [stream], remove: [{ kind: 'feature-view', name: 'driver_stats' }] }, { now: noon })
    expect((await registry.versions('demo', 'driver_stats')).map(({ number, type }) => `${number} ${type}`)).toEqual([
      '0 feature_view',
      '1 stream_feature_view',
    ])
    expect((await registry.snapshot()).view('demo', 'driver_stats')?.kind).toBe('stream-feature-view')
  })

  test.each([
    ['no name', [create(EntitySchema, { spec: { name: '' } })], 'cannot apply entity "": it has no name'],
    [
      'a name longer than its column',
      [create(EntitySchema, { spec: { name: 'x'.repeat(256) } })],
      'its name is longer than 255 characters',
    ],
    ['the name of another', [entity(), entity()], 'cannot apply entity "driver": another has the same name'],
    [
      "another view's name",
      [
        view(),
        ...everyKind()
          .filter((m) => m.$typeName === 'feast.core.StreamFeatureView')
          .map(renamed),
      ],
      'has the same name',
    ],
    ['the project of another', [create(ProjectSchema, { spec: { name: 'else' } })], 'the registry is asked for project "demo"'],
  ])('refuses an object with %s, and writes nothing', async (_, objects, message) => {
    const { database, registry } = await freshRegistry()
    await database.transaction(createSchema)
    await expect(registry.apply({ project: 'demo', objects: [source(), ...objects] }, { now: morning })).rejects.toThrow(message)
    expect(await rowsOf(database)).toEqual([])
  })

  test('refuses a view whose name a view of another kind has in the registry', async () => {
    const { registry } = await freshRegistry()
    await registry.apply({ project: 'demo', objects: [view()] }, { now: morning })
    const stream = everyKind()
      .filter((m) => m.$typeName === 'feast.core.StreamFeatureView')
      .map(renamed)
    await expect(registry.apply({ project: 'demo', objects: stream }, { now: noon })).rejects.toThrow(
      'cannot apply stream feature view "driver_stats": a feature view has the same name',
    )
  })

  test('tells who listens the name of the project, once, and says nothing when nothing changed', async () => {
    const { database, registry, url } = await freshRegistry()
    const heard: string[] = []
    const [listening, over] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    await using _ = listen(parsePostgresUrl(url), registryChannel, {
      onListening: listening.resolve,
      onPayload: (payload) => (payload === 'over' ? over.resolve() : heard.push(payload)),
    })
    await listening.promise
    await registry.apply({ project: 'demo', objects: everyKind() }, { now: morning })
    await registry.apply({ project: 'demo', objects: everyKind() }, { now: noon })
    await registry.apply({ project: 'other', objects: [entity()] }, { now: noon })
    await registry.edit({ kind: 'entity', project: 'demo', name: 'driver' }, () => undefined, { now: noon })
    await database.query('SELECT pg_notify($1, $2)', [registryChannel, 'over'])
    await over.promise
    expect(heard).toEqual(['demo', 'other'])
  })

  test('leaves feast_metadata alone when it is told to purge it', async () => {
    const { database, registry } = await freshRegistry({ purgeFeastMetadata: true })
    await registry.apply({ project: 'demo', objects: [entity()] }, { now: morning })
    expect((await database.query('SELECT * FROM feast_metadata')).rowCount).toBe(0)
  })
})

describe('a difference', () => {
  test('is what an apply then does', async () => {
    const { registry } = await freshRegistry()
    await registry.apply({ project: 'demo', objects: everyKind() }, { now: morning })
    const objects = [entity('anew'), view(['conv_rate'], { ttl: create(DurationSchema, { seconds: 1n }) }), permission()]
    const request = { project: 'demo', objects, remove: absentObjects(objectsOf(await registry.snapshot(), 'demo'), objects) }
    const planned = diffRegistry(await registry.snapshot(), request)
    expect(planned.map(({ action, kind, changes }) => `${action} ${kind} ${changes.map(({ path }) => path)}`)).toEqual([
      'update feature-view features[acc_rate],ttl',
      'update entity description',
      'delete data-source ',
      'delete stream-feature-view ',
      'delete on-demand-feature-view ',
      'delete label-view ',
      'delete feature-service ',
    ])
    expect(await registry.apply(request, { now: noon })).toEqual(planned)
    expect(diffRegistry(await registry.snapshot(), { project: 'demo', objects })).toEqual([])
  })
})
