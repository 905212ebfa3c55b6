import { type Field, flag, integer, listOf, nullable, number, text, texts } from './field.ts'
import { type Section, section, sectionOrDefaults } from './section.ts'

const strictFlag = (fallback: boolean): Field<boolean> => flag(fallback, { strict: true })
const strictInteger = (fallback: number): Field<number> => integer(fallback, { strict: true })

/** The key `materialization`. */
export const materializationFields = {
  /** Only the newest value of each entity is pulled. */
  pull_latest_features: strictFlag(false),
  online_write_batch_size: nullable(integer(undefined, { above: 0 })),
}

/** The key `embedding_model`: what turns a query into a vector. */
export const embeddingModelFields = { provider: text('sentence_transformers'), model: text() }

/** The key `data_quality_monitoring`. */
export const dataQualityFields = { auto_baseline: strictFlag(true) }

const openlineageConsumerFields = {
  enabled: strictFlag(false),
  store_type: text('sql'),
  connection_string: nullable(text()),
  api_key: nullable(text()),
  namespace_mapping: nullable(texts()),
  retention_days: integer(30),
  retention_check_interval_hours: integer(6),
  standalone_server: strictFlag(false),
}

/** The key `openlineage`: where lineage is sent to. */
export const openlineageFields = {
  enabled: strictFlag(false),
  transport_type: nullable(text()),
  transport_url: nullable(text()),
  transport_endpoint: text('api/v1/lineage'),
  api_key: nullable(text()),
  namespace: text('feast'),
  producer: text('feast'),
  emit_on_apply: strictFlag(true),
  emit_on_materialize: strictFlag(true),
  consumer: nullable(section(openlineageConsumerFields, 'keep')),
}

const datasetSyncFields = {
  default_field_mapping: texts({}),
  watermark_key: text('feast_last_sync_time'),
  default_batch_size: strictInteger(10_000),
}

/** The key `mlflow`. */
export const mlflowFields = {
  enabled: strictFlag(false),
  tracking_uri: nullable(text()),
  ui_url: nullable(text()),
  auto_log: strictFlag(true),
  auto_log_entity_df: strictFlag(false),
  entity_df_max_rows: strictInteger(100_000),
  log_operations: strictFlag(false),
  ops_experiment_suffix: text('-feast-ops'),
  dataset_sync: sectionOrDefaults(datasetSyncFields, 'keep'),
  ca_bundle: nullable(text()),
  supported_artifact_formats: listOf(text(), ['parquet', 'csv']),
  request_timeout: strictInteger(30),
  max_retries: strictInteger(3),
  retry_backoff_factor: number(1),
}

/** How Python materializes. */
export type MaterializationConfig = Section<typeof materializationFields>
/** Which model turns text into a vector. */
export type EmbeddingModelConfig = Section<typeof embeddingModelFields>
/** What is computed of the data at apply. */
export type DataQualityConfig = Section<typeof dataQualityFields>
/** Where lineage is sent to, and whether it is received. */
export type OpenlineageConfig = Section<typeof openlineageFields>
/** What is logged to MLflow. */
export type MlflowConfig = Section<typeof mlflowFields>
