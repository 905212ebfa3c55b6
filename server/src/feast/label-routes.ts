import { bodyOf, nullable, record, string, whole, withDefault } from '../body.ts'
import { type AnyRoute, route } from '../route.ts'
import { annotationConfig, type Labelled, labelled, webhookConfig } from './label-view.ts'

// Feast's pages for labelling. Nothing is read by labels here: the answers are those of a label view without labels (Feast 0.67's shapes).

const named = bodyOf({ feature_view: string(), limit: withDefault(whole(1, 10_000), 100), reference_feature_view: nullable(string()) })

const reading = (path: string, summary: string, answer: (view: Labelled) => object): AnyRoute =>
  route({
    method: 'POST',
    path,
    right: 'online',
    cost: 'memory',
    summary,
    query: {},
    body: named,
    handle: ({ body, rooms, index }) => answer(labelled(rooms, index, body.feature_view)),
  })

const configuration = (path: string, answer: (view: Labelled) => object): AnyRoute =>
  route({
    method: 'GET',
    path: `${path}/{label_view}`,
    right: 'describe',
    cost: 'snapshot',
    summary: 'How an annotation tool would be set up for a label view',
    query: {},
    handle: ({ path: { label_view: name = '' }, rooms, index }) => answer(labelled(rooms, index, name)),
  })

/** What Feast's label pages ask for. */
export const labelRoutes: readonly AnyRoute[] = [
  reading('/list-labels', 'The labels of a label view: none', ({ features, keys, policy }) => ({
    labels: [],
    columns: [...keys, ...features],
    feature_names: features,
    entity_names: keys,
    total_count: 0,
    total_entities: 0,
    conflict_policy: policy,
  })),
  reading('/label-quality', 'How good the labels of a label view are: there are none', ({ features, labeler, policy }) => {
    const empty = { distributions: {}, coverage_pct: {}, null_counts: {}, labeler_stats: {} }
    const times = { staleness_seconds: null, oldest_label_ts: null, newest_label_ts: null }
    return {
      total_entities: 0,
      total_annotations: 0,
      feature_names: features,
      ...empty,
      ...times,
      labeler_field: labeler ?? '',
      conflict_policy: policy,
    }
  }),
  reading('/active-learning/candidates', 'What is to be labelled next: nothing', ({ name, features, keys, reference }) => {
    const counts = { unlabeled_entities: [], total_labeled: 0, total_unlabeled: 0 }
    return { ...counts, entity_names: keys, feature_names: features, label_view: name, reference_feature_view: reference }
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
      labelled(rooms, index, body.feature_view)
      return { results: {} }
    },
  }),
  configuration('/webhook/config', webhookConfig),
  configuration('/annotation-config', annotationConfig),
]
