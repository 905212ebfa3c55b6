import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { type DatasetStorage, type SavedDataset, savedDataset } from '../definition/saved-dataset.ts'
import { storeError } from '../errors.ts'
import {
  type SavedDataset as SavedDatasetMessage,
  SavedDatasetMetaSchema,
  SavedDatasetSchema,
  type SavedDatasetStorage,
  SavedDatasetStorageSchema,
} from '../proto/feast/core/saved-dataset_pb.ts'
import { timestampOf } from '../registry/timestamp.ts'
import { parsePythonJson, pythonJson } from './python-json.ts'

/** The Python class that reads a dataset in PostgreSQL; 0.67 writes it into the storage's JSON. */
const postgresStorage = 'feast.infra.offline_stores.contrib.postgres_offline_store.postgres_source.SavedDatasetPostgreSQLStorage'

const storageMessage = (storage: DatasetStorage): SavedDatasetStorage => {
  if (storage.kind === 'other') return fromBinary(SavedDatasetStorageSchema, storage.message)
  if (storage.kind === 'file') {
    const { path: uri, s3EndpointOverride, fileFormat } = storage
    const format = fileFormat === '' ? {} : { fileFormat: { format: { case: 'parquetFormat' as const, value: {} } } }
    return create(SavedDatasetStorageSchema, { kind: { case: 'fileStorage', value: { uri, s3EndpointOverride, ...format } } })
  }
  const { table } = storage
  const json = pythonJson({ name: '', query: '', table, saved_dataset_storage_class: postgresStorage })
  return create(SavedDatasetStorageSchema, { kind: { case: 'customStorage', value: { configuration: new TextEncoder().encode(json) } } })
}

const storageOf = (message: SavedDatasetStorage | undefined): DatasetStorage => {
  const stored = message?.kind
  if (stored?.case === 'fileStorage')
    return Object.freeze({
      kind: 'file',
      path: stored.value.uri,
      fileFormat: stored.value.fileFormat?.format.case === undefined ? '' : 'parquet',
      s3EndpointOverride: stored.value.s3EndpointOverride,
    })
  if (stored?.case === 'customStorage') {
    const { table } = parsePythonJson(new TextDecoder().decode(stored.value.configuration))
    if (table !== undefined) return Object.freeze({ kind: 'postgres', table })
  }
  const bytes = message === undefined ? new Uint8Array() : toBinary(SavedDatasetStorageSchema, message)
  return Object.freeze({ kind: 'other', type: stored?.case ?? 'none', message: bytes })
}

/** The event times that a dataset lies between, microseconds since 1970 (UTC); undefined in one without rows. */
export interface DatasetSpan {
  first: bigint | undefined
  last: bigint | undefined
}

/** A saved dataset as Feast's message; with the span of its rows, by which Feast reads it back. */
export const savedDatasetMessage = (dataset: SavedDataset, project: string, span?: DatasetSpan): SavedDatasetMessage => {
  const { name, features, joinKeys, fullFeatureNames, featureServiceName, namespace, collection, description } = dataset
  const times = {
    ...(span?.first === undefined ? {} : { minEventTimestamp: timestampOf(span.first) }),
    ...(span?.last === undefined ? {} : { maxEventTimestamp: timestampOf(span.last) }),
  }
  return create(SavedDatasetSchema, {
    ...(span === undefined ? {} : { meta: create(SavedDatasetMetaSchema, times) }),
    spec: {
      name,
      project,
      features: [...features],
      joinKeys: [...joinKeys],
      fullFeatureNames,
      storage: storageMessage(dataset.storage),
      tags: { ...dataset.tags },
      featureServiceName,
      namespace,
      collection,
      description,
      columns: dataset.columns.map((column) => ({ ...column })),
    },
  })
}

/** A saved dataset read from Feast's message. */
export const savedDatasetOf = (message: SavedDatasetMessage): SavedDataset => {
  const { spec } = message
  if (spec === undefined) throw storeError('STORE_REGISTRY_ROW_UNREADABLE', ['saved dataset', '', 'it has no spec'])
  const { name, features, joinKeys, fullFeatureNames, featureServiceName, namespace, collection, description, tags } = spec
  return savedDataset({
    name,
    features,
    joinKeys,
    fullFeatureNames,
    featureServiceName,
    namespace,
    collection,
    description,
    tags,
    storage: storageOf(spec.storage),
    columns: spec.columns.map((column) =>
      Object.freeze({ name: column.name, type: column.type, description: column.description, nullable: column.nullable ?? true }),
    ),
  })
}
