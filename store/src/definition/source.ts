import { storeError } from '../errors.ts'
import { type Described, type DescribedSpec, described } from './described.ts'
import type { Duration } from './duration.ts'
import { type Field, fieldsOf, type Schema } from './field.ts'

/** What all sources say: where time is, and how columns are renamed. Absent columns are the empty string, as in Feast. */
export interface SourceBase extends Described {
  readonly name: string
  readonly timestampField: string
  readonly createdTimestampColumn: string
  /** Source column to field name. */
  readonly fieldMapping: Readonly<Record<string, string>>
  readonly datePartitionColumn: string
  /** `TIMESTAMP`, `DATE`, or empty for TIMESTAMP. Feast ≥ 0.64. */
  readonly timestampFieldType: string
}

/** A table or a query of PostgreSQL. `table` is SQL as it stands: qualified, and quoted where it has to be. One of both is empty. */
export interface PostgresSource extends SourceBase {
  readonly kind: 'postgres-source'
  readonly table: string
  readonly query: string
}

/** Parquet files: one path, folder or pattern, relative to the repository. */
export interface FileSource extends SourceBase {
  readonly kind: 'file-source'
  readonly path: string
  /** `parquet` or `delta`; empty where nothing was said. */
  readonly fileFormat: string
  readonly s3EndpointOverride: string
}

/** Rows that a program pushes; its batch source has the same columns. */
export interface PushSource extends SourceBase {
  readonly kind: 'push-source'
  readonly batchSource: BatchSource | undefined
}

/** Values that come with each request. */
export interface RequestSource<S extends Schema = Schema> extends SourceBase {
  readonly kind: 'request-source'
  readonly schema: S
  readonly fields: readonly Field[]
}

/** How a message of a stream is read. */
export type StreamFormat =
  | { readonly kind: 'avro'; readonly schemaJson: string }
  | { readonly kind: 'json'; readonly schemaJson: string }
  | { readonly kind: 'proto'; readonly classPath: string }

/** A Kafka topic. */
export interface KafkaSource extends SourceBase {
  readonly kind: 'kafka-source'
  readonly bootstrapServers: string
  readonly topic: string
  readonly messageFormat: StreamFormat | undefined
  readonly watermarkDelayThreshold: Duration | undefined
  readonly batchSource: BatchSource | undefined
}

/** A Kinesis stream. */
export interface KinesisSource extends SourceBase {
  readonly kind: 'kinesis-source'
  readonly region: string
  readonly streamName: string
  readonly recordFormat: StreamFormat | undefined
  readonly batchSource: BatchSource | undefined
}

/** A source of a store that we do not run (BigQuery, Snowflake, …): kept, shown, written back as it was, never read. */
export interface OtherSource extends SourceBase {
  readonly kind: 'other-source'
  /** Feast's `SourceType`, such as `BATCH_BIGQUERY`. */
  readonly type: string
  /** The Python class that reads it. */
  readonly classType: string
  /** The whole source as Feast's `DataSource` message, in its bytes. */
  readonly message: Uint8Array
  readonly batchSource: BatchSource | undefined
}

/** A source that history is read from. */
export type BatchSource = PostgresSource | FileSource | OtherSource
/** A source that rows arrive through. */
export type StreamSource = PushSource | KafkaSource | KinesisSource
/** Any source. */
export type DataSource = BatchSource | StreamSource | RequestSource

/** What all sources may say. */
export interface SourceSpec extends DescribedSpec {
  readonly name?: string
  readonly createdTimestampColumn?: string
  readonly fieldMapping?: Readonly<Record<string, string>>
  readonly datePartitionColumn?: string
  readonly timestampFieldType?: string
}

const base = (spec: SourceSpec & { readonly name: string; readonly timestampField?: string }): SourceBase => {
  const timestampField = spec.timestampField ?? ''
  if (spec.name === '') throw storeError('STORE_DEFINITION_INVALID', ['data source', '', 'it has no name'])
  if (timestampField !== '' && timestampField === spec.createdTimestampColumn)
    throw storeError('STORE_DEFINITION_INVALID', [
      'data source',
      spec.name,
      `event time and created time are one column, "${timestampField}"`,
    ])
  return {
    name: spec.name,
    timestampField,
    createdTimestampColumn: spec.createdTimestampColumn ?? '',
    fieldMapping: Object.freeze({ ...spec.fieldMapping }),
    datePartitionColumn: spec.datePartitionColumn ?? '',
    timestampFieldType: spec.timestampFieldType ?? '',
    ...described(spec),
  }
}

/** The times and renamings of a batch source, for the stream source over it, as Feast copies them. */
const timesOf = (
  source: BatchSource | undefined,
): Pick<SourceBase, 'timestampField' | 'createdTimestampColumn' | 'fieldMapping' | 'datePartitionColumn'> => ({
  timestampField: source?.timestampField ?? '',
  createdTimestampColumn: source?.createdTimestampColumn ?? '',
  fieldMapping: source?.fieldMapping ?? {},
  datePartitionColumn: source?.datePartitionColumn ?? '',
})

/**
 * A table or a query of PostgreSQL. The name is the table's when it is left out.
 *
 * @throws STORE_DEFINITION_INVALID unless exactly one of table and query is given, and a name when it is a query
 *
 * @example
 * const trips = postgresSource({ table: 'public.driver_stats', timestampField: 'event_timestamp', createdTimestampColumn: 'created' })
 */
export const postgresSource = (
  spec: SourceSpec & { readonly table?: string; readonly query?: string; readonly timestampField: string },
): PostgresSource => {
  const { table = '', query = '' } = spec
  const name = spec.name ?? table
  if ((table === '') === (query === ''))
    throw storeError('STORE_DEFINITION_INVALID', ['data source', name, 'it needs either a table or a query'])
  return Object.freeze({ kind: 'postgres-source', ...base({ ...spec, name }), table, query })
}

/**
 * Parquet files. The name is the path when it is left out.
 *
 * @example
 * const trips = fileSource({ name: 'trips', path: 'data/driver_stats.parquet', timestampField: 'event_timestamp' })
 */
export const fileSource = (
  spec: SourceSpec & {
    readonly path: string
    readonly timestampField: string
    readonly fileFormat?: string
    readonly s3EndpointOverride?: string
  },
): FileSource =>
  Object.freeze({
    kind: 'file-source',
    ...base({ ...spec, name: spec.name ?? spec.path }),
    path: spec.path,
    fileFormat: spec.fileFormat ?? '',
    s3EndpointOverride: spec.s3EndpointOverride ?? '',
  })

/**
 * Rows that a program pushes with `store.push`. Times and renamings are its batch source's.
 *
 * @example
 * const pushed = pushSource({ name: 'driver_stats_push', batchSource: trips })
 */
export const pushSource = (spec: DescribedSpec & { readonly name: string; readonly batchSource?: BatchSource }): PushSource =>
  Object.freeze({ kind: 'push-source', ...base({ ...spec, ...timesOf(spec.batchSource) }), batchSource: spec.batchSource })

/**
 * Values that come with each request; an on-demand view computes with them.
 *
 * @example
 * const trip = requestSource({ name: 'trip', schema: { distance_km: float64 } })
 */
export const requestSource = <S extends Schema>(spec: DescribedSpec & { readonly name: string; readonly schema: S }): RequestSource<S> =>
  Object.freeze({
    kind: 'request-source',
    ...base(spec),
    schema: Object.freeze(spec.schema),
    fields: fieldsOf(spec.schema, 'request source', spec.name),
  })

/**
 * A Kafka topic. Our own store keeps the definition and does not consume it.
 *
 * @throws STORE_DEFINITION_INVALID without a batch source
 */
export const kafkaSource = (
  spec: SourceSpec & {
    readonly name: string
    readonly timestampField: string
    readonly bootstrapServers: string
    readonly topic: string
    readonly messageFormat?: StreamFormat
    readonly watermarkDelayThreshold?: Duration
    readonly batchSource: BatchSource
  },
): KafkaSource =>
  Object.freeze({
    kind: 'kafka-source',
    ...base(spec),
    bootstrapServers: spec.bootstrapServers,
    topic: spec.topic,
    messageFormat: spec.messageFormat,
    watermarkDelayThreshold: spec.watermarkDelayThreshold,
    batchSource: spec.batchSource,
  })

/** A Kinesis stream. Our own store keeps the definition and does not consume it. */
export const kinesisSource = (
  spec: SourceSpec & {
    readonly name: string
    readonly timestampField: string
    readonly region: string
    readonly streamName: string
    readonly recordFormat?: StreamFormat
    readonly batchSource: BatchSource
  },
): KinesisSource =>
  Object.freeze({
    kind: 'kinesis-source',
    ...base(spec),
    region: spec.region,
    streamName: spec.streamName,
    recordFormat: spec.recordFormat,
    batchSource: spec.batchSource,
  })
