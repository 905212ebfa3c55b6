import { randomUUID } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { create } from '@bufbuild/protobuf'
import { storeError } from '../errors.ts'
import { ProjectMetadataSchema, type Registry as RegistryMessage } from '../proto/feast/core/registry_pb.ts'
import { type ChangeSet, changeSet } from './change-set.ts'
import { editObject } from './edit.ts'
import { withFileLock } from './file-lock.ts'
import { type KindName, kindList, kinds } from './kind.ts'
import type { RegistryObject, StoredObject } from './object.ts'
import { checkUnprotected } from './project.ts'
import type { Registry } from './registry.ts'
import { readRegistryFile, writeRegistryFile } from './registry-file.ts'
import { addVersions, idOf, messageOf, messagesOf, metadataOf, storedObjectsOf, versionsOf } from './registry-message.ts'
import { snapshotOf } from './snapshot.ts'
import { microsecondsOf } from './timestamp.ts'

/** How a registry file is written. */
export interface FileRegistryOptions {
  /** How long a write waits for another of our processes. Default: ten seconds. */
  readonly waitMilliseconds?: number
}

const writeSet = (registry: RegistryMessage, project: string, set: ChangeSet): void => {
  const updated = new Map(set.update.map((object) => [`${object.kind}\0${object.name}`, object]))
  const removed = new Set(set.remove.map(({ kind, name }) => `${kind}\0${name}`))
  for (const kind of kindList) {
    const list = messagesOf(registry, kind)
    const kept = list.flatMap((message) => {
      const id = idOf(message)
      if (id.project !== project) return [message]
      const key = `${kind.name}\0${id.name}`
      const next = updated.get(key)
      return removed.has(key) ? [] : [next ? messageOf(next) : message]
    })
    const made = set.create.filter((object) => object.kind === kind.name).map(messageOf)
    list.splice(0, list.length, ...kept, ...made)
  }
  addVersions(registry, project, set.versions)
  forgetVersions(registry, (view, of) => of === project && set.forgotten.includes(view))
  if (set.create.some(({ kind }) => kind === 'project') && !registry.projectMetadata.some((each) => each.project === project)) {
    registry.projectMetadata.push(create(ProjectMetadataSchema, { project, projectUuid: randomUUID() }))
  }
}

const forgetVersions = (
  { featureViewVersionHistory: history }: RegistryMessage,
  isGone: (view: string, project: string) => boolean,
): void => {
  if (history) history.records = history.records.filter(({ featureViewName, projectId }) => !isGone(featureViewName, projectId))
}

const deleteAll = (registry: RegistryMessage, project: string): void => {
  for (const kind of kindList) {
    const list = messagesOf(registry, kind)
    const others = list.filter((message) => idOf(message).project !== project)
    list.splice(0, list.length, ...others)
  }
  forgetVersions(registry, (_, of) => of === project)
  registry.projectMetadata = registry.projectMetadata.filter((each) => each.project !== project)
}

/**
 * Opens Feast's registry file, `registry.db`. A file that is not there yet reads as empty, and the first apply makes it.
 * Our processes wait for each other; Python's write without asking, so only one of both should write to one file at a time.
 *
 * @example
 * const registry = openFileRegistry('data/registry.db')
 * for (const { name } of await registry.list('entity', 'demo')) console.log(name)
 */
export const openFileRegistry = (path: string, options: FileRegistryOptions = {}): Registry => {
  const { waitMilliseconds = 10_000 } = options

  const snapshot = async (project?: string) => {
    const registry = await readRegistryFile(path)
    const isWanted = (each: { readonly project: string }): boolean => project === undefined || each.project === project
    return snapshotOf(storedObjectsOf(registry).filter(isWanted), metadataOf(registry).filter(isWanted))
  }

  const locked = async <Result>(run: () => Promise<Result>): Promise<Result> => {
    await mkdir(dirname(path), { recursive: true })
    return withFileLock(path, { waitMilliseconds }, run)
  }

  const objectsIn = (registry: RegistryMessage, project: string): readonly StoredObject[] =>
    storedObjectsOf(registry).filter((object) => object.project === project)

  return {
    snapshot,

    async get(kind, project, name) {
      return (await snapshot(project)).get(kind, project, name)
    },

    async list<Name extends KindName>(kind: Name, project: string): Promise<readonly RegistryObject<Name>[]> {
      return (await snapshot(project)).list(kind, project)
    },

    async versions(project, view) {
      return versionsOf(await readRegistryFile(path), project).filter((version) => version.view === view)
    },

    apply: (request, { now, check }) =>
      locked(async () => {
        const registry = await readRegistryFile(path)
        const { project } = request
        const objects = objectsIn(registry, project)
        await check?.(objects)
        const set = changeSet(request, { objects, versions: versionsOf(registry, project), now })
        if (set.create.length + set.update.length + set.remove.length + set.versions.length === 0) return []
        writeSet(registry, project, set)
        await writeRegistryFile(path, registry, now)
        return set.differences
      }),

    hold: (project, act) => locked(async () => act(objectsIn(await readRegistryFile(path), project))),

    edit: (id, edit, { now }) =>
      locked(async () => {
        const registry = await readRegistryFile(path)
        const list = messagesOf(registry, kinds[id.kind])
        const index = list.findIndex((message) => idOf(message).project === id.project && idOf(message).name === id.name)
        const stored = objectsIn(registry, id.project).find(({ kind, name }) => kind === id.kind && name === id.name)
        if (stored === undefined) throw storeError('STORE_REGISTRY_OBJECT_NOT_FOUND', [kinds[id.kind].words, id.name, id.project])
        const next = editObject(stored as StoredObject<typeof id.kind>, edit, now)
        if (next === undefined) return false
        list[index] = messageOf(next)
        await writeRegistryFile(path, registry, now)
        return true
      }),

    deleteProject: (project) =>
      locked(async () => {
        const registry = await readRegistryFile(path)
        const objects = objectsIn(registry, project)
        if (objects.length === 0) throw storeError('STORE_REGISTRY_PROJECT_NOT_FOUND', [project])
        for (const object of objects) if (object.kind === 'project') checkUnprotected(object as StoredObject<'project'>)
        deleteAll(registry, project)
        await writeRegistryFile(path, registry, microsecondsOf(registry.lastUpdated) ?? 0n)
      }),

    createSchema: async () => {
      throw storeError('STORE_REGISTRY_SCHEMA_UNSUPPORTED', [path])
    },

    writeMetadata: async (_, { key }) => {
      throw storeError('STORE_REGISTRY_METADATA_UNSUPPORTED', [key, path])
    },
  }
}
