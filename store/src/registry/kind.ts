import type { GenMessage } from '@bufbuild/protobuf/codegenv2'
import { type DataSource, DataSourceSchema } from '../proto/feast/core/data-source_pb.ts'
import { type Entity, EntitySchema } from '../proto/feast/core/entity_pb.ts'
import { type FeatureService, FeatureServiceSchema } from '../proto/feast/core/feature-service_pb.ts'
import { type FeatureView, FeatureViewSchema } from '../proto/feast/core/feature-view_pb.ts'
import { type LabelView, LabelViewSchema } from '../proto/feast/core/label-view_pb.ts'
import { type OnDemandFeatureView, OnDemandFeatureViewSchema } from '../proto/feast/core/on-demand-feature-view_pb.ts'
import { type Permission, PermissionSchema } from '../proto/feast/core/permission_pb.ts'
import { type Project, ProjectSchema } from '../proto/feast/core/project_pb.ts'
import { type SavedDataset, SavedDatasetSchema } from '../proto/feast/core/saved-dataset_pb.ts'
import { type StreamFeatureView, StreamFeatureViewSchema } from '../proto/feast/core/stream-feature-view_pb.ts'
import { type ValidationReference, ValidationReferenceSchema } from '../proto/feast/core/validation-reference_pb.ts'

/** The message that the registry stores for each kind of object. */
export interface KindMessages {
  readonly project: Project
  readonly 'data-source': DataSource
  readonly 'feature-view': FeatureView
  readonly 'stream-feature-view': StreamFeatureView
  readonly 'on-demand-feature-view': OnDemandFeatureView
  readonly 'label-view': LabelView
  readonly entity: Entity
  readonly 'feature-service': FeatureService
  readonly 'saved-dataset': SavedDataset
  readonly 'validation-reference': ValidationReference
  readonly permission: Permission
}

/** What an object of the registry can be. */
export type KindName = keyof KindMessages

/** A message that the registry stores as an object of its own. */
export type RegistryMessage = KindMessages[KindName]

/**
 * All that differs between the kinds of objects: where each is stored and what each is called.
 * REST, commands, pages, the registry's statements and its file iterate {@link kinds}; nothing else lists the kinds.
 */
export interface Kind<Name extends KindName = KindName> {
  readonly name: Name
  /** In a sentence: `feature view`. */
  readonly words: string
  /** As a command: `feature-views`. */
  readonly plural: string
  /** The SQL table, and the REST path: `feature_views`. */
  readonly table: string
  readonly nameColumn: string
  readonly protoColumn: string
  /** The list of `feast.core.Registry` that holds the kind, and its key in REST answers: `featureViews`. */
  readonly listField: ListField
  /** Feast's Python class, which is also the message's name. */
  readonly pythonName: string
  /** How `feature_view_version_history` names the kind: only views have versions. */
  readonly historyType: string | undefined
  readonly schema: GenMessage<KindMessages[Name]>
}

/** The lists of `feast.core.Registry` that hold objects. */
export type ListField =
  | 'projects'
  | 'dataSources'
  | 'featureViews'
  | 'streamFeatureViews'
  | 'onDemandFeatureViews'
  | 'labelViews'
  | 'entities'
  | 'featureServices'
  | 'savedDatasets'
  | 'validationReferences'
  | 'permissions'

const kind = <Name extends KindName>(
  name: Name,
  listField: ListField,
  schema: GenMessage<KindMessages[Name]>,
  options: { readonly column?: string; readonly isView?: boolean } = {},
): Kind<Name> => {
  const snake = name.replaceAll('-', '_')
  const table = listField.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  const column = options.isView ? 'feature_view' : snake
  return Object.freeze({
    name,
    words: name.replaceAll('-', ' '),
    plural: table.replaceAll('_', '-'),
    table,
    nameColumn: `${column}_name`,
    protoColumn: `${column}_proto`,
    listField,
    pythonName: schema.name,
    historyType: options.isView ? snake : undefined,
    schema,
  })
}

const view = { isView: true }

/**
 * The kinds, in the order in which Feast applies them (`feast-compat.md` §9.1): what is referred to comes before what refers to it.
 *
 * @example
 * kinds['feature-view'].table // 'feature_views'
 */
export const kinds: { readonly [Name in KindName]: Kind<Name> } = Object.freeze({
  project: kind('project', 'projects', ProjectSchema),
  'data-source': kind('data-source', 'dataSources', DataSourceSchema),
  'feature-view': kind('feature-view', 'featureViews', FeatureViewSchema, view),
  'stream-feature-view': kind('stream-feature-view', 'streamFeatureViews', StreamFeatureViewSchema, view),
  'on-demand-feature-view': kind('on-demand-feature-view', 'onDemandFeatureViews', OnDemandFeatureViewSchema, view),
  'label-view': kind('label-view', 'labelViews', LabelViewSchema, view),
  entity: kind('entity', 'entities', EntitySchema),
  'feature-service': kind('feature-service', 'featureServices', FeatureServiceSchema),
  'saved-dataset': kind('saved-dataset', 'savedDatasets', SavedDatasetSchema),
  'validation-reference': kind('validation-reference', 'validationReferences', ValidationReferenceSchema),
  permission: kind('permission', 'permissions', PermissionSchema),
})

/** {@link kinds} as a list, in the same order. */
export const kindList: readonly Kind[] = Object.freeze(Object.values(kinds))

/** The kinds that share one name space: no two views of a project have the same name. */
export const viewKinds: readonly Kind[] = Object.freeze(kindList.filter((each) => each.historyType !== undefined))

const byMessage: ReadonlyMap<string, Kind> = new Map(kindList.map((each) => [each.schema.typeName, each]))

/**
 * The kind that a message is stored as.
 *
 * @example
 * kindOf(create(EntitySchema)).table // 'entities'
 */
export const kindOf = (message: RegistryMessage): Kind => {
  const found = byMessage.get(message.$typeName)
  if (found === undefined) throw new TypeError(`${message.$typeName} is not a message of the registry`)
  return found
}
