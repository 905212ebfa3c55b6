import type { Definition } from '../definition/definition.ts'
import type { Entity } from '../definition/entity.ts'
import { type Project, project } from '../definition/project.ts'
import type { BatchSource, DataSource } from '../definition/source.ts'
import { storeError } from '../errors.ts'
import type { Catalog } from '../message/catalog.ts'
import { isView } from '../message/catalog.ts'
import { definedObject } from '../message/definition.ts'
import type { ProjectedView } from '../message/projection.ts'
import type { RegistryMessage } from '../registry/kind.ts'

/** What a project shall hold, complete: what was passed in, and the entities and sources that its views bring along. */
export interface Desired {
  readonly definitions: readonly Definition[]
  readonly views: ReadonlyMap<string, ProjectedView>
  readonly messages: readonly RegistryMessage[]
}

const sourcesOf = (definition: Definition): readonly DataSource[] => {
  const batch = (source: BatchSource | undefined): readonly DataSource[] => (source === undefined ? [] : [source])
  switch (definition.kind) {
    case 'feature-view':
    case 'stream-feature-view':
      return [...batch(definition.source), ...(definition.streamSource === undefined ? [] : [definition.streamSource])]
    case 'label-view':
      return definition.source === undefined
        ? []
        : [definition.source, ...('batchSource' in definition.source ? batch(definition.source.batchSource) : [])]
    case 'on-demand-feature-view':
      return definition.sources.flatMap((input) => ('kind' in input && input.kind === 'request-source' ? [input] : []))
    case 'push-source':
    case 'kafka-source':
    case 'kinesis-source':
      return batch(definition.batchSource)
    default:
      return []
  }
}

const entitiesOf = (definition: Definition): readonly Entity[] => (isView(definition) ? definition.entities : [])

/** The name within which a definition must be alone. Feast's rule: views of all kinds share one, and case does not tell names apart. */
const place = (definition: Definition): string => {
  const kind = isView(definition) ? 'view' : definition.kind.endsWith('-source') ? 'data source' : definition.kind.replaceAll('-', ' ')
  return `${kind}\0${definition.name.toLowerCase()}`
}

/** Keeps each definition once. The same value may come along with several views; two of one name may not. */
const collect = (passed: readonly Definition[]): readonly Definition[] => {
  const found = new Map<string, Definition>()
  const add = (definition: Definition): void => {
    const id = place(definition)
    const known = found.get(id)
    if (known === undefined) found.set(id, definition)
    else if (known !== definition && !same(known, definition)) {
      const [kind = ''] = id.split('\0')
      throw storeError('STORE_DEFINITION_INVALID', [kind, definition.name, `two have this name (as "${known.name}"), and they differ`])
    }
  }
  for (const definition of passed) add(definition)
  for (const definition of passed) {
    for (const entity of entitiesOf(definition)) add(entity)
    for (const source of sourcesOf(definition)) add(source)
  }
  return [...found.values()]
}

const plain = (_: string, value: unknown): unknown =>
  typeof value === 'bigint' ? `${value}n` : value instanceof Uint8Array ? [...value] : value
const same = (a: Definition, b: Definition): boolean => JSON.stringify(a, plain) === JSON.stringify(b, plain)

/**
 * Completes what was passed in and turns it into messages. Services and on-demand views may speak of views that are passed in or
 * registered.
 *
 * @throws STORE_DEFINITION_INVALID when two definitions share a name, or one speaks of a view that does not exist
 */
export const desiredOf = (passed: readonly Definition[], catalog: Catalog, describes?: { readonly description: string }): Desired => {
  const projects = passed.filter((definition): definition is Project => definition.kind === 'project')
  const other = projects.find(({ name }) => name !== catalog.project)
  if (other !== undefined)
    throw storeError('STORE_DEFINITION_INVALID', ['project', other.name, `feature_store.yaml says "${catalog.project}"`])
  const foreign = passed.find(
    (each) => each.kind === 'on-demand-feature-view' && each.transform.mode === 'stored' && each.transform.stored === undefined,
  )
  if (foreign !== undefined)
    throw storeError('STORE_DEFINITION_INVALID', ['on-demand feature view', foreign.name, 'its code is Python; let Python apply it'])
  const own = projects.length > 0 ? [] : [project({ name: catalog.project, ...describes })]
  const definitions = [...own, ...collect(passed)]
  const views = new Map(definitions.filter(isView).map((view) => [view.name, view]))
  const find = (name: string): ProjectedView | undefined => views.get(name) ?? catalog.view(name)
  return { definitions, views, messages: definitions.map((definition) => definedObject(definition, catalog.project, find).message) }
}
