export type { ApplyScope } from './apply/apply.ts'
export type { ApplyPlan } from './apply/plan.ts'
export { hasOnlineTable } from './apply/plan.ts'
export { type DescribeConfigOptions, describeConfig } from './config/describe.ts'
export { type LoadConfigOptions, loadConfig } from './config/load.ts'
export type { StoreConfig } from './config/store-config.ts'
export type { Batch, Column, SourceBatch } from './definition/batch.ts'
export { type AnyStoredView, type Definition, isDefinition } from './definition/definition.ts'
export { type Duration, days, hours, minutes, seconds } from './definition/duration.ts'
export { type Entity, entity } from './definition/entity.ts'
export { type AnyRef, as, type FeatureRef } from './definition/feature-ref.ts'
export { type FeatureService, featureService, type Projection } from './definition/feature-service.ts'
export { type FeatureView, featureView, type StreamFeatureView, streamFeatureView } from './definition/feature-view.ts'
export { type Field, type FieldOptions, field, type Schema } from './definition/field.ts'
export { type LabelView, labelView } from './definition/label-view.ts'
export { type OnDemandFeatureView, onDemandFeatureView, pythonFeatureView } from './definition/on-demand-feature-view.ts'
export { type Permission, permission } from './definition/permission.ts'
export { type Project, project } from './definition/project.ts'
export type { EntityRow, FeatureVector, Repository } from './definition/retrieval.ts'
export { type SavedDataset, savedDataset } from './definition/saved-dataset.ts'
export {
  type BatchSource,
  type DataSource,
  type FileSource,
  fileSource,
  type KafkaSource,
  type KinesisSource,
  kafkaSource,
  kinesisSource,
  type PostgresSource,
  type PushSource,
  postgresSource,
  pushSource,
  type RequestSource,
  requestSource,
  type StreamSource,
} from './definition/source.ts'
export { type ValidationReference, validationReference } from './definition/validation-reference.ts'
export {
  bool,
  bytes,
  decimal,
  float32,
  float64,
  imageBytes,
  int32,
  int64,
  type Js,
  json,
  listOf,
  map,
  nestedListOf,
  nestedSetOf,
  pdfBytes,
  pythonTypeName,
  scalarMap,
  setOf,
  string,
  struct,
  timestamp,
  timeUuid,
  uuid,
  type ValueType,
  type ValueTypeName,
  type ZonedTimestamp,
  zonedTimestamp,
} from './definition/value-type.ts'
export type { AnyView, View } from './definition/view.ts'
export type { StoreEvent, StoreOperation } from './diagnostics.ts'
export { errors, StoreError, type StoreErrorCode } from './errors.ts'
export type { MaterializeProgress, MaterializeResult, MaterializeWork } from './materialize/materialize.ts'
export type { PushedRows, PushResult, PushTarget } from './materialize/push.ts'
export type { Catalog } from './message/catalog.ts'
export { catalogOf } from './message/catalog.ts'
export { definitionOf } from './message/definition.ts'
export { fieldOf } from './message/field.ts'
export { objectJson, snapshotJson } from './message/json.ts'
export { mergePatch, messageOfJson, patchedMessage } from './message/patch.ts'
export type { EntityRows } from './offline/entity-rows.ts'
export type { Explanation } from './offline/explanation.ts'
export type { Retrieval } from './offline/offline.ts'
export { fromClause } from './offline/postgres-table.ts'
export { type SaveOptions, TrainingSet } from './offline/training-set.ts'
export type { Job, JobState } from './online/job.ts'
export { ensureOwnTable, hasOwnTable } from './online/own-table.ts'
export type { FeatureStatus } from './online/status.ts'
export { type OpenStoreOptions, openStore } from './open-store.ts'
export { quoteIdentifier } from './postgres/identifier.ts'
export { type Listener, listen } from './postgres/listen.ts'
export { openPool, type Pool } from './postgres/pool.ts'
export type { PostgresTarget } from './postgres/target.ts'
export { formatTimestamp } from './postgres/timestamp.ts'
export { cachedSnapshots, type Snapshots } from './registry/cache.ts'
export type { Difference } from './registry/change-set.ts'
export { diffRegistry } from './registry/diff.ts'
export type { ViewVersion } from './registry/history.ts'
export { type Interval, intervalsOf } from './registry/interval.ts'
export { type Kind, type KindName, kindList, kinds, type RegistryMessage, viewKinds } from './registry/kind.ts'
export { decodeObject, headOf, type ObjectHead, type RegistryObject, registryObject, type StoredObject } from './registry/object.ts'
export type { Registry } from './registry/registry.ts'
export type { RegistryRequest, RemovedObject } from './registry/request.ts'
export type { RegistrySnapshot } from './registry/snapshot.ts'
export { registryChannel } from './registry/write.ts'
export { type AskedFor, type ResolvedRequest, resolveAsked } from './retrieve/asked.ts'
export { historyOf, sourceColumn } from './retrieve/source-columns.ts'
export { type Moment, type OnlineOptions, type OnlineVectors, Store } from './store.ts'
