import type { KindName } from '@charmed-feast/store'
import type { Json, JsonObject } from '../json.ts'
import type { ProjectIndex } from '../registry/registry-index.ts'
import type { EndType } from '../registry/relationship.ts'
import type { RestObject } from '../registry/rest-object.ts'
import { datasetFilters, type Filter, serviceFilters, viewFilters } from './filter.ts'

/** A family of routes: objects of one kind, or of a few that are listed together. All that differs between the families. */
export interface Collection {
  /** The path of the list, `feature_views`. */
  readonly path: string
  /** The member of answers that holds the list, `featureViews`. */
  readonly key: string
  /** In Feast's messages: `Feature view`. */
  readonly words: string
  /** Kinds that are listed. */
  readonly kinds: readonly KindName[]
  /** Kinds that are found by name; as listed, unless said. */
  readonly found?: readonly KindName[]
  /** Feast's word for the type in relationships. */
  readonly related: EndType | 'permission'
  /** Whether `tags=key:value` filters. */
  readonly tagged: boolean
  /** Whether there is a list over all projects. */
  readonly across: boolean
  /** Whether an answer of one object has its definition as code. */
  readonly defined: boolean
  readonly filters: Readonly<Record<string, Filter>>
  /** What lists and single answers add to the JSON of an object. */
  readonly extend?: (object: RestObject, project: ProjectIndex) => JsonObject
  /** What single answers add beside. */
  readonly beside?: (object: RestObject, project: ProjectIndex) => Readonly<Record<string, Json>>
}

/** The sources that an entity's views read: Feast puts them beside the entity. */
const entitySources = ({ name }: RestObject, project: ProjectIndex): Readonly<Record<string, Json>> => {
  const ends = project.related('entity', name, { indirect: true }).map(({ target }) => target)
  const names = new Set(ends.filter(({ type }) => type === 'dataSource').map((end) => end.name))
  const sources = [...names].flatMap((source) => project.get('data-source', source)?.json ?? [])
  return { dataSources: sources }
}

const batchSourceOf = (project: ProjectIndex, view: string): string | undefined => {
  const stored = project.get('feature-view', view) ?? project.get('stream-feature-view', view)
  return stored?.stored.message.spec?.batchSource?.name
}

/** The sources behind the features of a dataset, in its `spec`. */
const datasetSources = (object: RestObject, project: ProjectIndex): JsonObject => {
  const { message } = object.stored
  const refs = message.$typeName === 'feast.core.SavedDataset' ? (message.spec?.features ?? []) : []
  const sources = refs.filter((ref) => ref.includes(':')).map((ref) => batchSourceOf(project, ref.slice(0, ref.indexOf(':'))))
  const names = [...new Set(sources.filter((name) => name !== undefined && name !== ''))] as string[]
  const spec = object.json.spec as JsonObject | undefined
  return names.length === 0 ? object.json : { ...object.json, spec: { ...spec, dataSources: names } }
}

const base = { tagged: true, across: true, defined: true, filters: {} } as const
const storedViews: readonly KindName[] = ['feature-view', 'stream-feature-view', 'on-demand-feature-view']

/** The families, as Feast 0.67's REST registry server has them. Projects, features and labels have routes of their own. */
export const collections: readonly Collection[] = [
  {
    ...base,
    path: 'entities',
    key: 'entities',
    words: 'Entity',
    kinds: ['entity'],
    related: 'entity',
    tagged: false,
    beside: entitySources,
  },
  { ...base, path: 'data_sources', key: 'dataSources', words: 'Data source', kinds: ['data-source'], related: 'dataSource' },
  {
    ...base,
    path: 'feature_views',
    key: 'featureViews',
    words: 'Feature view',
    kinds: storedViews,
    found: [...storedViews, 'label-view'],
    related: 'featureView',
    filters: viewFilters,
  },
  {
    ...base,
    path: 'label_views',
    key: 'featureViews',
    words: 'Feature view',
    kinds: ['label-view'],
    // Feast looks for relationships of a feature view of the name, which a label view is not: there are none.
    related: 'featureView',
    defined: false,
  },
  {
    ...base,
    path: 'feature_services',
    key: 'featureServices',
    words: 'Feature service',
    kinds: ['feature-service'],
    related: 'featureService',
    filters: serviceFilters,
  },
  {
    ...base,
    path: 'saved_datasets',
    key: 'savedDatasets',
    words: 'Saved dataset',
    kinds: ['saved-dataset'],
    related: 'savedDataset',
    filters: datasetFilters,
    extend: datasetSources,
  },
  {
    ...base,
    path: 'permissions',
    key: 'permissions',
    words: 'Permission',
    kinds: ['permission'],
    related: 'permission',
    tagged: false,
    across: false,
    defined: false,
  },
]
