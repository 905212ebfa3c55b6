import { fromBinary, toBinary } from '@bufbuild/protobuf'
import { type ReflectMessage, reflect } from '@bufbuild/protobuf/reflect'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabase } from '../../house/postgres.ts'
import { diffRegistry, objectsOf } from '../../store/src/registry/diff.ts'
import { intervalsOf } from '../../store/src/registry/interval.ts'
import { type Kind, kindList, kinds } from '../../store/src/registry/kind.ts'
import { headOf } from '../../store/src/registry/object.ts'
import type { Registry } from '../../store/src/registry/registry.ts'
import type { RegistrySnapshot } from '../../store/src/registry/snapshot.ts'
import { openSqlRegistry } from '../../store/src/registry/sql.ts'
import { openDatabase } from '../../store/test/registry/database.ts'
import { tested } from '../src/cell-note.ts'
import { type FeastVersion, feastVersions } from '../src/environment.ts'
import { runPythonFile } from '../src/python.ts'

const names: Readonly<Record<string, readonly string[]>> = {
  project: ['demo'],
  'data-source': ['driver_file', 'driver_push', 'driver_query', 'driver_stats_source', 'driver_stream', 'trip_request'],
  'feature-view': ['driver_pushed', 'driver_stats', 'everywhere'],
  'stream-feature-view': ['driver_streamed'],
  'on-demand-feature-view': ['trip_score'],
  'label-view': ['driver_labels'],
  entity: ['__dummy', 'driver'],
  'feature-service': ['ranking'],
  'saved-dataset': ['training'],
  'validation-reference': ['expected'],
  permission: ['readers'],
}

/** How many fields of a message, or of any message inside it, we do not know. */
const unknownFields = (message: ReflectMessage): number => {
  const inner = message.fields.flatMap((field) => {
    if (field.fieldKind === 'message') return message.isSet(field) ? [message.get(field)] : []
    if (field.fieldKind === 'list' && field.listKind === 'message') return [...message.get(field)] as ReflectMessage[]
    if (field.fieldKind === 'map' && field.mapKind === 'message') return [...message.get(field).values()] as ReflectMessage[]
    return []
  })
  return inner.map(unknownFields).reduce((sum, count) => sum + count, message.message.$unknown?.length ?? 0)
}

const registries = new Map<FeastVersion, { readonly registry: Registry; readonly snapshot: RegistrySnapshot }>()

const opened: { close(): Promise<void> }[] = []

const of = (version: FeastVersion) => registries.get(version) ?? expect.unreachable()

beforeAll(async () => {
  for (const version of feastVersions) {
    const { url, adminUrl: _, ...parts } = await testDatabase()
    await runPythonFile(version, 'every_kind.py', { input: { ...parts, project: 'demo', materialize: true } })
    const database = openDatabase(url)
    opened.push(database)
    const registry = openSqlRegistry(database, { where: 'test' })
    registries.set(version, { registry, snapshot: await registry.snapshot() })
  }
})

afterAll(async () => {
  for (const database of opened) await database.close()
})

describe.each(feastVersions)('a registry that Feast %s wrote', (version) => {
  test('is read whole', () => {
    const { snapshot } = of(version)
    const expected = kindList.map(({ name }) => [name, version === '0.49.0' && name === 'label-view' ? [] : names[name]])
    expect(kindList.map(({ name }) => [name, snapshot.list(name, 'demo').map((object) => object.name)])).toEqual(expected)
    expect(snapshot.projects).toEqual(['demo'])
    expect(snapshot.metadata('demo').get('project_uuid')).toMatch(/^[0-9a-f-]{36}$/)
  })

  test('holds no field that we do not know, and comes out of our codec byte for byte', () => {
    for (const { kind, name, bytes } of objectsOf(of(version).snapshot, 'demo')) {
      const { schema }: Kind = kinds[kind]
      const message = fromBinary(schema, bytes)
      expect(unknownFields(reflect(schema, message)), `${kind} ${name}`).toBe(0)
      expect(Buffer.from(toBinary(schema, message)).toString('hex'), `${kind} ${name}`).toBe(Buffer.from(bytes).toString('hex'))
      tested({ version, kind, check: 'read' }, { objects: 1 })
    }
  })

  test('tells heads, intervals and the project of each object', () => {
    const { snapshot } = of(version)
    const view = snapshot.get('feature-view', 'demo', 'driver_stats')?.message ?? expect.unreachable()
    expect(headOf(view)).toMatchObject({
      name: 'driver_stats',
      owner: 'ada@example.com',
      description: 'stats',
      tags: { tier: '1', alpha: 'b' },
    })
    expect(view.spec?.project).toBe('demo')
    expect(intervalsOf(view)).toEqual([{ start: 1_767_225_600_000_000n, end: 1_767_323_045_678_900n }])
  })

  test('does not differ from itself, and an apply of what it holds writes nothing', async () => {
    const { snapshot, registry } = of(version)
    const objects = objectsOf(snapshot, 'demo').map(({ message }) => message)
    expect(diffRegistry(snapshot, { project: 'demo', objects })).toEqual([])
    expect(await registry.apply({ project: 'demo', objects }, { now: 0n })).toEqual([])
    expect((await registry.snapshot()).version).toBe(snapshot.version)
    for (const { kind } of objectsOf(snapshot, 'demo')) tested({ version, kind, check: 'unchanged' }, { objects: 1 })
  })
})

describe('the same definitions, written by Feast 0.49 and by Feast 0.67', () => {
  test('differ in what only 0.67 knows', () => {
    const objects = objectsOf(of('0.67.0').snapshot, 'demo').map(({ message }) => message)
    const differences = diffRegistry(of('0.49.0').snapshot, { project: 'demo', objects })
    expect(differences.map(({ action, kind, changes }) => `${action} ${kind} ${changes.map(({ path }) => path)}`)).toEqual([
      'create label-view ',
      'update saved-dataset namespace,collection,description',
    ])
  })
})
