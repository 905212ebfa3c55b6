import { serverError } from '../errors.ts'
import { type Parameter, parseMoment, text } from '../query.ts'
import type { ProjectIndex } from '../registry/registry-index.ts'
import type { RestObject } from '../registry/rest-object.ts'

/** A filter of a list: its parameter, and which objects it keeps. An empty value keeps all. */
export interface Filter {
  readonly parameter: Parameter<string | undefined>
  readonly keep: (value: string, project: ProjectIndex) => (object: RestObject) => boolean
}

const viewSpec = ({ stored: { message } }: RestObject) => {
  switch (message.$typeName) {
    case 'feast.core.FeatureView':
    case 'feast.core.StreamFeatureView':
    case 'feast.core.OnDemandFeatureView':
    case 'feast.core.LabelView':
      return message.spec
    default:
      return undefined
  }
}

/** The names of all sources that a view reads. */
export const sourcesOf = (object: RestObject): readonly string[] => {
  const spec = viewSpec(object)
  if (spec === undefined) return []
  const own = [
    'batchSource' in spec ? spec.batchSource?.name : undefined,
    'streamSource' in spec ? spec.streamSource?.name : undefined,
    'source' in spec ? spec.source?.name : undefined,
  ]
  const inputs = 'sources' in spec ? Object.values(spec.sources) : []
  const requested = inputs.map(({ source }) => (source.case === 'requestDataSource' ? source.value.name : undefined))
  return [...own, ...requested].filter((name) => name !== undefined && name !== '') as string[]
}

const updatedSince = (value: string): ((object: RestObject) => boolean) => {
  const since = parseMoment(value)
  if (since === undefined)
    throw serverError('SERVER_CHOICE_INVALID', ['updated_since', value, 'It has to be an ISO 8601 time, such as 2024-01-01T00:00:00Z'])
  // Rows keep whole seconds.
  return ({ stored }) => stored.lastUpdated >= (since / 1_000_000n) * 1_000_000n
}

/** Filters of feature views. */
export const viewFilters: Readonly<Record<string, Filter>> = {
  entity: { parameter: text('Views of an entity'), keep: (name) => (view) => viewSpec(view)?.entities.includes(name) === true },
  feature: {
    parameter: text('Views that have a feature'),
    keep: (name) => (view) => viewSpec(view)?.features.some((feature) => feature.name === name) === true,
  },
  feature_service: {
    parameter: text('Views that a service uses'),
    keep: (name, project) => {
      const spec = project.get('feature-service', name)?.stored.message.spec
      const views = new Set(spec?.features.map(({ featureViewName }) => featureViewName))
      return (view) => views.has(view.name)
    },
  },
  data_source: { parameter: text('Views that read a source'), keep: (name) => (view) => sourcesOf(view).includes(name) },
  updated_since: { parameter: text('Views that were written at this time or later, ISO 8601'), keep: updatedSince },
}

/** Filters of feature services. */
export const serviceFilters: Readonly<Record<string, Filter>> = {
  feature_view: {
    parameter: text('Services that use a view'),
    keep:
      (name) =>
      ({ stored: { message } }) =>
        message.$typeName === 'feast.core.FeatureService' && message.spec?.features.some((each) => each.featureViewName === name) === true,
  },
}

const datasetMember =
  (member: 'namespace' | 'collection'): Filter['keep'] =>
  (value) =>
  ({ stored: { message } }) =>
    message.$typeName === 'feast.core.SavedDataset' && message.spec?.[member] === value

/** Filters of saved datasets. */
export const datasetFilters: Readonly<Record<string, Filter>> = {
  namespace: { parameter: text(), keep: datasetMember('namespace') },
  collection: { parameter: text(), keep: datasetMember('collection') },
}
