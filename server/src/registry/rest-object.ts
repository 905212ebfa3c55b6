import { headOf, type KindName, type ObjectHead, objectJson, type RegistryObject } from '@charmed-feast/store'
import { isObject, type JsonObject } from '../json.ts'

/** An object of the registry as REST shows it. */
export interface RestObject<Name extends KindName = KindName> {
  readonly kind: Name
  readonly project: string
  readonly name: string
  readonly stored: RegistryObject<Name>
  readonly head: ObjectHead
  /** Feast's JSON of the object: protobuf's, without the project, and views with their `type`. */
  readonly json: JsonObject
}

/** How REST names the kind of a view in `type`. */
const viewTypes: Partial<Readonly<Record<KindName, string>>> = {
  'feature-view': 'featureView',
  'stream-feature-view': 'streamFeatureView',
  'on-demand-feature-view': 'onDemandFeatureView',
  'label-view': 'labelView',
}

const withoutProject = (value: JsonObject): JsonObject => {
  const { project: _, ...rest } = value
  return rest
}

const jsonOf = (object: RegistryObject): JsonObject => {
  const json = objectJson(object)
  if (!isObject(json)) return {}
  // A row's project is its column; Python's messages leave it empty, and so do its answers.
  const { spec, ...rest } = withoutProject(json)
  const type = viewTypes[object.kind]
  // Python always tells the ttl of what has one: 0 where the row has none.
  const ttl = object.kind !== 'on-demand-feature-view' && type !== undefined ? { ttl: '0s' } : {}
  return { ...(type === undefined ? {} : { type }), ...(isObject(spec) ? { spec: { ...ttl, ...withoutProject(spec) } } : {}), ...rest }
}

/** Prepares a stored object; it is decoded when one of its members is first asked for. */
export const restObject = <Name extends KindName>(stored: RegistryObject<Name>): RestObject<Name> => {
  let json: JsonObject | undefined
  let head: ObjectHead | undefined
  const { kind, project, name } = stored
  return {
    kind,
    project,
    name,
    stored,
    get head() {
      head ??= headOf(stored.message)
      return head
    },
    get json() {
      json ??= jsonOf(stored)
      return json
    },
  }
}
