import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fromBinary } from '@bufbuild/protobuf'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabase } from '../../house/postgres.ts'
import { RegistrySchema } from '../../store/src/proto/feast/core/registry_pb.ts'
import { diffRegistry, objectsOf } from '../../store/src/registry/diff.ts'
import { openFileRegistry } from '../../store/src/registry/file.ts'
import { kindList } from '../../store/src/registry/kind.ts'
import { tested } from '../src/cell-note.ts'
import { feastVersions } from '../src/environment.ts'
import { runPythonFile } from '../src/python.ts'

const now = 1_767_225_600_000_000n

describe.each(feastVersions)('a registry file and Feast %s', (version) => {
  let folder: string
  let path: string
  let input: Record<string, unknown>

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'registry-'))
    path = join(folder, 'registry.db')
    const { host, port, user, password, database } = await testDatabase()
    input = { host, port, user, password, database, project: 'demo', materialize: true, registry: path }
    await runPythonFile(version, 'every_kind.py', { input })
  })

  afterAll(() => rm(folder, { recursive: true }))

  const namesByKind = async (file: string) => {
    const objects = objectsOf(await openFileRegistry(file).snapshot(), 'demo').filter(
      ({ kind }) => version === '0.67.0' || kind !== 'label-view',
    )
    return Object.fromEntries([...Map.groupBy(objects, ({ kind }) => kind)].map(([kind, list]) => [kind, list.map(({ name }) => name)]))
  }

  test('that it wrote is read whole, and an apply of what it holds writes nothing', async () => {
    const registry = openFileRegistry(path)
    const snapshot = await registry.snapshot()
    const expected = kindList.filter(({ name }) => version === '0.67.0' || name !== 'label-view').map(({ name }) => name)
    expect(Object.keys(await namesByKind(path)).toSorted()).toEqual(expected.toSorted())
    const before = await readFile(path)
    const objects = objectsOf(snapshot, 'demo').map(({ message }) => message)
    expect(await registry.apply({ project: 'demo', objects }, { now })).toEqual([])
    expect(Buffer.compare(await readFile(path), before)).toBe(0)
  })

  test('that we wrote is listed and got by it', async () => {
    const objects = objectsOf(await openFileRegistry(path).snapshot(), 'demo').map(({ message }) => message)
    const ours = join(folder, 'ours.db')
    await openFileRegistry(ours).apply({ project: 'demo', objects }, { now })
    expect(await runPythonFile(version, 'list_registry.py', { input: { path: ours, project: 'demo' } })).toEqual(await namesByKind(ours))
    expect(await namesByKind(ours)).toEqual(await namesByKind(path))
    for (const { kind } of objectsOf(await openFileRegistry(ours).snapshot(), 'demo'))
      if (version === '0.67.0' || kind !== 'label-view') tested({ version, kind, check: 'file' }, { objects: 1 })
  })

  test('that we wrote says the same after its apply of the same definitions', async () => {
    const objects = objectsOf(await openFileRegistry(path).snapshot(), 'demo').map(({ message }) => message)
    const ours = join(folder, 'again.db')
    const registry = openFileRegistry(ours)
    await registry.apply({ project: 'demo', objects }, { now })
    await runPythonFile(version, 'every_kind.py', { input: { ...input, materialize: false, registry: ours } })
    expect(diffRegistry(await registry.snapshot(), { project: 'demo', objects })).toEqual([])
    expect(fromBinary(RegistrySchema, await readFile(ours)).registrySchemaVersion).toBe('1')
  })
})
