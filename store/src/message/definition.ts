import type { Definition } from '../definition/definition.ts'
import type { KindMessages, KindName } from '../registry/kind.ts'
import { entityMessage, entityOf, type FindEntity } from './entity.ts'
import { featureServiceMessage, featureServiceOf } from './feature-service.ts'
import { featureViewMessage, featureViewOf, streamFeatureViewMessage, streamFeatureViewOf } from './feature-view.ts'
import { labelViewMessage, labelViewOf } from './label-view.ts'
import { type FindView, onDemandFeatureViewMessage, onDemandFeatureViewOf } from './on-demand-feature-view.ts'
import { permissionMessage, permissionOf } from './permission.ts'
import { projectMessage, projectOf } from './project.ts'
import { savedDatasetMessage, savedDatasetOf } from './saved-dataset.ts'
import { sourceMessage, sourceOf } from './source.ts'
import { validationReferenceMessage, validationReferenceOf } from './validation-reference.ts'

/** An object as the registry takes it: its kind, its name, its message without meta. */
export type DefinedObject = {
  readonly [Name in KindName]: { readonly kind: Name; readonly name: string; readonly message: KindMessages[Name] }
}[KindName]

/**
 * A definition as the registry takes it.
 *
 * @param find finds the views that services and on-demand views speak of
 * @throws STORE_DEFINITION_INVALID when it speaks of a view or a feature that does not exist
 *
 * @example
 * const { kind, message } = definedObject(driver, 'rides', () => undefined)
 */
export const definedObject = (definition: Definition, project: string, find: FindView): DefinedObject => {
  const { name } = definition
  switch (definition.kind) {
    case 'project':
      return { kind: 'project', name, message: projectMessage(definition) }
    case 'entity':
      return { kind: 'entity', name, message: entityMessage(definition, project) }
    case 'feature-view':
      return { kind: 'feature-view', name, message: featureViewMessage(definition, project) }
    case 'stream-feature-view':
      return { kind: 'stream-feature-view', name, message: streamFeatureViewMessage(definition, project) }
    case 'on-demand-feature-view':
      return { kind: 'on-demand-feature-view', name, message: onDemandFeatureViewMessage(definition, project, find) }
    case 'label-view':
      return { kind: 'label-view', name, message: labelViewMessage(definition, project) }
    case 'feature-service':
      return { kind: 'feature-service', name, message: featureServiceMessage(definition, project, find) }
    case 'saved-dataset':
      return { kind: 'saved-dataset', name, message: savedDatasetMessage(definition, project) }
    case 'validation-reference':
      return { kind: 'validation-reference', name, message: validationReferenceMessage(definition, project) }
    case 'permission':
      return { kind: 'permission', name, message: permissionMessage(definition, project) }
    default:
      return { kind: 'data-source', name, message: sourceMessage(definition) }
  }
}

/** How each kind is read back. */
const readers: { readonly [Name in KindName]: (message: KindMessages[Name], find: FindEntity) => Definition } = {
  project: projectOf,
  'data-source': sourceOf,
  'feature-view': featureViewOf,
  'stream-feature-view': streamFeatureViewOf,
  'on-demand-feature-view': onDemandFeatureViewOf,
  'label-view': labelViewOf,
  entity: entityOf,
  'feature-service': featureServiceOf,
  'saved-dataset': savedDatasetOf,
  'validation-reference': validationReferenceOf,
  permission: permissionOf,
}

/**
 * A definition read from the message of a registry.
 *
 * @param find finds the entities that views name
 * @throws STORE_REGISTRY_ROW_UNREADABLE, STORE_TYPE_UNKNOWN for what a newer Feast wrote and we cannot show
 */
export const definitionOf = <Name extends KindName>(kind: Name, message: KindMessages[Name], find: FindEntity): Definition =>
  readers[kind](message, find)
