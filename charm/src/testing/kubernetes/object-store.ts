import type { KubernetesObject } from '../../kubernetes/object.ts'
import { parsePath, resourcePath } from './path.ts'

/** Something that happened to an object. */
export interface ObjectChange {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly path: string
  /** The collection without its namespace: `/api/v1/secrets`. */
  readonly resource: string
  /** As it is after the change; of a deleted one, as it was last, with the version of its deletion. */
  readonly object: KubernetesObject
  readonly before: KubernetesObject | undefined
  readonly version: number
}

/** So many changes are kept for watches that take up where they left. */
const longestHistory = 10_000

const stamp = (object: KubernetesObject, version: number): KubernetesObject => ({
  ...object,
  metadata: { ...object.metadata, resourceVersion: String(version) },
})

/** Objects by path, with a version that counts changes, and a memory of the last of them. */
export class ObjectStore {
  readonly #resources = new Map<string, Map<string, KubernetesObject>>()
  readonly #listeners = new Set<(change: ObjectChange) => void>()
  readonly #history: ObjectChange[] = []
  #version: number
  /** Versions up to this one are forgotten. */
  #forgotten: number

  constructor(objects: Iterable<readonly [path: string, object: KubernetesObject]> = [], version = 0) {
    for (const [path, object] of objects) this.#collection(resourceOf(path)).set(path, object)
    this.#version = version
    this.#forgotten = version
  }

  get version(): number {
    return this.#version
  }

  get(path: string): KubernetesObject | undefined {
    return this.#resources.get(resourceOf(path))?.get(path)
  }

  /** Keeps an object; it gets the next version as its own. */
  put(path: string, object: KubernetesObject): KubernetesObject {
    const before = this.get(path)
    const stored = stamp(object, this.#version + 1)
    this.#collection(resourceOf(path)).set(path, stored)
    this.#tell({ type: before ? 'MODIFIED' : 'ADDED', path, object: stored, before })
    return stored
  }

  remove(path: string): void {
    const before = this.get(path)
    if (!before) return
    this.#collection(resourceOf(path)).delete(path)
    this.#tell({ type: 'DELETED', path, object: stamp(before, this.#version + 1), before })
  }

  /** The objects of a collection, by path, of one namespace or all. */
  list(resource: string, namespace?: string): readonly (readonly [path: string, object: KubernetesObject])[] {
    const all = [...(this.#resources.get(resource) ?? [])]
    const own = namespace === undefined ? all : all.filter(([, { metadata }]) => metadata.namespace === namespace)
    return own.sort(byPath)
  }

  /** Every object, by path. */
  all(): readonly (readonly [path: string, object: KubernetesObject])[] {
    return [...this.#resources.values()].flatMap((collection) => [...collection]).sort(byPath)
  }

  /** What changed after a version; undefined when that is not remembered any more. */
  changesSince(version: number): readonly ObjectChange[] | undefined {
    return version < this.#forgotten ? undefined : this.#history.filter((change) => change.version > version)
  }

  /** Calls back for every change from now on, before the write that made it is answered. */
  subscribe(listener: (change: ObjectChange) => void): Disposable {
    this.#listeners.add(listener)
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) }
  }

  #collection(resource: string): Map<string, KubernetesObject> {
    const known = this.#resources.get(resource) ?? new Map<string, KubernetesObject>()
    this.#resources.set(resource, known)
    return known
  }

  #tell(given: Pick<ObjectChange, 'type' | 'path' | 'object' | 'before'>): void {
    this.#version += 1
    const change = { ...given, resource: resourceOf(given.path), version: this.#version }
    this.#history.push(change)
    if (this.#history.length > longestHistory) this.#forgotten = this.#history.shift()?.version ?? this.#forgotten
    for (const listener of this.#listeners) listener(change)
  }
}

function resourceOf(path: string): string {
  const target = parsePath(path)
  return target === undefined ? path : resourcePath(target)
}

function byPath([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number {
  return left < right ? -1 : 1
}
