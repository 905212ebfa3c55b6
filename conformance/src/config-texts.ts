/** Values of every kind that YAML has, as texts. */
const values = [
  ...[
    'null',
    '~',
    'true',
    'yes',
    'on',
    '1',
    '0',
    '-1',
    '0x10',
    '12:30:45',
    '99999',
    '9999999999999999999',
    '1.0',
    '1.5',
    '.5',
    '1e3',
    '1.0e+400',
    '.nan',
  ],
  ...[
    'word',
    '""',
    '"yes"',
    '"on"',
    '"t"',
    '"TRUE"',
    '"1"',
    '"+5"',
    '" 5 "',
    '"1_000"',
    '"5."',
    '"1.0"',
    '"1.5"',
    '"1e3"',
    '"nan"',
    '2024-01-01',
  ],
  ...['[]', '{}', '[a]', '[1, 2]', '[2, 1]', '{a: b}', '{a: 1}'],
]

/** Values that only some keys take. */
const words = [
  ...[
    'postgres',
    'sqlite',
    'remote',
    'file',
    'duckdb',
    'dask',
    'local',
    'kubernetes',
    'no_auth',
    'oidc',
    '"none"',
    '"null"',
    'a-b',
    '_a',
    '-b',
    'é',
    'é-1',
  ],
  ...['my.Own.OnlineStore', 'x.YOfflineStore', 'NoDotOnlineStore', '2', '3', '4'],
]

/** A section, complete, and the fields of it that get every value in turn; the last few are no fields of it. */
interface Sample {
  readonly key: string
  readonly lines: readonly string[]
  readonly fields: readonly string[]
  /** Further in by this many blanks: a section inside of the section. */
  readonly within?: string
}

const postgres = ['type: postgres', 'host: h', 'database: d', 'user: u', 'password: p']
const postgresFields = [
  ...['min_conn', 'max_conn', 'conn_type', 'host', 'port', 'database', 'db_schema', 'user', 'password', 'sslmode', 'sslkey_path'],
  ...['sslrootcert_path', 'keepalives_idle'],
]

const samples: readonly Sample[] = [
  {
    key: 'online_store',
    lines: postgres,
    fields: [
      ...postgresFields,
      'type',
      'vector_enabled',
      'similarity',
      'enable_openai_compatible_store',
      'max_batched_result_rows',
      'nope',
    ],
  },
  {
    key: 'online_store',
    lines: ['type: sqlite'],
    fields: ['path', 'vector_enabled', 'text_search_enabled', 'enable_openai_compatible_store', 'vector_len'],
  },
  {
    key: 'online_store',
    lines: ['type: remote'],
    fields: ['path', 'cert', 'connection_pool_size', 'connection_idle_timeout', 'connection_retries', 'nope'],
  },
  { key: 'offline_store', lines: postgres, fields: [...postgresFields, 'entity_select_mode', 'nope'] },
  { key: 'offline_store', lines: ['type: duckdb'], fields: ['staging_location', 'staging_location_endpoint_override', 'nope'] },
  { key: 'offline_store', lines: ['type: file'], fields: ['nope'] },
  { key: 'offline_store', lines: ['type: remote', 'host: h'], fields: ['host', 'port', 'scheme', 'cert', 'connection_retries', 'nope'] },
  {
    key: 'registry',
    lines: ['registry_type: sql', 'path: postgresql://u:p@h/d'],
    fields: [
      ...[
        'registry_type',
        'registry_store_type',
        'path',
        'read_path',
        'cache_ttl_seconds',
        'cache_mode',
        's3_additional_kwargs',
        'purge_feast_metadata',
      ],
      ...['enable_online_feature_view_versioning', 'serve_features_while_materializing', 'sqlalchemy_config_kwargs'],
      ...['thread_pool_executor_worker_count', 'schema_mode', 'mcp', 'nope'],
    ],
  },
  {
    key: 'registry',
    lines: ['registry_type: remote', 'path: h:1'],
    fields: ['path', 'cert', 'is_tls', 'client_cert', 'client_key', 'authority', 'nope'],
  },
  { key: 'registry', lines: ['path: a'], fields: ['registry_type', 'path', 'cache_ttl_seconds', 'nope'] },
  {
    key: 'feature_server',
    lines: ['enabled: true'],
    fields: [
      ...[
        'type',
        'enabled',
        'transformation_service_endpoint',
        'feature_logging',
        'metrics',
        'audit_logging',
        'offline_push_batching_enabled',
      ],
      ...['offline_push_batching_batch_size', 'offline_push_batching_batch_interval_seconds', 'mcp_enabled'],
    ],
  },
  { key: 'feature_server', within: 'metrics', lines: ['enabled: true'], fields: ['feature_count_bins', 'push', 'nope'] },
  { key: 'feature_server', within: 'feature_logging', lines: ['enabled: true'], fields: ['queue_capacity', 'nope'] },
  { key: 'feature_server', within: 'audit_logging', lines: ['enabled: true'], fields: ['sink', 'file_path', 'nope'] },
  { key: 'feature_server', lines: ['type: mcp', 'enabled: true'], fields: ['mcp_enabled', 'mcp_server_name', 'mcp_transport', 'nope'] },
  {
    key: 'auth',
    lines: ['type: oidc', 'auth_discovery_url: u'],
    fields: [
      ...[
        'type',
        'auth_discovery_url',
        'client_id',
        'verify_ssl',
        'ca_cert_path',
        'audience',
        'jwks_cache_lifespan_seconds',
        'jwks_request_timeout_seconds',
      ],
      ...['token', 'token_env_var', 'client_secret', 'username', 'password', 'nope'],
    ],
  },
  { key: 'auth', lines: ['type: oidc', 'token: t'], fields: ['token', 'token_env_var', 'token_refresh_margin_seconds', 'client_secret'] },
  {
    key: 'auth',
    lines: ['type: oidc', 'auth_discovery_url: u', 'client_id: c', 'client_secret: s'],
    fields: ['username', 'password', 'token'],
  },
  { key: 'auth', lines: ['type: kubernetes'], fields: ['user_token', 'nope'] },
  { key: 'auth', lines: ['type: no_auth'], fields: ['nope'] },
  { key: 'batch_engine', lines: ['type: local'], fields: ['type', 'backend', 'nope'] },
  { key: 'materialization', lines: ['pull_latest_features: true'], fields: ['pull_latest_features', 'online_write_batch_size', 'nope'] },
  { key: 'materialization_config', lines: ['pull_latest_features: true'], fields: ['pull_latest_features', 'online_write_batch_size'] },
  { key: 'embedding_model', lines: ['model: m'], fields: ['model', 'provider', 'nope'] },
  { key: 'data_quality_monitoring', lines: ['auto_baseline: true'], fields: ['auto_baseline', 'nope'] },
  {
    key: 'openlineage',
    lines: ['enabled: true'],
    fields: ['enabled', 'transport_type', 'transport_endpoint', 'api_key', 'emit_on_apply', 'consumer', 'nope'],
  },
  {
    key: 'openlineage',
    within: 'consumer',
    lines: ['enabled: true'],
    fields: ['retention_days', 'namespace_mapping', 'store_type', 'nope'],
  },
  {
    key: 'mlflow',
    lines: ['enabled: true'],
    fields: [
      'tracking_uri',
      'auto_log',
      'entity_df_max_rows',
      'dataset_sync',
      'supported_artifact_formats',
      'retry_backoff_factor',
      'nope',
    ],
  },
]

const keys = [
  ...[
    'project',
    'project_description',
    'provider',
    'registry',
    'online_store',
    'offline_store',
    'batch_engine',
    'feature_server',
    'auth',
    'flags',
  ],
  ...[
    'entity_key_serialization_version',
    'coerce_tz_aware',
    'materialization',
    'embedding_model',
    'data_quality_monitoring',
    'openlineage',
    'mlflow',
  ],
  ...['repo_path', 'charmed_feast_not', 'nope'],
]

/** A text, and what was changed in it: `online_store.port`, with its value. */
export interface ConfigText {
  readonly text: string
  readonly place: string
  readonly value: string
}

const whole = (entries: Readonly<Record<string, string>>): string =>
  Object.entries({ project: 'demo', registry: 'data/registry.db', entity_key_serialization_version: '3', ...entries })
    .map(([key, value]) => `${key}:${value.startsWith('\n') ? '' : ' '}${value}\n`)
    .join('')

const sectionText = ({ lines, within }: Sample, field: string, value: string): string => {
  const indent = within === undefined ? '  ' : '    '
  const others = lines.filter((line) => !line.startsWith(`${field}:`))
  return [
    '',
    ...(within === undefined ? [] : [`  ${within}:`]),
    ...[...others, `${field}: ${value}`].map((line) => `${indent}${line}`),
  ].join('\n')
}

/** Every field of every section with every value, and every key. */
export const configTexts: readonly ConfigText[] = [
  ...samples.flatMap((sample) =>
    sample.fields.flatMap((field) =>
      values.map((value) => ({
        text: whole({ [sample.key]: sectionText(sample, field, value) }),
        place: [sample.key, sample.within, field].filter(Boolean).join('.'),
        value,
      })),
    ),
  ),
  ...keys.flatMap((key) => [...values, ...words].map((value) => ({ text: whole({ [key]: value }), place: key, value }))),
  ...['', 'a: 1\n', 'project: demo\n', 'registry: x\n', '- project\n', 'project\n'].map((text) => ({ text, place: '', value: text })),
]
