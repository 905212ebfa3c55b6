import { fieldOf, pythonTypeName, type RegistryObject } from '@charmed-feast/store'
import type { RestObject } from './rest-object.ts'

type FieldMessage = Parameters<typeof fieldOf>[0]

/** A feature of a view, as REST shows it; the default members are left out. */
export interface RestFeature {
  readonly name: string
  readonly featureView: string
  /** Python's name of the type: `Float32`, `Array(String)`. */
  readonly type: string
  readonly description?: string
  readonly tags?: Readonly<Record<string, string>>
  readonly kind: 'feature' | 'label'
}

const fieldsOf = (object: RegistryObject): readonly FieldMessage[] => {
  const { message } = object
  switch (message.$typeName) {
    case 'feast.core.FeatureView':
    case 'feast.core.StreamFeatureView':
    case 'feast.core.OnDemandFeatureView':
    case 'feast.core.LabelView':
      return message.spec?.features ?? []
    default:
      return []
  }
}

/** The features of a view, in its order. */
export const featuresOf = ({ kind, name, stored }: RestObject): readonly RestFeature[] =>
  fieldsOf(stored).map((message) => {
    const field = fieldOf(message)
    return {
      name: field.name,
      featureView: name,
      type: pythonTypeName(field.type),
      ...(field.description === '' ? {} : { description: field.description }),
      ...(Object.keys(message.tags).length === 0 ? {} : { tags: message.tags }),
      kind: kind === 'label-view' ? 'label' : 'feature',
    }
  })
