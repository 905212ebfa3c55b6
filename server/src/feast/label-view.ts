import { serverError } from '../errors.ts'
import type { Json } from '../json.ts'
import type { RegistryIndex } from '../registry/registry-index.ts'
import type { RestObject } from '../registry/rest-object.ts'
import type { Rooms } from '../route.ts'

/** A label view as Feast's label tools see it. */
export interface Labelled {
  readonly name: string
  readonly features: readonly string[]
  readonly keys: readonly string[]
  readonly entities: readonly string[]
  /** The column that says who labelled; `null` for none. */
  readonly labeler: string | null
  readonly pushSource: string | null
  readonly reference: string
  /** Feast's word: `last_write_wins`. */
  readonly policy: string
  readonly tags: Readonly<Record<string, string>>
}

/** The only policy that Feast's enum has a default for. */
const policyOf = ({ json }: RestObject<'label-view'>): string => {
  const spec = json.spec as { readonly conflictPolicy?: string } | undefined
  return (spec?.conflictPolicy ?? 'LAST_WRITE_WINS').toLowerCase()
}

/** A label view of the project of feature_store.yaml. @throws SERVER_RECORD_NOT_FOUND */
export const labelled = (rooms: Rooms, index: RegistryIndex, name: string): Labelled => {
  const view = index.project(rooms.config.project).get('label-view', name)
  if (view === undefined) throw serverError('SERVER_RECORD_NOT_FOUND', ['Label view', name])
  const { spec } = view.stored.message
  return {
    name,
    features: (spec?.features ?? []).map((feature) => feature.name),
    keys: (spec?.entityColumns ?? []).map((column) => column.name),
    entities: spec?.entities ?? [],
    labeler: spec?.labelerField || null,
    pushSource: spec?.source?.name || null,
    reference: spec?.referenceFeatureView ?? '',
    policy: policyOf(view),
    tags: spec?.tags ?? {},
  }
}

const tagged = ({ tags }: Labelled, prefix: string): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(tags).flatMap(([key, value]) => (key.startsWith(prefix) ? [[key.slice(prefix.length), value]] : [])))

/** What an annotation tool is told, so that its labels can be pushed. */
export const webhookConfig = (view: Labelled): Readonly<Record<string, Json>> => {
  const labeler = view.labeler === null ? [] : [view.labeler]
  const example = [...view.keys, ...view.features].map((name) => [name, `<${name}_value>`])
  const times = [['event_timestamp', '2026-01-01T00:00:00Z'], ...labeler.map((name) => [name, '<labeler_id>'])]
  return {
    label_view: view.name,
    push_source_name: view.pushSource,
    webhook_url: '/api/v1/webhook/label-ingest',
    batch_url: '/api/v1/batch-push',
    required_fields: [...view.keys, ...view.features, ...labeler],
    entity_fields: view.keys,
    label_fields: view.features,
    labeler_field: view.labeler,
    payload_example: { push_source_name: view.pushSource, records: [Object.fromEntries([...example, ...times])] },
  }
}

/** Which fields an annotator fills in, and how: tags of the view say it. */
export const annotationConfig = (view: Labelled): Readonly<Record<string, Json>> => {
  const values = Object.entries(tagged(view, 'feast.io/label-values:'))
  return {
    label_view: view.name,
    profile: view.tags['feast.io/labeling-method'] ?? 'table',
    field_roles: tagged(view, 'feast.io/field-role:'),
    label_values: Object.fromEntries(values.map(([name, text]) => [name, text.split(',').map((each) => each.trim())])),
    label_widgets: tagged(view, 'feast.io/label-widget:'),
    entities: view.entities,
    features: view.features,
    labeler_field: view.labeler,
    push_source_name: view.pushSource,
  }
}
