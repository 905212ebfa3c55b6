import type { Definition } from '../definition/definition.ts'
import type { Entity } from '../definition/entity.ts'
import type { FeatureService } from '../definition/feature-service.ts'
import type { KindName } from '../registry/kind.ts'
import { viewKinds } from '../registry/kind.ts'
import type { RegistryObject } from '../registry/object.ts'
import type { RegistrySnapshot } from '../registry/snapshot.ts'
import { definitionOf } from './definition.ts'
import type { ProjectedView } from './projection.ts'

/**
 * The definitions of one project at one moment of its registry. Each is read when it is first asked for, and once. What was compiled
 * against one catalog holds for it alone.
 */
export interface Catalog {
  readonly project: string
  view(name: string): ProjectedView | undefined
  viewNames(): readonly string[]
  service(name: string): FeatureService | undefined
  entity(name: string): Entity | undefined
  /** All definitions of a kind, by name. */
  list(kind: KindName): readonly Definition[]
}

/**
 * Reads definitions out of a snapshot.
 *
 * @throws STORE_REGISTRY_ROW_UNREADABLE, STORE_TYPE_UNKNOWN when one that is asked for cannot be read
 *
 * @example
 * catalogOf(await registry.snapshot(), 'rides').view('driver_hourly_stats')?.fields
 */
export const catalogOf = (snapshot: RegistrySnapshot, project: string): Catalog => {
  const read = new Map<string, Definition>()
  const definition = (object: RegistryObject): Definition => {
    const id = `${object.kind}\0${object.name}`
    const known = read.get(id)
    if (known !== undefined) return known
    const made = definitionOf(object.kind, object.message, entity)
    read.set(id, made)
    return made
  }
  const entity = (name: string): Entity | undefined => {
    const object = snapshot.get('entity', project, name)
    const found = object === undefined ? undefined : definition(object)
    return found?.kind === 'entity' ? found : undefined
  }
  return Object.freeze({
    project,
    entity,
    view(name: string) {
      const object = snapshot.view(project, name)
      const found = object === undefined ? undefined : definition(object)
      return found !== undefined && isView(found) ? found : undefined
    },
    viewNames: () => viewKinds.flatMap(({ name: kind }) => snapshot.list(kind, project).map((object) => object.name)).sort(),
    service(name: string) {
      const object = snapshot.get('feature-service', project, name)
      const found = object === undefined ? undefined : definition(object)
      return found?.kind === 'feature-service' ? found : undefined
    },
    list: (kind: KindName) => snapshot.list(kind, project).map(definition),
  })
}

/** Whether a definition is a view of any kind. */
export const isView = (definition: Definition): definition is ProjectedView =>
  definition.kind === 'feature-view' ||
  definition.kind === 'stream-feature-view' ||
  definition.kind === 'on-demand-feature-view' ||
  definition.kind === 'label-view'
