import type { KindName } from '@charmed-feast/store'
import { bodyOf, boolean, list, nullable, object, record, string, whole, withDefault } from '../body.ts'
import { serverError } from '../errors.ts'
import { isObject, type Json, type JsonObject, textOf } from '../json.ts'
import { type Collection, collections } from '../object/collection.ts'
import { kindWord } from '../object/kind-word.ts'
import { findObject } from '../object/object-routes.ts'
import { neededText } from '../query.ts'
import type { ProjectIndex } from '../registry/registry-index.ts'
import { Answer, type AnyRoute, type BodyReader, type Call, route } from '../route.ts'
import { applyRequest, versionIn } from './apply.ts'
import { requestOf, type Wish } from './wish.ts'

/** What Feast's forms say of every object. */
const described = {
  name: string(),
  project: string(),
  description: withDefault(string(), ''),
  tags: withDefault(record(), {}),
  owner: withDefault(string(), ''),
}

interface Described {
  readonly name: string
  readonly project: string
}

/** The enum numbers of Feast's value types and source types. */
const number = whole(0, 1000)

/** A body of Feast's that replaces an object. */
interface Form<Body extends Described> {
  readonly path: string
  readonly kind: KindName
  readonly body: BodyReader<Body>
  /** The object's proto JSON. */
  readonly json: (body: Body, project: ProjectIndex) => JsonObject
}

const spec = ({
  description,
  tags,
  owner,
}: {
  readonly description: string
  readonly tags: JsonObject
  readonly owner: string
}): JsonObject => ({ description, tags, owner })

const form = <Body extends Described>(given: Form<Body>): Form<Described> => given as unknown as Form<Described>

const entityForm = form({
  path: 'entities',
  kind: 'entity',
  body: bodyOf({ ...described, join_key: nullable(string()), value_type: withDefault(number, 2) }),
  json: (body) => ({ spec: { name: body.name, valueType: body.value_type, joinKey: body.join_key || body.name, ...spec(body) } }),
})

const sourceOptions: Readonly<Record<string, string>> = {
  file_options: 'fileOptions',
  bigquery_options: 'bigqueryOptions',
  snowflake_options: 'snowflakeOptions',
  redshift_options: 'redshiftOptions',
  kafka_options: 'kafkaOptions',
  spark_options: 'sparkOptions',
  trino_options: 'trinoOptions',
  athena_options: 'athenaOptions',
  kinesis_options: 'kinesisOptions',
  custom_options: 'customOptions',
}

/** The members that Feast's server takes from each kind of options, by their names in protobuf. */
const optionMembers: Readonly<Record<string, readonly string[]>> = {
  file_options: ['uri', 's3_endpoint_override'],
  bigquery_options: ['table', 'query'],
  snowflake_options: ['table', 'database', 'schema_', 'query'],
  redshift_options: ['table', 'database', 'schema_', 'query'],
  kafka_options: ['kafka_bootstrap_servers', 'topic'],
  spark_options: ['table', 'path', 'query', 'file_format', 'date_partition_column_format'],
  trino_options: ['table', 'query'],
  athena_options: ['table', 'query', 'database', 'data_source'],
  kinesis_options: ['region', 'stream_name'],
  custom_options: ['configuration'],
}

const camel = (name: string): string => name.replace(/_$/, '').replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase())

const optionsJson = (name: string, options: JsonObject): JsonObject => {
  const told = (optionMembers[name] ?? []).flatMap((member): readonly (readonly [string, Json])[] => {
    const value = textOf(options[member])
    if (value === '') return []
    return [[camel(member), member === 'configuration' ? Buffer.from(value).toString('base64') : value]]
  })
  return Object.fromEntries(told)
}

const sourceForm = form({
  path: 'data_sources',
  kind: 'data-source',
  body: bodyOf({
    ...described,
    type: nullable(number),
    timestamp_field: withDefault(string(), ''),
    created_timestamp_column: withDefault(string(), ''),
    date_partition_column: withDefault(string(), ''),
    data_source_class_type: nullable(string()),
    ...Object.fromEntries(Object.keys(sourceOptions).map((name) => [name, nullable(record())])),
  }),
  json: (body) => {
    const given: Readonly<Record<string, unknown>> = body
    // Of several options the first counts, as in Feast.
    const options = Object.entries(sourceOptions).find(([name]) => isObject(given[name] as Json))
    return {
      ...{ name: body.name, timestampField: body.timestamp_field, createdTimestampColumn: body.created_timestamp_column, ...spec(body) },
      datePartitionColumn: body.date_partition_column,
      ...(body.type === null ? {} : { type: body.type }),
      ...(options === undefined ? {} : { [options[1]]: optionsJson(options[0], given[options[0]] as JsonObject) }),
      ...(body.data_source_class_type === null ? {} : { dataSourceClassType: body.data_source_class_type }),
    }
  },
})

const viewForm = form({
  path: 'feature_views',
  kind: 'feature-view',
  body: bodyOf({
    ...described,
    entities: withDefault(list(string(), 100), []),
    features: nullable(list(object({ name: string(), value_type: withDefault(number, 2), description: withDefault(string(), '') }), 5000)),
    batch_source: withDefault(string(), ''),
    ttl_seconds: nullable(whole(0, 1e12)),
    online: withDefault(boolean(), true),
  }),
  json: (body, project) => {
    const source = body.batch_source === '' ? undefined : project.get('data-source', body.batch_source)
    if (body.batch_source !== '' && source === undefined)
      throw serverError('SERVER_OBJECT_NOT_FOUND', ['Data source', body.batch_source, body.project])
    return {
      spec: {
        ...{ name: body.name, entities: body.entities, online: body.online, ...spec(body) },
        features: (body.features ?? []).map(({ name, value_type: valueType, description }) => ({ name, valueType, description })),
        ...(body.ttl_seconds === null ? {} : { ttl: `${body.ttl_seconds}s` }),
        ...(source === undefined ? {} : { batchSource: source.json }),
      },
    }
  },
})

const projectionOf = (project: ProjectIndex, name: string, wanted: readonly string[] | null): JsonObject => {
  const view = project.view(name)
  if (view === undefined) throw serverError('SERVER_OBJECT_NOT_FOUND', ['Feature view', name, project.name])
  const json = isObject(view.json.spec) ? view.json.spec : {}
  const columns = (Array.isArray(json.features) ? json.features : []).filter(isObject)
  const kept = wanted === null || wanted.length === 0 ? columns : columns.filter((column) => wanted.includes(textOf(column.name)))
  const missing = (wanted ?? []).find((feature) => !columns.some((column) => column.name === feature))
  if (missing !== undefined) throw serverError('SERVER_FEATURE_NOT_FOUND', [missing, name, project.name])
  return { featureViewName: name, featureColumns: kept, viewType: textOf(view.json.type) }
}

const serviceForm = form({
  path: 'feature_services',
  kind: 'feature-service',
  body: bodyOf({
    ...described,
    features: list(object({ feature_view_name: string(), feature_names: nullable(list(string(), 5000)) }), 500),
  }),
  json: (body, project) => ({
    spec: {
      name: body.name,
      features: body.features.map((each) => projectionOf(project, each.feature_view_name, each.feature_names)),
      ...spec(body),
    },
  }),
})

const types = [
  ...['FEATURE_VIEW', 'ON_DEMAND_FEATURE_VIEW', 'BATCH_FEATURE_VIEW', 'STREAM_FEATURE_VIEW', 'ENTITY', 'FEATURE_SERVICE', 'DATA_SOURCE'],
  ...['VALIDATION_REFERENCE', 'SAVED_DATASET', 'PERMISSION', 'PROJECT', 'LABEL_VIEW'],
]
const actions = ['CREATE', 'DESCRIBE', 'UPDATE', 'DELETE', 'READ_ONLINE', 'READ_OFFLINE', 'WRITE_ONLINE', 'WRITE_OFFLINE']

const checkWords = (what: string, words: readonly string[], allowed: readonly string[]): readonly string[] => {
  const wrong = words.find((each) => !allowed.includes(each))
  if (wrong !== undefined) throw serverError('SERVER_CHOICE_INVALID', [what, wrong, `Valid options are: ${allowed.join(', ')}`])
  return words
}

const policyMembers = ['role_based_policy', 'group_based_policy', 'namespace_based_policy', 'combined_group_namespace_policy']

const policyJson = (policy: JsonObject): JsonObject => {
  const member = policyMembers.find((name) => isObject(policy[name]))
  return member === undefined ? {} : { [camel(member)]: policy[member] ?? {} }
}

const names = withDefault(list(string(), 500), [])
const permissionForm = form({
  path: 'permissions',
  kind: 'permission',
  body: bodyOf({
    ...{ name: string(), project: string(), types: names, name_patterns: names, actions: names, policy: record() },
    ...{ tags: withDefault(record(), {}), required_tags: withDefault(record(), {}) },
  }),
  json: (body) => ({
    spec: {
      ...{ name: body.name, types: checkWords('types', body.types, types), namePatterns: body.name_patterns, tags: body.tags },
      ...{ actions: checkWords('actions', body.actions, actions), policy: policyJson(body.policy), requiredTags: body.required_tags },
    },
  }),
})

const storageJson = (type: string, path: string): JsonObject => {
  if (type === 'file') return { fileStorage: { uri: path } }
  if (type === 'spark') return { sparkStorage: { path } }
  if (['bigquery', 'redshift', 'snowflake', 'trino', 'athena'].includes(type)) return { [`${type}Storage`]: { table: path } }
  const configuration = type === 'custom' ? path : JSON.stringify({ name: null, query: null, table: path })
  return { customStorage: { configuration: Buffer.from(configuration).toString('base64') } }
}

const datasetForm = form({
  path: 'saved_datasets',
  kind: 'saved-dataset',
  body: bodyOf({
    ...{ name: string(), project: string(), features: names, join_keys: names, storage_path: withDefault(string(), '') },
    ...{ storage_type: withDefault(string(), 'file'), tags: withDefault(record(), {}), full_feature_names: withDefault(boolean(), false) },
    ...{ feature_service_name: nullable(string()), allow_override: withDefault(boolean(), false), namespace: withDefault(string(), '') },
    ...{ collection: withDefault(string(), ''), description: withDefault(string(), '') },
  }),
  json: (body, project) => {
    if (body.storage_path.trim() === '')
      throw serverError('SERVER_CHOICE_INVALID', ['storage_path', '', 'Provide a file path or table reference'])
    if (!body.allow_override && project.get('saved-dataset', body.name) !== undefined)
      throw serverError('SERVER_CONFLICT', ['register dataset', body.name, `project "${body.project}" has one of the name`])
    return {
      spec: {
        ...{
          name: body.name,
          features: body.features,
          joinKeys: body.join_keys,
          fullFeatureNames: body.full_feature_names,
          tags: body.tags,
        },
        ...{ storage: storageJson(body.storage_type, body.storage_path.trim()), featureServiceName: body.feature_service_name ?? '' },
        ...{ namespace: body.namespace, collection: body.collection, description: body.description },
      },
    }
  },
})

const applied = ({ path }: { readonly path: string }, { name, project }: Described, status: 'applied' | 'deleted'): Answer => {
  const isDataset = path === 'saved_datasets'
  return new Answer(status === 'applied' && !isDataset ? 201 : 200, { name, project, status: isDataset ? 'ok' : status })
}

/** Feast's forms replace: what they do not know is gone, unless it is kept beside the definition, as intervals are. */
const putRoute = (given: Form<Described>): AnyRoute =>
  route({
    method: 'POST',
    path: `/${given.path}`,
    right: 'write',
    cost: 'store',
    summary: `Defines one of the ${given.path.replaceAll('_', ' ')}, as Feast's forms do`,
    query: {},
    body: given.body,
    handle: async ({ body, rooms, caller, headers }: Call<unknown, Described>) => {
      const index = await rooms.feed.refresh()
      const project = index.project(body.project)
      if (body.name.trim() === '') throw serverError('SERVER_CHOICE_INVALID', ['name', body.name, 'A name is required'])
      const json = given.json(body, project)
      const wish: Wish = { action: 'create', kind: kindWord(given.kind), name: body.name, patch: null, object: json }
      const request = requestOf([wish], index, body.project, { replace: true })
      await applyRequest(rooms, request, { caller, version: versionIn(headers['if-match']) })
      return applied(given, body, 'applied')
    },
  })

const deletable = ['entities', 'data_sources', 'feature_views', 'feature_services', 'permissions', 'saved_datasets']

const deleteRoute = (collection: Collection): AnyRoute =>
  route({
    method: 'DELETE',
    path: `/${collection.path}/{name}`,
    right: 'write',
    cost: 'store',
    summary: `Removes one of the ${collection.path.replaceAll('_', ' ')}`,
    query: { project: neededText('The project') },
    handle: async ({ query, path: { name = '' }, rooms, caller, headers }) => {
      const index = await rooms.feed.refresh()
      const { kind } = findObject(collection, index, { project: query.project, name })
      const wish: Wish = { action: 'delete', kind: kindWord(kind), name, patch: null, object: null }
      await applyRequest(rooms, requestOf([wish], index, query.project), { caller, version: versionIn(headers['if-match']) })
      return applied(collection, { name, project: query.project }, 'deleted')
    },
  })

/** Feast's own writing routes. */
export const feastWriteRoutes: readonly AnyRoute[] = [
  ...[entityForm, sourceForm, viewForm, serviceForm, permissionForm, datasetForm].map(putRoute),
  ...collections.filter(({ path }) => deletable.includes(path)).map(deleteRoute),
]
