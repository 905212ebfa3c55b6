import { fieldOf, pythonTypeName } from '@charmed-feast/store'
import { isObject, type Json, type JsonObject, textOf } from '../json.ts'
import { featuresOf } from '../registry/feature.ts'
import type { RestObject } from '../registry/rest-object.ts'
import { type Language, listOf, type Member, python, quoted, typescript, variableOf } from './code.ts'

/** An object as code that defines it. */
export interface Definitions {
  readonly python: string
  readonly typescript: string
}

/** A definition that is being written: what it needs is collected on the way. */
interface Writing {
  readonly language: Language
  readonly names: Set<string>
  readonly types: Set<string>
}

const text = (value: Json | undefined): string | undefined => (textOf(value) === '' ? undefined : quoted(textOf(value)))
const texts = (value: Json | undefined): readonly string[] => (Array.isArray(value) ? value.map(textOf) : [])
const variables = (names: readonly string[]): string => listOf(names.map(variableOf))

const tags = ({ language }: Writing, value: Json | undefined): string | undefined =>
  isObject(value) && Object.keys(value).length > 0
    ? language.record(Object.entries(value).map(([name, tag]) => [name, quoted(textOf(tag))]))
    : undefined

const described = (writing: Writing, spec: JsonObject): readonly Member[] => [
  ['description', 'description', text(spec.description)],
  ['tags', 'tags', tags(writing, spec.tags)],
  ['owner', 'owner', text(spec.owner)],
]

const use = (writing: Writing, pythonName: string, typescriptName: string): string => {
  const name = writing.language.name === 'python' ? pythonName : typescriptName
  writing.names.add(name)
  return name
}

const ttl = (writing: Writing, value: Json | undefined): string | undefined => {
  const seconds = Number(textOf(value).replace(/s$/, ''))
  if (seconds === 0 || Number.isNaN(seconds)) return undefined
  const written = writing.language.seconds(seconds)
  writing.names.add(/^\w+/.exec(written)?.[0] ?? '')
  return written
}

type FieldLike = { readonly name: string; readonly type: string; readonly description?: string }

const schema = (writing: Writing, fields: readonly FieldLike[]): string => {
  const { language, names, types } = writing
  for (const { type } of fields) types.add(type)
  if (language.name === 'python') {
    if (fields.length > 0) names.add('Field')
    const rows = fields.map(({ name, type, description }) => {
      const words = description === undefined ? '' : `, description=${quoted(description)}`
      return `        Field(name=${quoted(name)}, dtype=${type}${words}),\n`
    })
    return `[\n${rows.join('')}    ]`
  }
  const rows = fields.map(({ name, type, description }): readonly [string, string] => {
    if (description === undefined) return [name, language.type(type)]
    names.add('field')
    return [name, `field(${language.type(type)}, { description: ${quoted(description)} })`]
  })
  return language.record(rows)
}

/** What PostgreSQL's source keeps as JSON inside bytes. */
const configurationOf = (source: JsonObject): JsonObject => {
  const options = source.customOptions
  if (!isObject(options)) return {}
  try {
    const parsed: unknown = JSON.parse(Buffer.from(textOf(options.configuration), 'base64').toString())
    // What JSON.parse gives is JSON.
    return isObject(parsed as Json) ? (parsed as JsonObject) : {}
  } catch {
    return {} // another source's bytes, which only its own class can read
  }
}

const timeMembers = (source: JsonObject): readonly Member[] => [
  ['timestamp_field', 'timestampField', text(source.timestampField)],
  ['created_timestamp_column', 'createdTimestampColumn', text(source.createdTimestampColumn)],
]

const sourceCall = (writing: Writing, source: JsonObject, fields: readonly FieldLike[]): string => {
  const { language } = writing
  const name: Member = ['name', 'name', text(source.name)]
  const rest = described(writing, source)
  const batch = isObject(source.batchSource) ? variableOf(textOf(source.batchSource.name)) : undefined
  switch (source.type) {
    case 'REQUEST_SOURCE':
      return language.call(use(writing, 'RequestSource', 'requestSource'), [name, ['schema', 'schema', schema(writing, fields)], ...rest])
    case 'PUSH_SOURCE':
      return language.call(use(writing, 'PushSource', 'pushSource'), [name, ['batch_source', 'batchSource', batch], ...rest])
    case 'STREAM_KAFKA': {
      const options = isObject(source.kafkaOptions) ? source.kafkaOptions : {}
      return language.call(use(writing, 'KafkaSource', 'kafkaSource'), [
        name,
        ['kafka_bootstrap_servers', 'bootstrapServers', text(options.kafkaBootstrapServers)],
        ['topic', 'topic', text(options.topic)],
        ...timeMembers(source),
        ['batch_source', 'batchSource', batch],
        ...rest,
      ])
    }
    case 'BATCH_FILE': {
      const options = isObject(source.fileOptions) ? source.fileOptions : {}
      return language.call(use(writing, 'FileSource', 'fileSource'), [
        name,
        ['path', 'path', text(options.uri)],
        ...timeMembers(source),
        ...rest,
      ])
    }
    default: {
      const { table, query } = configurationOf(source)
      const members: readonly Member[] = [
        ['table', 'table', text(table)],
        ['query', 'query', text(query)],
      ]
      return language.call(use(writing, 'PostgreSQLSource', 'postgresSource'), [name, ...members, ...timeMembers(source), ...rest])
    }
  }
}

const viewCall = (writing: Writing, object: RestObject, spec: JsonObject): string => {
  const { language } = writing
  const source = isObject(spec.streamSource) ? spec.streamSource : isObject(spec.batchSource) ? spec.batchSource : spec.source
  const inputs = isObject(spec.sources) ? Object.keys(spec.sources) : []
  const entities = texts(spec.entities).filter((name) => name !== '__dummy')
  const [pythonName, typescriptName] = {
    'stream-feature-view': ['StreamFeatureView', 'streamFeatureView'],
    'on-demand-feature-view': ['OnDemandFeatureView', 'onDemandFeatureView'],
    'label-view': ['LabelView', 'labelView'],
  }[object.kind as string] ?? ['FeatureView', 'featureView']
  const isComputed = object.kind === 'on-demand-feature-view'
  return language.call(use(writing, pythonName ?? '', typescriptName ?? ''), [
    ['name', 'name', quoted(object.name)],
    ['entities', 'entities', entities.length > 0 || !isComputed ? variables(entities) : undefined],
    ['ttl', 'ttl', ttl(writing, spec.ttl)],
    ['schema', 'schema', schema(writing, featuresOf(object))],
    ['sources', 'sources', isComputed ? variables(inputs) : undefined],
    ['source', 'source', isObject(source) ? variableOf(textOf(source.name)) : undefined],
    ['online', 'online', isComputed || spec.online === true ? undefined : language.boolean(false)],
    ...described(writing, spec),
  ])
}

const serviceCall = (writing: Writing, spec: JsonObject): string => {
  const projections = (Array.isArray(spec.features) ? spec.features : []).filter(isObject)
  const features = projections.flatMap((projection) => {
    const view = variableOf(textOf(projection.featureViewName))
    const names = (Array.isArray(projection.featureColumns) ? projection.featureColumns : [])
      .filter(isObject)
      .map(({ name }) => textOf(name))
    if (names.length === 0) return [view]
    if (writing.language.name === 'python') return [`${view}[${listOf(names.map(quoted))}]`]
    return names.map((name) => `${view}.features[${quoted(name)}]`)
  })
  return writing.language.call(use(writing, 'FeatureService', 'featureService'), [
    ['name', 'name', text(spec.name)],
    ['features', 'features', listOf(features)],
    ...described(writing, spec),
  ])
}

const entityCall = (writing: Writing, spec: JsonObject): string => {
  const isPython = writing.language.name === 'python'
  const type = textOf(spec.valueType) || 'INVALID'
  if (isPython) writing.names.add('ValueType')
  const words = { INT64: 'int64', INT32: 'int32', STRING: 'string' }[type] ?? type.toLowerCase()
  if (!isPython) writing.names.add(words)
  return writing.language.call(use(writing, 'Entity', 'entity'), [
    ['name', 'name', text(spec.name)],
    isPython ? ['join_keys', '', listOf([quoted(textOf(spec.joinKey))])] : ['', 'joinKey', text(spec.joinKey)],
    ['value_type', 'valueType', isPython ? `ValueType.${type === 'INVALID' ? 'UNKNOWN' : type}` : words],
    ...described(writing, spec),
  ])
}

const datasetCall = (writing: Writing, spec: JsonObject): string =>
  writing.language.call(use(writing, 'SavedDataset', 'savedDataset'), [
    ['name', 'name', text(spec.name)],
    ['features', 'features', listOf(texts(spec.features).map(quoted))],
    ['join_keys', 'joinKeys', listOf(texts(spec.joinKeys).map(quoted))],
    ...described(writing, spec),
  ])

const requestFields = ({ stored: { message } }: RestObject): readonly FieldLike[] => {
  if (message.$typeName !== 'feast.core.DataSource' || message.options.case !== 'requestDataOptions') return []
  return message.options.value.schema.map((field) => ({ name: field.name, type: pythonTypeName(fieldOf(field).type) }))
}

const callOf = (writing: Writing, object: RestObject): string => {
  const spec = isObject(object.json.spec) ? object.json.spec : object.json
  switch (object.kind) {
    case 'entity':
      return entityCall(writing, spec)
    case 'data-source':
      return sourceCall(writing, object.json, requestFields(object))
    case 'feature-service':
      return serviceCall(writing, spec)
    case 'saved-dataset':
      return datasetCall(writing, spec)
    default:
      return viewCall(writing, object, spec)
  }
}

const written = (language: Language, object: RestObject): string => {
  const writing: Writing = { language, names: new Set(), types: new Set() }
  const statement = language.assign(variableOf(object.name), callOf(writing, object))
  return `${language.imports(writing.names, writing.types)}\n\n${statement}`
}

/**
 * Writes an object as code: how it would be defined in Python and in TypeScript. What a function computes is not written.
 *
 * @example
 * definitionsOf(driver).python // 'from feast import Entity, ValueType\n\ndriver = Entity(…'
 */
export const definitionsOf = (object: RestObject): Definitions => ({
  python: written(python, object),
  typescript: written(typescript, object),
})
