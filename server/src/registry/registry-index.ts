import { type KindName, type RegistrySnapshot, viewKinds } from '@charmed-feast/store'
import { lazily } from '../lazily.ts'
import { featuresOf, type RestFeature } from './feature.ts'
import { type Relationship, type Relationships, relationshipsOf } from './relationship.ts'
import { type RestObject, restObject } from './rest-object.ts'

/** One project at one moment, with all that answers are looked up in. Each part is made when it is first asked for, and once. */
export interface ProjectIndex {
  readonly name: string
  list<Name extends KindName>(kind: Name): readonly RestObject<Name>[]
  get<Name extends KindName>(kind: Name, name: string): RestObject<Name> | undefined
  /** The view of a name, whichever kind it is. */
  view(name: string): RestObject | undefined
  /** All views, labels included. */
  readonly views: readonly RestObject[]
  /** The features of all views; those of label views are of kind `label`. */
  readonly features: readonly RestFeature[]
  readonly relationships: Relationships
  /** The relationships that an object has a part in, by Feast's word for its type. */
  related(type: string, name: string, options: { readonly indirect: boolean }): readonly Relationship[]
}

/** The registry at one moment. */
export interface RegistryIndex {
  readonly snapshot: RegistrySnapshot
  /** The first characters of the snapshot's hash: what clients compare. */
  readonly version: string
  /** When it was read: microseconds since 1970 (UTC). */
  readonly loadedAt: bigint
  /** The projects that are shown: not those that Feast keeps for itself. */
  readonly projects: readonly RestObject<'project'>[]
  /** A project, known or not: what is unknown is empty, as in Feast. */
  project(name: string): ProjectIndex
}

const endKey = (type: string, name: string): string => `${type}\0${name}`

/** Each relationship under both of its ends. */
const byEnd = (relationships: readonly Relationship[]): ReadonlyMap<string, readonly Relationship[]> => {
  const found = new Map<string, Relationship[]>()
  const add = (key: string, relationship: Relationship): void => {
    const list = found.get(key)
    if (list === undefined) found.set(key, [relationship])
    else if (list.at(-1) !== relationship) list.push(relationship)
  }
  for (const each of relationships) {
    add(endKey(each.source.type, each.source.name), each)
    add(endKey(each.target.type, each.target.name), each)
  }
  return found
}

const projectIndex = (snapshot: RegistrySnapshot, name: string): ProjectIndex => {
  const lists = new Map<KindName, readonly RestObject[]>()
  const maps = new Map<KindName, ReadonlyMap<string, RestObject>>()
  // What is under a kind's name was put there as objects of the kind.
  const list = <Name extends KindName>(kind: Name): readonly RestObject<Name>[] => {
    const known = lists.get(kind) ?? snapshot.list(kind, name).map(restObject)
    lists.set(kind, known)
    return known as readonly RestObject<Name>[]
  }
  const get = <Name extends KindName>(kind: Name, object: string): RestObject<Name> | undefined => {
    const known = maps.get(kind) ?? new Map(list(kind).map((each) => [each.name, each]))
    maps.set(kind, known)
    return known.get(object) as RestObject<Name> | undefined
  }
  const views = lazily(() => viewKinds.flatMap(({ name: kind }) => list(kind)))
  const features = lazily(() => views().flatMap(featuresOf))
  const relationships = lazily(() => relationshipsOf(snapshot, name))
  const direct = lazily(() => byEnd(relationships().direct))
  const indirect = lazily(() => byEnd(relationships().indirect))
  return {
    name,
    list,
    get,
    view: (object) => viewKinds.map(({ name: kind }) => get(kind, object)).find((each) => each !== undefined),
    get views() {
      return views()
    },
    get features() {
      return features()
    },
    get relationships() {
      return relationships()
    },
    related: (type, object, options) => {
      const key = endKey(type, object)
      return [...(direct().get(key) ?? []), ...(options.indirect ? (indirect().get(key) ?? []) : [])]
    },
  }
}

/** The tag that keeps a project out of lists, when its value is `true`: Feast's. */
const protectedTag = 'feast.dev/protected-project'

/**
 * Prepares a snapshot for answers.
 *
 * @example
 * registryIndex(await registry.snapshot(), now).project('demo').get('entity', 'driver')?.json
 */
export const registryIndex = (snapshot: RegistrySnapshot, loadedAt: bigint): RegistryIndex => {
  const projects = new Map<string, ProjectIndex>()
  const shown = lazily(() =>
    snapshot
      .list('project')
      .map(restObject)
      .filter(({ head }) => head.tags[protectedTag] !== 'true'),
  )
  return {
    snapshot,
    version: snapshot.version.slice(0, 16),
    loadedAt,
    get projects() {
      return shown()
    },
    project: (name) => {
      const known = projects.get(name) ?? projectIndex(snapshot, name)
      // Whoever asks for projects that are not there must not fill the memory.
      if (snapshot.projects.includes(name)) projects.set(name, known)
      return known
    },
  }
}
