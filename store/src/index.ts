export type { Batch, Column, SourceBatch } from './definition/batch.ts'
export { type AnyStoredView, type Definition, isDefinition } from './definition/definition.ts'
export { type Duration, days, hours, minutes, seconds } from './definition/duration.ts'
export { type Entity, entity } from './definition/entity.ts'
export { type AnyRef, as, type FeatureRef } from './definition/feature-ref.ts'
export { type FeatureService, featureService, type Projection } from './definition/feature-service.ts'
export { type FeatureView, featureView, type StreamFeatureView, streamFeatureView } from './definition/feature-view.ts'
export { type Field, type FieldOptions, field, type Schema } from './definition/field.ts'
export { type LabelView, labelView } from './definition/label-view.ts'
export { type OnDemandFeatureView, onDemandFeatureView } from './definition/on-demand-feature-view.ts'
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
export { StoreError, type StoreErrorCode } from './errors.ts'
