import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { schemaOf } from '../definition/field.ts'
import type { BatchSource, DataSource, SourceBase, StreamFormat, StreamSource } from '../definition/source.ts'
import { storeError } from '../errors.ts'
import { FileFormatSchema, type StreamFormat as StreamFormatMessage, StreamFormatSchema } from '../proto/feast/core/data-format_pb.ts'
import {
  type DataSource as DataSourceMessage,
  DataSourceSchema,
  DataSource_SourceType as Type,
  DataSource_SourceTypeSchema as TypeSchema,
} from '../proto/feast/core/data-source_pb.ts'
import { describedMessage, describedOf } from './described.ts'
import { fieldMessage, fieldOf } from './field.ts'
import { parsePythonJson, pythonJson } from './python-json.ts'
import { durationMessage, durationOf } from './time.ts'

/** The Python classes that read what we write; Feast cannot load a row that names another. */
const sourceClasses = {
  'postgres-source': 'feast.infra.offline_stores.contrib.postgres_offline_store.postgres_source.PostgreSQLSource',
  'file-source': 'feast.infra.offline_stores.file_source.FileSource',
  'push-source': 'feast.data_source.PushSource',
  'request-source': 'feast.data_source.RequestSource',
  'kafka-source': 'feast.data_source.KafkaSource',
  'kinesis-source': 'feast.data_source.KinesisSource',
} as const

const baseMessage = (source: SourceBase) => ({
  name: source.name,
  timestampField: source.timestampField,
  createdTimestampColumn: source.createdTimestampColumn,
  fieldMapping: { ...source.fieldMapping },
  datePartitionColumn: source.datePartitionColumn,
  timestampFieldType: source.timestampFieldType,
  ...describedMessage(source),
})

const formatMessage = (format: StreamFormat | undefined): StreamFormatMessage => {
  if (format === undefined) return create(StreamFormatSchema)
  if (format.kind === 'proto')
    return create(StreamFormatSchema, { format: { case: 'protoFormat', value: { classPath: format.classPath } } })
  const value = { schemaJson: format.schemaJson }
  return create(StreamFormatSchema, { format: format.kind === 'avro' ? { case: 'avroFormat', value } : { case: 'jsonFormat', value } })
}

const formatOf = (message: StreamFormatMessage | undefined): StreamFormat | undefined => {
  const format = message?.format
  if (format === undefined || format.case === undefined) return undefined
  if (format.case === 'protoFormat') return Object.freeze({ kind: 'proto', classPath: format.value.classPath })
  return Object.freeze({ kind: format.case === 'avroFormat' ? 'avro' : 'json', schemaJson: format.value.schemaJson })
}

const batchMessage = (batch: BatchSource | undefined) => (batch === undefined ? {} : { batchSource: sourceMessage(batch) })

/**
 * A source as Feast's DataSource. A row of its own carries the Python class only where Feast says so (PostgreSQL); inside a view every
 * source does: see {@link nestedSourceMessage}.
 */
export const sourceMessage = (source: DataSource): DataSourceMessage => {
  const base = baseMessage(source)
  switch (source.kind) {
    case 'postgres-source': {
      const { name, table, query } = source
      const configuration = new TextEncoder().encode(pythonJson({ name, query, table }))
      const dataSourceClassType = sourceClasses['postgres-source']
      return create(DataSourceSchema, {
        ...base,
        type: Type.CUSTOM_SOURCE,
        dataSourceClassType,
        options: { case: 'customOptions', value: { configuration } },
      })
    }
    case 'file-source': {
      const fileFormat = create(FileFormatSchema, {
        format: source.fileFormat === 'delta' ? { case: 'deltaFormat', value: {} } : { case: 'parquetFormat', value: {} },
      })
      const { path: uri, s3EndpointOverride } = source
      const value = { uri, s3EndpointOverride, ...(source.fileFormat === '' ? {} : { fileFormat }) }
      return create(DataSourceSchema, { ...base, type: Type.BATCH_FILE, options: { case: 'fileOptions', value } })
    }
    case 'push-source':
      return create(DataSourceSchema, { ...base, type: Type.PUSH_SOURCE, ...batchMessage(source.batchSource) })
    case 'request-source':
      return create(DataSourceSchema, {
        ...base,
        type: Type.REQUEST_SOURCE,
        options: { case: 'requestDataOptions', value: { schema: source.fields.map(fieldMessage) } },
      })
    case 'kafka-source': {
      const { bootstrapServers: kafkaBootstrapServers, topic, watermarkDelayThreshold: delay } = source
      const watermark = delay === undefined ? {} : { watermarkDelayThreshold: durationMessage(delay) }
      const value = { kafkaBootstrapServers, topic, messageFormat: formatMessage(source.messageFormat), ...watermark }
      return create(DataSourceSchema, {
        ...base,
        type: Type.STREAM_KAFKA,
        options: { case: 'kafkaOptions', value },
        ...batchMessage(source.batchSource),
      })
    }
    case 'kinesis-source': {
      const { region, streamName } = source
      const value = { region, streamName, recordFormat: formatMessage(source.recordFormat) }
      return create(DataSourceSchema, {
        ...base,
        type: Type.STREAM_KINESIS,
        options: { case: 'kinesisOptions', value },
        ...batchMessage(source.batchSource),
      })
    }
    case 'other-source':
      return fromBinary(DataSourceSchema, source.message)
  }
}

/** A source as it stands inside a view: with its Python class, whatever its kind. */
export const nestedSourceMessage = (source: DataSource): DataSourceMessage => {
  const message = sourceMessage(source)
  if (source.kind !== 'other-source') message.dataSourceClassType = sourceClasses[source.kind]
  return message
}

const baseOf = (message: DataSourceMessage): SourceBase => ({
  name: message.name,
  timestampField: message.timestampField,
  createdTimestampColumn: message.createdTimestampColumn,
  fieldMapping: Object.freeze({ ...message.fieldMapping }),
  datePartitionColumn: message.datePartitionColumn,
  timestampFieldType: message.timestampFieldType,
  ...describedOf(message),
})

const isBatch = (source: DataSource): source is BatchSource =>
  source.kind === 'postgres-source' || source.kind === 'file-source' || source.kind === 'other-source'

/** The batch source of a view or of a stream source; undefined when there is none. */
export const batchSourceOf = (message: DataSourceMessage | undefined): BatchSource | undefined => {
  if (message === undefined) return undefined
  const source = sourceOf(message)
  if (!isBatch(source)) throw storeError('STORE_REGISTRY_ROW_UNREADABLE', ['data source', message.name, `a ${source.kind} has no history`])
  return source
}

/** The stream source of a view; undefined when there is none, or one of a store that we do not know. */
export const streamSourceOf = (message: DataSourceMessage | undefined): StreamSource | undefined => {
  if (message === undefined) return undefined
  const source = sourceOf(message)
  return isBatch(source) || source.kind === 'request-source' ? undefined : source
}

/** A source read from Feast's DataSource. What we do not run keeps its bytes. */
export const sourceOf = (message: DataSourceMessage): DataSource => {
  const base = baseOf(message)
  const { case: kind, value } = message.options
  if (kind === 'customOptions' && message.dataSourceClassType === sourceClasses['postgres-source']) {
    const { table, query, name } = parsePythonJson(new TextDecoder().decode(value.configuration))
    return Object.freeze({
      kind: 'postgres-source',
      ...base,
      name: base.name === '' ? (name ?? '') : base.name,
      table: table ?? '',
      query: query ?? '',
    })
  }
  if (kind === 'fileOptions') {
    const fileFormat = { parquetFormat: 'parquet', deltaFormat: 'delta', none: '' }[value.fileFormat?.format.case ?? 'none']
    return Object.freeze({ kind: 'file-source', ...base, path: value.uri, fileFormat, s3EndpointOverride: value.s3EndpointOverride })
  }
  if (message.type === Type.PUSH_SOURCE)
    return Object.freeze({ kind: 'push-source', ...base, batchSource: batchSourceOf(message.batchSource) })
  if (kind === 'requestDataOptions') {
    const fields = Object.freeze(value.schema.map(fieldOf))
    return Object.freeze({ kind: 'request-source', ...base, fields, schema: schemaOf(fields) })
  }
  if (kind === 'kafkaOptions')
    return Object.freeze({
      kind: 'kafka-source',
      ...base,
      bootstrapServers: value.kafkaBootstrapServers,
      topic: value.topic,
      messageFormat: formatOf(value.messageFormat),
      watermarkDelayThreshold: durationOf(value.watermarkDelayThreshold),
      batchSource: batchSourceOf(message.batchSource),
    })
  if (kind === 'kinesisOptions')
    return Object.freeze({
      kind: 'kinesis-source',
      ...base,
      region: value.region,
      streamName: value.streamName,
      recordFormat: formatOf(value.recordFormat),
      batchSource: batchSourceOf(message.batchSource),
    })
  return Object.freeze({
    kind: 'other-source',
    ...base,
    type: TypeSchema.value[message.type]?.name ?? String(message.type),
    classType: message.dataSourceClassType,
    message: toBinary(DataSourceSchema, message),
    batchSource: batchSourceOf(message.batchSource),
  })
}
