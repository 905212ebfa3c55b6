import { createHash } from 'node:crypto'
import { type KindName, kindList, viewKinds } from './kind.ts'
import { type RegistryObject, registryObject, type StoredObject } from './object.ts'

/** What the registry held at one moment, immutable. */
export interface RegistrySnapshot {
  /**
   * A hash of all that the snapshot holds: two snapshots with the same version are the same, whoever took them.
   * Python writes tags in any order, so the same definitions may have two versions.
   */
  readonly version: string
  /** The names of the projects, sorted. */
  readonly projects: readonly string[]
  get<Name extends KindName>(kind: Name, project: string, name: string): RegistryObject<Name> | undefined
  /** The objects of a kind, of one project or of all, sorted by project and name. */
  list<Name extends KindName>(kind: Name, project?: string): readonly RegistryObject<Name>[]
  /** The view of a name, whichever of the four kinds it is. */
  view(project: string, name: string): RegistryObject | undefined
  /** What Feast keeps beside a project: `project_uuid`, `last_updated_timestamp`, and keys of its servers. */
  metadata(project: string): ReadonlyMap<string, string>
}

/** A value of `feast_metadata`. */
export interface MetadataEntry {
  readonly project: string
  readonly key: string
  readonly value: string
}

const byProjectAndName = (a: StoredObject, b: StoredObject): number =>
  a.project === b.project ? (a.name < b.name ? -1 : 1) : a.project < b.project ? -1 : 1

const hashOf = (objects: ReadonlyMap<string, readonly RegistryObject[]>): string => {
  const hash = createHash('sha256')
  for (const [kind, list] of objects) {
    for (const { project, name, bytes } of list) hash.update(JSON.stringify([kind, project, name, bytes.length])).update(bytes)
  }
  return hash.digest('hex')
}

/**
 * Puts stored objects into a snapshot. Nothing is decoded before it is asked for.
 *
 * @example
 * const snapshot = snapshotOf(await readObjects(sql, {}), [])
 * snapshot.get('entity', 'demo', 'driver')?.message.spec?.joinKey // 'driver_id'
 */
export const snapshotOf = (stored: readonly StoredObject[], metadata: readonly MetadataEntry[]): RegistrySnapshot => {
  const lists = new Map<KindName, readonly RegistryObject[]>()
  const index = new Map<string, RegistryObject>()
  const key = (kind: KindName, project: string, name: string): string => `${kind}\0${project}\0${name}`
  const sorted = stored.toSorted(byProjectAndName).map((each) => registryObject(each))
  for (const { name: kind } of kindList) {
    lists.set(kind, Object.freeze(sorted.filter((object) => object.kind === kind)))
  }
  for (const object of sorted) index.set(key(object.kind, object.project, object.name), object)
  const entries = Map.groupBy(metadata, ({ project }) => project)
  let version: string | undefined
  return Object.freeze({
    get version() {
      version ??= hashOf(lists)
      return version
    },
    projects: Object.freeze((lists.get('project') ?? []).map(({ name }) => name)),
    get<Name extends KindName>(kind: Name, project: string, name: string) {
      // What is under the kind's key was put there as an object of the kind.
      return index.get(key(kind, project, name)) as RegistryObject<Name> | undefined
    },
    list<Name extends KindName>(kind: Name, project?: string) {
      const all = (lists.get(kind) ?? []) as readonly RegistryObject<Name>[]
      return project === undefined ? all : all.filter((object) => object.project === project)
    },
    view(project: string, name: string) {
      for (const { name: kind } of viewKinds) {
        const found = index.get(key(kind, project, name))
        if (found) return found
      }
      return undefined
    },
    metadata(project: string) {
      return new Map((entries.get(project) ?? []).map(({ key: name, value }) => [name, value]))
    },
  })
}
