import { create } from '@bufbuild/protobuf'
import { dummyEntityName } from '../definition/entity.ts'
import { storeError } from '../errors.ts'
import { ProjectSchema } from '../proto/feast/core/project_pb.ts'
import { dummyEntity } from './dummy-entity.ts'
import { type KindName, kindList, kindOf, kinds, type RegistryMessage } from './kind.ts'
import { nameOf, type ObjectId, type StoredObject } from './object.ts'

/** An object that a request removes. A project is removed by `deleteProject`, with all that it holds. */
export type RemovedObject = Omit<ObjectId<Exclude<KindName, 'project'>>, 'project'>

/** What shall become of a project. */
export interface RegistryRequest {
  readonly project: string
  /** Objects that shall be there as they say. The project's own message may be among them. */
  readonly objects: readonly RegistryMessage[]
  /** Objects that shall be gone; those that already are do no harm. */
  readonly remove?: readonly RemovedObject[]
  /** `false` keeps a new version of a view without making it the active one. Default: `true`. */
  readonly promote?: boolean
}

/** The columns that hold names are that wide. */
const maxNameLength = 255

const checkName = (message: RegistryMessage): void => {
  const [name, { words }] = [nameOf(message), kindOf(message)]
  if (name === '') throw storeError('STORE_REGISTRY_OBJECT_INVALID', [words, name, 'it has no name'])
  if ([...name].length > maxNameLength) {
    throw storeError('STORE_REGISTRY_OBJECT_INVALID', [words, name, `its name is longer than ${maxNameLength} characters`])
  }
}

const isView = (kind: KindName): boolean => kinds[kind].historyType !== undefined

/** The key of what must be unique: a name within its kind, and a view's within all kinds of views. */
const nameSpace = (kind: KindName, name: string): string => `${isView(kind) ? 'view' : kind}\0${name}`

const checkNames = (request: RegistryRequest, stored: readonly StoredObject[]): void => {
  const gone = new Set((request.remove ?? []).map(({ kind, name }) => `${kind}\0${name}`))
  const taken = new Map<string, string>()
  const wanted = new Set(request.objects.map((message) => `${kindOf(message).name}\0${nameOf(message)}`))
  for (const { kind, name } of stored) {
    const id = `${kind}\0${name}`
    if (isView(kind) && !gone.has(id) && !wanted.has(id)) taken.set(nameSpace(kind, name), kinds[kind].words)
  }
  for (const message of request.objects) {
    checkName(message)
    const { name: kind, words } = kindOf(message)
    const key = nameSpace(kind, nameOf(message))
    const other = taken.get(key)
    if (other !== undefined)
      throw storeError('STORE_REGISTRY_OBJECT_INVALID', [
        words,
        nameOf(message),
        other === words ? 'another has the same name' : `a ${other} has the same name`,
      ])
    taken.set(key, words)
  }
}

const rank: ReadonlyMap<string, number> = new Map(kindList.map(({ name }, index) => [name, index]))

/**
 * The objects of a request in the order in which they are written: by kind, then by name.
 * The project comes first, even if the request does not name it, and Feast's dummy entity is there.
 *
 * @throws STORE_REGISTRY_OBJECT_INVALID when a name is missing, too long, or taken
 */
export const orderedObjects = (request: RegistryRequest, stored: readonly StoredObject[]): readonly RegistryMessage[] => {
  const project = request.objects.find((message) => message.$typeName === 'feast.core.Project')
  if (project && nameOf(project) !== request.project) {
    throw storeError('STORE_REGISTRY_OBJECT_INVALID', [
      'project',
      nameOf(project),
      `the registry is asked for project "${request.project}"`,
    ])
  }
  checkNames(request, stored)
  const has = (kind: KindName, name: string): boolean => stored.some((object) => object.kind === kind && object.name === name)
  const implied: RegistryMessage[] = []
  if (!project && !has('project', request.project)) implied.push(create(ProjectSchema, { spec: { name: request.project } }))
  const isDummyGiven = request.objects.some((message) => kindOf(message).name === 'entity' && nameOf(message) === dummyEntityName)
  if (request.objects.length > 0 && !isDummyGiven && !has('entity', dummyEntityName)) implied.push(dummyEntity())
  const order = (message: RegistryMessage): number => rank.get(kindOf(message).name) ?? 0
  return [...implied, ...request.objects].sort((a, b) => order(a) - order(b) || (nameOf(a) < nameOf(b) ? -1 : 1))
}

/** Feast's own apply removes what its repository lacks; of these kinds it does not, since no repository holds them. */
const keptWhenAbsent: ReadonlySet<KindName> = new Set(['saved-dataset', 'validation-reference'])

/**
 * The objects of a project that a repository does not hold any more: what a full apply removes, in the order of Feast.
 *
 * @example
 * const remove = absentObjects(objectsOf(snapshot, 'demo'), messages)
 */
export const absentObjects = (stored: readonly ObjectId[], wanted: readonly RegistryMessage[]): readonly RemovedObject[] => {
  const names = new Set(wanted.map((message) => `${kindOf(message).name}\0${nameOf(message)}`))
  return stored.flatMap(({ kind, name }) => {
    const isKept = keptWhenAbsent.has(kind) || names.has(`${kind}\0${name}`) || (kind === 'entity' && name === dummyEntityName)
    return isKept || kind === 'project' ? [] : [{ kind, name }]
  })
}
