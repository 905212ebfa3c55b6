import {
  catalogOf,
  definitionOf,
  headOf,
  type KindName,
  kindList,
  messageOfJson,
  patchedMessage,
  type RegistryMessage,
  type RegistryObject,
  type RegistryRequest,
  StoreError,
} from '@charmed-feast/store'
import { serverError } from '../errors.ts'
import { isObject, type JsonObject, valueAt } from '../json.ts'
import { kindOfWord } from '../object/kind-word.ts'
import type { ProjectIndex, RegistryIndex } from '../registry/registry-index.ts'

/** One wish of an editor (`Change` of the pages' contract). */
export interface Wish {
  readonly action: 'patch' | 'create' | 'delete'
  readonly kind: string
  readonly name: string
  readonly patch: JsonObject | null
  readonly object: JsonObject | null
}

const writable = kindList.map(({ name }) => name)

/** The kind that a wish is about. @throws SERVER_VALUE_INVALID */
const kindOfWish = ({ kind }: Pick<Wish, 'kind'>): KindName => {
  const found = kindOfWord(kind, writable)
  if (found === undefined) throw serverError('SERVER_VALUE_INVALID', ['kind', kind, 'nothing of that kind can be changed by itself'])
  return found
}

/** Where functions are kept as bytes that run in every Python notebook: nobody writes those from here. */
const functionBodies: readonly (readonly string[])[] = [
  ['spec', 'userDefinedFunction', 'body'],
  ['spec', 'featureTransformation', 'userDefinedFunction', 'body'],
  ['spec', 'transformation', 'userDefinedFunction', 'body'],
  ['profiler'],
]

const refuseFunctions = (wish: Wish, json: JsonObject): void => {
  const touched = functionBodies.find((path) => valueAt(json, path) !== undefined)
  const replaced = functionBodies.some((path) => path.slice(0, -1).some((_, at) => valueAt(json, path.slice(0, at + 1)) === null && at > 0))
  if (touched !== undefined || replaced)
    throw serverError('SERVER_FORBIDDEN', [`change ${wish.kind} "${wish.name}"`, 'code is applied from a repository, never from a browser'])
}

/** What our answers add to the JSON of an object: a form may send it back. */
const withoutAdditions = (json: JsonObject): JsonObject => {
  const {
    computed: _,
    definitions: __,
    featureDefinition: ___,
    type: view,
    project: ____,
    relationships: _____,
    dataSources: ______,
    ...rest
  } = json
  // A view's `type` is ours; a data source has one of its own.
  return view === undefined || isObject(rest.spec) ? rest : { ...rest, type: view }
}

const storedOf = (project: ProjectIndex, kind: KindName, name: string): RegistryObject => {
  const found = project.get(kind, name)?.stored
  if (found === undefined) throw serverError('SERVER_OBJECT_NOT_FOUND', [kind.replaceAll('-', ' '), name, project.name])
  return found
}

const messageOf = (wish: Wish, project: ProjectIndex, replace: boolean): RegistryMessage => {
  const kind = kindOfWish(wish)
  const json = withoutAdditions(wish.action === 'patch' ? (wish.patch ?? {}) : (wish.object ?? {}))
  refuseFunctions(wish, json)
  if (wish.action === 'patch') return patchedMessage(storedOf(project, kind, wish.name), json)
  if (!replace && project.get(kind, wish.name) !== undefined)
    throw serverError('SERVER_CONFLICT', ['create', wish.name, 'it is there already'])
  return messageOfJson(kind, json, wish.name)
}

/** What cannot be read back must not be written: it would take the whole registry's readers down. */
const checkReadable = (message: RegistryMessage, kind: KindName, index: RegistryIndex, project: string): void => {
  try {
    const { entity } = catalogOf(index.snapshot, project)
    definitionOf(kind, message as never, entity)
  } catch (cause) {
    const why = cause instanceof StoreError ? cause.message : 'it cannot be read back'
    throw serverError('SERVER_VALUE_INVALID', ['definition', kind.replaceAll('-', ' '), why], { cause })
  }
}

/** Makes a request to the registry out of wishes; with `replace` what is to be created may be there. @throws SERVER_… for what cannot be wished */
export const requestOf = (
  wishes: readonly Wish[],
  index: RegistryIndex,
  name: string,
  { replace = false }: { readonly replace?: boolean } = {},
): RegistryRequest => {
  const project = index.project(name)
  const objects: RegistryMessage[] = []
  const remove: { readonly kind: Exclude<KindName, 'project'>; readonly name: string }[] = []
  for (const wish of wishes) {
    const kind = kindOfWish(wish)
    if (wish.action === 'delete') {
      if (kind === 'project') throw serverError('SERVER_NOT_SUPPORTED', [`delete project "${wish.name}"`, 'feast teardown does that'])
      storedOf(project, kind, wish.name)
      remove.push({ kind, name: wish.name })
      continue
    }
    const message = messageOf(wish, project, replace)
    const renamed = nameIn(message)
    if (renamed !== wish.name)
      throw serverError('SERVER_VALUE_INVALID', ['name', renamed, `the change is about "${wish.name}"; a name stays`])
    checkReadable(message, kind, index, name)
    objects.push(message)
  }
  return { project: name, objects, remove }
}

const nameIn = (message: RegistryMessage): string => headOf(message).name
