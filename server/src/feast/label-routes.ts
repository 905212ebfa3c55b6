import { bodyOf, list, nullable, record, string, whole, withDefault } from '../body.ts'
import { serverError } from '../errors.ts'
import { neededText } from '../query.ts'
import type { RegistryIndex } from '../registry/registry-index.ts'
import type { RestObject } from '../registry/rest-object.ts'
import { type AnyRoute, type Rooms, route } from '../route.ts'

// Feast's pages for labelling. Nothing is stored by labels here: the answers are those of a label view without labels (Feast 0.67's shapes).

const labelView = (rooms: Rooms, index: RegistryIndex, name: string): RestObject<'label-view'> => {
  const view = index.project(rooms.config.project).get('label-view', name)
  if (view === undefined) throw serverError('SERVER_RECORD_NOT_FOUND', ['Label view', name])
  return view
}

const namesOf = ({ stored }: RestObject<'label-view'>) => {
  const { spec } = stored.message
  return {
    features: (spec?.features ?? []).map(({ name }) => name),
    keys: (spec?.entityColumns ?? []).map(({ name }) => name),
    labeler: spec?.labelerField ?? '',
    reference: spec?.referenceFeatureView ?? '',
  }
}

/** The only policy that Feast's enum has a default for. */
const policyOf = ({ json }: RestObject<'label-view'>): string => {
  const spec = json.spec as { readonly conflictPolicy?: string } | undefined
  return (spec?.conflictPolicy ?? 'LAST_WRITE_WINS').toLowerCase()
}

const named = bodyOf({ feature_view: string(), limit: withDefault(whole(1, 10_000), 100), reference_feature_view: nullable(string()) })

const reading = (path: string, summary: string, answer: (view: RestObject<'label-view'>) => object): AnyRoute =>
  route({
    method: 'POST',
    path,
    right: 'online',
    cost: 'memory',
    summary,
    query: {},
    body: named,
    handle: ({ body, rooms, index }) => answer(labelView(rooms, index, body.feature_view)),
  })

const writing = (path: string, summary: string): AnyRoute =>
  route({
    method: 'POST',
    path,
    right: 'write',
    cost: 'memory',
    summary,
    query: {},
    body: bodyOf({
      push_source_name: string(),
      df: nullable(record()),
      data: nullable(list(record(), 10_000)),
      records: nullable(list(record(), 10_000)),
    }),
    handle: ({ body }) => {
      throw serverError('SERVER_NOT_SUPPORTED', [
        `push to "${body.push_source_name}"`,
        "the registry's server takes no rows; the feature server does",
      ])
    },
  })

const configuration = (path: string, answer: (view: RestObject<'label-view'>) => object): AnyRoute =>
  route({
    method: 'GET',
    path: `${path}/{label_view}`,
    right: 'describe',
    cost: 'snapshot',
    summary: 'How an annotation tool would be set up for a label view',
    query: {},
    handle: ({ path: { label_view: name = '' }, rooms, index }) => answer(labelView(rooms, index, name)),
  })

/** What Feast's label pages ask for. */
export const labelRoutes: readonly AnyRoute[] = [
  reading('/list-labels', 'The labels of a label view: none', (view) => {
    const { features, keys } = namesOf(view)
    return {
      labels: [],
      columns: [...keys, ...features],
      feature_names: features,
      entity_names: keys,
      total_count: 0,
      total_entities: 0,
      conflict_policy: policyOf(view),
    }
  }),
  reading('/label-quality', 'How good the labels of a label view are: there are none', (view) => {
    const { features, labeler } = namesOf(view)
    const empty = { distributions: {}, coverage_pct: {}, null_counts: {}, labeler_stats: {} }
    const times = { staleness_seconds: null, oldest_label_ts: null, newest_label_ts: null }
    return {
      total_entities: 0,
      total_annotations: 0,
      feature_names: features,
      ...empty,
      ...times,
      labeler_field: labeler,
      conflict_policy: policyOf(view),
    }
  }),
  reading('/active-learning/candidates', 'What is to be labelled next: nothing', (view) => {
    const { features, keys, reference } = namesOf(view)
    const counts = { unlabeled_entities: [], total_labeled: 0, total_unlabeled: 0 }
    return { ...counts, entity_names: keys, feature_names: features, label_view: view.name, reference_feature_view: reference }
  }),
  route({
    method: 'POST',
    path: '/get-online-labels',
    right: 'online',
    cost: 'memory',
    summary: 'The labels of keys: none',
    query: {},
    body: bodyOf({ feature_view: string(), entity_keys: record() }),
    handle: ({ body, rooms, index }) => {
      labelView(rooms, index, body.feature_view)
      return { results: {} }
    },
  }),
  writing('/push', 'Pushes labels'),
  writing('/batch-push', 'Pushes many labels'),
  writing('/webhook/label-ingest', "Takes an annotation tool's labels"),
  configuration('/webhook/config', (view) => ({ label_view: view.name, ...namesOf(view) })),
  configuration('/annotation-config', (view) => ({ label_view: view.name, ...namesOf(view), conflict_policy: policyOf(view) })),
  route({
    method: 'GET',
    path: '/saved_datasets/data/{name}',
    right: 'preview',
    cost: 'store',
    summary: 'Rows of a saved dataset',
    query: { project: neededText('The project') },
    handle: ({ path: { name = '' }, query, index }) => {
      if (index.project(query.project).get('saved-dataset', name) === undefined)
        throw serverError('SERVER_OBJECT_NOT_FOUND', ['Saved dataset', name, query.project])
      throw serverError('SERVER_NOT_SUPPORTED', [`read dataset "${name}"`, 'read it with the store: readDataset'])
    },
  }),
  route({
    method: 'POST',
    path: '/saved_datasets/create',
    right: 'write',
    cost: 'memory',
    summary: 'Makes a dataset by a retrieval',
    query: {},
    body: bodyOf({ name: string(), project: string() }),
    handle: ({ body }) => {
      throw serverError('SERVER_NOT_SUPPORTED', [`make dataset "${body.name}"`, 'make it from a notebook, and register it'])
    },
  }),
]
