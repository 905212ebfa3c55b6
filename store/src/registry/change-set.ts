import { clone, toBinary } from '@bufbuild/protobuf'
import { dummyEntityName } from '../definition/entity.ts'
import { type Project, ProjectMetaSchema, ProjectSchema } from '../proto/feast/core/project_pb.ts'
import type { Change } from './equality.ts'
import type { ViewVersion } from './history.ts'
import { type KindName, kindOf, kinds } from './kind.ts'
import { decodeObject, nameOf, type ObjectId, type StoredObject } from './object.ts'
import { orderedObjects, type RegistryRequest } from './request.ts'
import { reviseObject } from './revise.ts'
import { timestampOf } from './timestamp.ts'

/** What an apply does, or did, to one object. */
export interface Difference {
  readonly action: 'create' | 'update' | 'delete'
  readonly kind: KindName
  readonly name: string
  /** Of an update: what changes. */
  readonly changes: readonly Change[]
}

/** What a registry holds of a project when a request comes. */
export interface ProjectState {
  readonly objects: readonly StoredObject[]
  readonly versions: readonly ViewVersion[]
  /** UTC microseconds. */
  readonly now: bigint
}

/** All that a request writes, for any registry to write at once. */
export interface ChangeSet {
  /** For people: in the order of Feast, deletions last. Feast's dummy entity and the project's time are not told. */
  readonly differences: readonly Difference[]
  readonly create: readonly StoredObject[]
  readonly update: readonly StoredObject[]
  readonly remove: readonly ObjectId[]
  readonly versions: readonly ViewVersion[]
  /** Views that are gone, whichever kind they were: their versions go too. */
  readonly forgotten: readonly string[]
}

const isView = (kind: KindName): boolean => kinds[kind].historyType !== undefined

/** The project's row tells when anything of the project was last written, as after each of Python's applies. */
const touched = (stored: StoredObject, now: bigint): StoredObject => {
  // The kind says that it is a project's row.
  const message = decodeObject(stored as StoredObject<'project'>)
  const next: Project = clone(ProjectSchema, message)
  next.meta = clone(ProjectMetaSchema, next.meta ?? { $typeName: 'feast.core.ProjectMeta' })
  next.meta.lastUpdatedTimestamp = timestampOf(now)
  return { ...stored, bytes: toBinary(ProjectSchema, next), lastUpdated: now }
}

const removals = (request: RegistryRequest, objects: readonly StoredObject[]): readonly ObjectId[] => {
  const ids = new Set((request.remove ?? []).map(({ kind, name }) => `${kind}\0${name}`))
  return objects.filter(({ kind, name }) => ids.has(`${kind}\0${name}`)).map(({ kind, project, name }) => ({ kind, project, name }))
}

/**
 * Compares a request with what is stored and tells all that has to be written: nothing for what already says the same.
 *
 * @throws STORE_REGISTRY_OBJECT_INVALID, STORE_REGISTRY_VERSION_PINNED, STORE_REGISTRY_ROW_UNREADABLE
 * @example
 * changeSet({ project: 'demo', objects: [entity] }, { objects: [], versions: [], now }).differences[0]?.action // 'create'
 */
export const changeSet = (request: RegistryRequest, { objects, versions, now }: ProjectState): ChangeSet => {
  const { project, promote = true } = request
  const index = new Map(objects.map((object) => [`${object.kind}\0${object.name}`, object]))
  const history = Map.groupBy(versions, ({ view }) => view)
  const remove = removals(request, objects)
  const differences: Difference[] = []
  const set = { create: [] as StoredObject[], update: [] as StoredObject[], versions: [] as ViewVersion[] }
  for (const message of orderedObjects(request, objects)) {
    const [{ name: kind }, name] = [kindOf(message), nameOf(message)]
    const stored = index.get(`${kind}\0${name}`)
    const revision = reviseObject(message, { project, now, stored, versions: isView(kind) ? (history.get(name) ?? []) : [], promote })
    if (revision === undefined) continue
    if (revision.object) set[revision.action].push(revision.object)
    set.versions.push(...revision.versions)
    if (name !== dummyEntityName) differences.push({ action: revision.action, kind, name, changes: revision.changes })
  }
  for (const { kind, name } of remove) differences.push({ action: 'delete', kind, name, changes: [] })
  const row = index.get(`project\0${project}`)
  const isProjectWritten = set.update.some(({ kind }) => kind === 'project')
  if (row && !isProjectWritten && differences.length > 0) set.update.unshift(touched(row, now))
  const gone = new Set(remove.map(({ kind, name }) => `${kind}\0${name}`))
  const left = [...objects.filter(({ kind, name }) => !gone.has(`${kind}\0${name}`)), ...set.create]
  const views = new Set(left.filter(({ kind }) => isView(kind)).map(({ name }) => name))
  const forgotten = remove.flatMap(({ kind, name }) => (isView(kind) && !views.has(name) ? [name] : []))
  return { differences, ...set, remove, forgotten }
}
