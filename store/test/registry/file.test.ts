import { execFile } from 'node:child_process'
import { chmod, lstat, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { clone, create, equals, fromBinary, toBinary } from '@bufbuild/protobuf'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { RegistrySchema } from '../../src/proto/feast/core/registry_pb.ts'
import { diffRegistry, objectsOf } from '../../src/registry/diff.ts'
import { type FileRegistryOptions, openFileRegistry } from '../../src/registry/file.ts'
import { addInterval, intervalsOf } from '../../src/registry/interval.ts'
import { kindOf, type RegistryMessage } from '../../src/registry/kind.ts'
import { headOf, nameOf } from '../../src/registry/object.ts'
import { registryMessageOf } from '../../src/registry/registry-message.ts'
import { freshRegistry } from './database.ts'
import { entity, everyKind, project, view } from './messages.ts'

const run = promisify(execFile)
const morning = 1_767_225_600_123_456n
const noon = morning + 4n * 3_600_000_000n

const open = async (options?: FileRegistryOptions) => {
  const folder = await mkdtemp(join(tmpdir(), 'registry-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const path = join(folder, 'data', 'registry.db')
  return { folder, path, registry: openFileRegistry(path, options), read: async () => fromBinary(RegistrySchema, await readFile(path)) }
}

/** Messages as an apply stores them, less the times: what both kinds of registry must agree on. */
const untimed = (message: RegistryMessage): RegistryMessage => {
  const copy = clone(kindOf(message).schema, message) as RegistryMessage
  if (copy.$typeName !== 'feast.core.ValidationReference') copy.meta = undefined
  return copy
}

describe('a registry file', () => {
  test('that is not there reads as empty, and reading does not make it', async () => {
    const { folder, registry } = await open()
    expect((await registry.snapshot()).projects).toEqual([])
    expect(await registry.get('entity', 'demo', 'driver')).toBeUndefined()
    expect(await registry.versions('demo', 'driver_stats')).toEqual([])
    expect(await readdir(folder)).toEqual([])
  })

  test('is made by the first apply as Feast makes it, and left alone by the same apply again', async () => {
    const { registry, path, read } = await open()
    const made = await registry.apply({ project: 'demo', objects: everyKind() }, { now: morning })
    expect(made).toHaveLength(11)
    const message = await read()
    expect(message.registrySchemaVersion).toBe('1')
    expect(message.versionId).toMatch(/^[0-9a-f-]{36}$/)
    expect(message.lastUpdated).toMatchObject({ seconds: 1_767_225_600n, nanos: 123_456_000 })
    expect(message.featureViews.map(({ spec }) => `${spec?.project}/${spec?.name}`)).toEqual(['demo/driver_stats'])
    expect(message.projectMetadata.map((each) => each.project)).toEqual(['demo'])
    expect(message.featureViewVersionHistory?.records).toHaveLength(4)
    const before = await stat(path)
    expect(await registry.apply({ project: 'demo', objects: everyKind() }, { now: noon })).toEqual([])
    expect((await stat(path)).ino).toBe(before.ino)
  })

  test('has a new version id after each write, and keeps what is not of objects', async () => {
    const { registry, path, read } = await open()
    await registry.apply({ project: 'demo', objects: [entity()] }, { now: morning })
    const first = await read()
    first.infra = create(RegistrySchema, { infra: { infraObjects: [{ infraObjectClassType: 'x' }] } }).infra
    first.$unknown = [{ no: 1000, wireType: 0, data: Uint8Array.of(1) }]
    await writeFile(path, toBinary(RegistrySchema, first))
    await registry.apply({ project: 'demo', objects: [entity('anew')] }, { now: noon })
    const second = await read()
    expect(second.versionId).not.toBe(first.versionId)
    expect(second.infra?.infraObjects[0]?.infraObjectClassType).toBe('x')
    expect(second.$unknown).toHaveLength(1)
    expect(headOf(second.entities.find((each) => nameOf(each) === 'driver') ?? expect.unreachable())).toMatchObject({
      created: morning,
      lastUpdated: noon,
      description: 'anew',
    })
  })

  test('does what a registry in PostgreSQL does', async () => {
    const { registry: file } = await open()
    const sql = (await freshRegistry()).registry
    const steps = [
      { objects: everyKind() },
      {
        objects: [view(['new']), entity('anew'), project({ team: 'b' })],
        remove: [{ kind: 'label-view', name: 'driver_labels' }] as const,
      },
      { objects: [view(['new', 'b'])], promote: false },
      { objects: [view(['new'], { version: 'v0' })] },
      { objects: [], remove: [{ kind: 'feature-view', name: 'driver_stats' }] as const },
    ]
    for (const step of steps) {
      const [one, other] = await Promise.all([file, sql].map((registry) => registry.apply({ project: 'demo', ...step }, { now: morning })))
      expect(one).toEqual(other)
      const [left, right] = await Promise.all([file, sql].map(async (registry) => objectsOf(await registry.snapshot(), 'demo')))
      expect(left?.map(({ message }) => untimed(message))).toEqual(right?.map(({ message }) => untimed(message)))
      const versions = await Promise.all([file, sql].map((registry) => registry.versions('demo', 'driver_stats')))
      expect(versions[0]?.map(({ number, type }) => [number, type])).toEqual(versions[1]?.map(({ number, type }) => [number, type]))
    }
  })

  test('takes an interval once', async () => {
    const { registry, read } = await open()
    await registry.apply({ project: 'demo', objects: [view()] }, { now: morning })
    const id = { kind: 'feature-view', project: 'demo', name: 'driver_stats' } as const
    const append = () => registry.edit(id, (message) => addInterval(message, { start: morning, end: noon }), { now: noon })
    expect(await append()).toBe(true)
    const { versionId } = await read()
    expect(await append()).toBe(false)
    expect((await read()).versionId).toBe(versionId)
    const stored = (await registry.get('feature-view', 'demo', 'driver_stats')) ?? expect.unreachable()
    expect(intervalsOf(stored.message)).toEqual([{ start: morning, end: noon }])
    await expect(registry.edit({ ...id, name: 'no' }, () => undefined, { now: noon })).rejects.toThrow('cannot find feature view "no"')
  })

  test('loses one project and no other', async () => {
    const { registry, read } = await open()
    for (const name of ['demo', 'other']) {
      const objects = everyKind().filter(({ $typeName }) => $typeName !== 'feast.core.Project')
      await registry.apply({ project: name, objects }, { now: morning })
    }
    const before = objectsOf(await registry.snapshot(), 'other').map(({ bytes }) => bytes)
    await registry.deleteProject('demo')
    expect((await registry.snapshot()).projects).toEqual(['other'])
    expect(objectsOf(await registry.snapshot(), 'demo')).toEqual([])
    expect(objectsOf(await registry.snapshot(), 'other').map(({ bytes }) => bytes)).toEqual(before)
    expect((await read()).featureViewVersionHistory?.records.map(({ projectId }) => projectId)).toEqual([
      'other',
      'other',
      'other',
      'other',
    ])
    await expect(registry.deleteProject('demo')).rejects.toThrow('cannot find project "demo"')
    await registry.apply(
      { project: 'other', objects: [{ ...project({ 'feast.dev/protected-project': 'true' }), ...named('other') }] },
      { now: noon },
    )
    await expect(registry.deleteProject('other')).rejects.toThrow('cannot delete project "other"')
  })

  test('refuses metadata, for which it has no place', async () => {
    const { registry } = await open()
    await expect(registry.writeMetadata('demo', { key: 'recently_visited_ada', value: '[]' }, { now: noon })).rejects.toThrow(
      'cannot write metadata "recently_visited_ada"',
    )
  })

  test('that is no registry is named in the error, and stays', async () => {
    const { registry, path } = await open()
    await registry.apply({ project: 'demo', objects: [entity()] }, { now: morning })
    await writeFile(path, 'not a registry at all')
    await expect(registry.snapshot()).rejects.toThrow(`cannot read registry file "${path}": `)
    await expect(registry.apply({ project: 'demo', objects: [entity('x')] }, { now: noon })).rejects.toThrow('cannot read registry file')
    expect(await readFile(path, 'utf8')).toBe('not a registry at all')
  })

  test('goes through the message of a snapshot and back, whatever it holds', async () => {
    const { registry, path } = await open()
    const sets = fc.uniqueArray(fc.constantFrom(...everyKind()), { selector: ({ $typeName }) => $typeName })
    await fc.assert(
      fc.asyncProperty(sets, fc.string(), async (objects, description) => {
        await rm(path, { force: true })
        const wanted = [...objects.filter(({ $typeName }) => $typeName !== 'feast.core.Entity'), entity(description)]
        await registry.apply({ project: 'demo', objects: wanted }, { now: morning })
        const snapshot = await registry.snapshot()
        const message = registryMessageOf(snapshot)
        await writeFile(path, toBinary(RegistrySchema, message))
        const again = await registry.snapshot()
        expect(again.version).toBe(snapshot.version)
        expect(equals(RegistrySchema, registryMessageOf(again), message)).toBe(true)
        expect(diffRegistry(again, { project: 'demo', objects: wanted })).toEqual([])
      }),
      { numRuns: 25 },
    )
  })
})

const named = (name: string) => ({
  spec: { ...(project().spec ?? expect.unreachable()), name, tags: { 'feast.dev/protected-project': 'true' } },
})

describe('writing a registry file', () => {
  test('keeps its mode, its symbolic link, and leaves nothing beside it', async () => {
    const { registry, path, folder } = await open()
    await registry.apply({ project: 'demo', objects: [entity()] }, { now: morning })
    await chmod(path, 0o640)
    const linked = join(folder, 'link.db')
    await symlink(path, linked)
    await openFileRegistry(linked).apply({ project: 'demo', objects: [entity('anew')] }, { now: noon })
    expect((await stat(path)).mode & 0o777).toBe(0o640)
    expect((await lstat(linked)).isSymbolicLink()).toBe(true)
    expect(await readdir(join(folder, 'data'))).toEqual(['registry.db'])
    expect((await registry.get('entity', 'demo', 'driver'))?.message.spec?.description).toBe('anew')
  })

  test('by many at the same time, in this process and in others, loses no write', async () => {
    const { registry, path } = await open()
    const script = `
      import { create } from '@bufbuild/protobuf'
      import { EntitySchema } from ${JSON.stringify(new URL('../../src/proto/feast/core/entity_pb.ts', import.meta.url).href)}
      import { openFileRegistry } from ${JSON.stringify(new URL('../../src/registry/file.ts', import.meta.url).href)}
      const registry = openFileRegistry(process.argv[1])
      for (let each = 0; each < 5; each++) {
        const objects = [create(EntitySchema, { spec: { name: process.argv[2] + each, joinKey: 'k' } })]
        await registry.apply({ project: 'demo', objects }, { now: 0n })
      }`
    const other = (name: string) =>
      run(process.execPath, ['--conditions=source', '--input-type=module', '-e', script, path, name], {
        cwd: new URL('../..', import.meta.url),
      })
    const here = Array.from({ length: 5 }, (_, index) => {
      const message = entity()
      if (message.spec) message.spec.name = `here${index}`
      return registry.apply({ project: 'demo', objects: [message] }, { now: 0n })
    })
    await Promise.all([...here, other('a'), other('b')])
    const names = (await registry.list('entity', 'demo')).map(({ name }) => name)
    expect(names).toEqual(['__dummy', ...['a', 'b', 'here'].flatMap((name) => [0, 1, 2, 3, 4].map((each) => `${name}${each}`))])
  })

  test('waits for a lock, and names who holds it when it does not come free', async () => {
    const { registry, path } = await open({ waitMilliseconds: 60 })
    await registry.apply({ project: 'demo', objects: [entity()] }, { now: morning })
    await writeFile(`${path}.lock`, `${process.pid} ${hostname()} token`)
    await expect(registry.apply({ project: 'demo', objects: [entity('x')] }, { now: noon })).rejects.toThrow(
      `cannot write registry file "${path}": process ${process.pid} on ${hostname()} holds its lock`,
    )
    await writeFile(`${path}.lock`, '1 another-host token')
    await expect(registry.apply({ project: 'demo', objects: [entity('x')] }, { now: noon })).rejects.toThrow('process 1 on another-host')
    await rm(`${path}.lock`)
    expect(await registry.apply({ project: 'demo', objects: [entity('x')] }, { now: noon })).toHaveLength(1)
  })

  test('takes the lock of a process that is gone', async () => {
    const { registry, path, folder } = await open()
    await registry.apply({ project: 'demo', objects: [entity()] }, { now: morning })
    const { stdout } = await run(process.execPath, ['-e', 'console.log(process.pid)'])
    await writeFile(`${path}.lock`, `${stdout.trim()} ${hostname()} token`)
    const both = [
      registry.apply({ project: 'demo', objects: [entity('x')] }, { now: noon }),
      registry.apply({ project: 'demo', objects: [view()] }, { now: noon }),
    ]
    expect((await Promise.all(both)).map(({ length }) => length)).toEqual([1, 1])
    expect(await readdir(join(folder, 'data'))).toEqual(['registry.db'])
  })

  test('that is interrupted leaves the old file whole', async () => {
    const { registry, path, folder } = await open()
    await registry.apply({ project: 'demo', objects: [entity()] }, { now: morning })
    const before = await readFile(path)
    const script = `
      import fs from 'node:fs/promises'
      import { syncBuiltinESMExports } from 'node:module'
      fs.rename = () => process.kill(process.pid, 'SIGKILL')
      syncBuiltinESMExports()
      const { openFileRegistry } = await import(${JSON.stringify(new URL('../../src/registry/file.ts', import.meta.url).href)})
      await openFileRegistry(process.argv[1]).deleteProject('demo')`
    const killed = run(process.execPath, ['--conditions=source', '--input-type=module', '-e', script, path], {
      cwd: new URL('../..', import.meta.url),
    })
    await expect(killed).rejects.toMatchObject({ signal: 'SIGKILL' })
    expect(Buffer.compare(await readFile(path), before)).toBe(0)
    expect((await readdir(join(folder, 'data'))).length).toBe(3)
    expect(await registry.apply({ project: 'demo', objects: [entity('x')] }, { now: noon })).toHaveLength(1)
  })
})
