import { type KindName, kinds, type Permission, type Store } from '@charmed-feast/store'
import { listedObjects } from './command/objects.ts'
import { type Listed, objectColumns } from './object-columns.ts'

/** An object that permissions may speak of, with the Python class that Feast calls it by. */
export interface Guarded {
  readonly listed: Listed
  readonly className: string
}

/** Kinds in the order in which Feast checks them. */
const guardedKinds: readonly KindName[] = [
  'entity',
  'feature-view',
  'stream-feature-view',
  'label-view',
  'feature-service',
  'data-source',
  'validation-reference',
  'saved-dataset',
  'permission',
]

const classOf = ({ definition, object, ...rest }: Listed): string => {
  const [, cell = ''] = objectColumns[object.kind][1]({ definition, object, ...rest })
  // Of sources Feast's own class counts, not that they are sources.
  if (object.kind === 'data-source') return /(\w+)'>$/.exec(cell)?.[1] ?? cell
  return definition.kind === 'feature-view' && definition.transformation !== undefined ? 'BatchFeatureView' : kinds[object.kind].pythonName
}

/** All objects of the project that permissions may speak of. */
export const guardedObjects = async (store: Store): Promise<readonly Guarded[]> => {
  const found = await Promise.all(guardedKinds.map((kind) => listedObjects(store, kind)))
  return found.flat().map((listed) => ({ listed, className: classOf(listed) }))
}

/** The types of permissions that mean an object: a stream view is a feature view for Feast too. */
const typesOf = ({ listed: { definition, object } }: Guarded): readonly Permission['types'][number][] => {
  switch (object.kind) {
    case 'feature-view':
      return definition.kind === 'feature-view' && definition.transformation !== undefined
        ? ['FEATURE_VIEW', 'BATCH_FEATURE_VIEW']
        : ['FEATURE_VIEW']
    case 'stream-feature-view':
      return ['FEATURE_VIEW', 'STREAM_FEATURE_VIEW']
    case 'on-demand-feature-view':
      return ['ON_DEMAND_FEATURE_VIEW']
    case 'label-view':
      return ['LABEL_VIEW']
    case 'entity':
      return ['ENTITY']
    case 'feature-service':
      return ['FEATURE_SERVICE']
    case 'data-source':
      return ['DATA_SOURCE']
    case 'validation-reference':
      return ['VALIDATION_REFERENCE']
    case 'saved-dataset':
      return ['SAVED_DATASET']
    case 'permission':
      return ['PERMISSION']
    case 'project':
      return ['PROJECT']
  }
}

/** What one permission speaks of for an object; nothing where it does not mean it. A pattern has to match the whole name. */
export const permittedActions = (permission: Permission, object: Guarded): readonly Permission['actions'][number][] => {
  const { definition } = object.listed
  const tags = 'tags' in definition ? definition.tags : {}
  const isMeant =
    typesOf(object).some((type) => permission.types.includes(type)) &&
    (permission.namePatterns.length === 0 ||
      permission.namePatterns.some((pattern) => new RegExp(`^(?:${pattern})$`, 's').test(definition.name))) &&
    Object.entries(permission.requiredTags).every(([key, value]) => tags[key] === value)
  return isMeant ? permission.actions : []
}

const allActions: readonly Permission['actions'][number][] = [
  'CREATE',
  'DESCRIBE',
  'UPDATE',
  'DELETE',
  'READ_ONLINE',
  'READ_OFFLINE',
  'WRITE_ONLINE',
  'WRITE_OFFLINE',
]

/** The actions on an object that no permission speaks of. */
export const unguardedActions = (permissions: readonly Permission[], object: Guarded): readonly string[] => {
  const guarded = new Set(permissions.flatMap((permission) => permittedActions(permission, object)))
  return allActions.filter((action) => !guarded.has(action))
}
