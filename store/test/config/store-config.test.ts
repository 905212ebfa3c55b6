import { describe, expect, test } from 'vitest'
import { parseConfig, type StoreConfig } from '../../src/config/store-config.ts'
import { StoreError } from '../../src/errors.ts'

const parse = (yaml: string, environment: Readonly<Record<string, string>> = {}): StoreConfig =>
  parseConfig(yaml, { path: '/repo/feature_store.yaml', repoPath: '/repo', environment })

/** The message of the refusal, without its beginning. */
const refusal = (yaml: string, environment: Readonly<Record<string, string>> = {}): string => {
  try {
    parse(yaml, environment)
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'STORE_CONFIG_INVALID') throw error
    return error.message.replace('cannot read feature_store.yaml "/repo/feature_store.yaml": ', '')
  }
  throw new Error('it is accepted')
}

const least = 'project: demo\nregistry: data/registry.db\n'
const postgres = 'type: postgres, host: h, database: d, user: u, password: p'

describe('the least configuration', () => {
  const config = parse(least)

  test('has the defaults of Feast 0.67', () => {
    expect(config).toMatchObject({
      project: 'demo',
      projectDescription: null,
      provider: 'local',
      registry: { kind: 'file', path: 'data/registry.db', cacheTtlSeconds: 600, cacheMode: 'sync', purgeFeastMetadata: false },
      onlineStore: { kind: 'sqlite', path: 'data/online.db', vectorEnabled: false },
      offlineStore: { kind: 'duckdb', type: 'dask' },
      batchEngine: { type: 'local' },
      featureServer: null,
      auth: { kind: 'no_auth' },
      entityKeySerializationVersion: 3,
      entityKeySerializationVersionStated: false,
      coerceTzAware: true,
      materialization: { pullLatestFeatures: false, onlineWriteBatchSize: null },
      charmedFeast: { integers: 'bigint', snapshot: false, staleValues: false },
      warnings: [],
    })
  })

  test('cannot be changed', () => {
    expect(Object.isFrozen(config)).toBe(true)
    expect(Object.isFrozen(config.written)).toBe(true)
    expect(Object.isFrozen(config.materialization)).toBe(true)
  })
})

describe('a PostgreSQL store', () => {
  test('has a target with the defaults of its section', () => {
    const { onlineStore } = parse(`${least}online_store: {${postgres}}\n`)
    expect(onlineStore).toMatchObject({
      kind: 'postgres',
      poolSize: 10,
      connType: 'singleton',
      maxBatchedResultRows: 2048,
      target: {
        hosts: [{ host: 'h', port: 5432 }],
        database: 'd',
        user: 'u',
        password: 'p',
        sslMode: 'require',
        searchPath: 'public',
        targetSessionAttrs: 'any',
        applicationName: 'charmed-feast',
        connectTimeoutMs: 10_000,
        pooled: false,
      },
    })
  })

  test('may have several hosts, a schema, certificates and our own options', () => {
    const config = parse(`${least}offline_store:
  ${postgres.replaceAll(', ', '\n  ').replace('host: h', 'host: a, b')}
  port: "6432"
  db_schema: feast
  sslmode: verify-full
  sslrootcert_path: /ca.pem
  max_conn: 3
  keepalives_idle: 5
  entity_select_mode: embed_query
charmed_feast:
  offline: {statement_timeout_ms: 5000, pooled: true, target_session_attrs: read-write, application_name: mine}
`)
    expect(config.offlineStore).toMatchObject({
      kind: 'postgres',
      entitySelectMode: 'embed_query',
      poolSize: 3,
      target: {
        hosts: [
          { host: 'a', port: 6432 },
          { host: 'b', port: 6432 },
        ],
        searchPath: 'feast,public',
        sslMode: 'verify-full',
        sslRootCert: '/ca.pem',
        statementTimeoutMs: 5000,
        pooled: true,
        targetSessionAttrs: 'read-write',
        applicationName: 'mine',
        keepalivesIdle: 5,
      },
    })
  })

  test('means prefer when its sslmode is null', () => {
    expect(parse(`${least}online_store: {${postgres}, sslmode: null}\n`).onlineStore).toMatchObject({ target: { sslMode: 'prefer' } })
  })

  test('takes the pool size of our own section before that of Feast', () => {
    const own = 'charmed_feast: {online: {pool_size: 7}}\n'
    expect(parse(`${least}online_store: {${postgres}, max_conn: 3}\n${own}`).onlineStore).toMatchObject({ poolSize: 7 })
  })

  test('does not percent-decode its fields', () => {
    const { onlineStore } = parse(`${least}online_store: {type: postgres, host: h, database: d, user: u, password: "p%40"}\n`)
    expect(onlineStore).toMatchObject({ target: { password: 'p%40' } })
  })

  test.each([
    ['host: h, database: d, user: u', 'online_store.password (line 3): it is missing'],
    [
      `${postgres.replace('password: p', 'password: 0123')}`,
      'online_store.password (line 3): it must be text, not a whole number; quote it',
    ],
    [`${postgres.replace('password: p', 'password: yes')}`, 'online_store.password (line 3): it must be text, not true or false; quote it'],
    [
      `${postgres.replace('password: p', 'password: 12:30:45')}`,
      'online_store.password (line 3): it must be text, not a whole number; quote it',
    ],
    [`${postgres.replace('password: p', 'password: 2024-01-01')}`, 'online_store.password (line 3): it must be text, not a date; quote it'],
    [`${postgres}, pasword: x`, 'online_store.pasword (line 3): there is no such key, the nearest is "password"'],
    [`${postgres}, port: 70000`, 'online_store (line 3): cannot use PostgreSQL target "h:70000/d": a port is not between 1 and 65535'],
    [
      `${postgres}, sslmode: requires`,
      'online_store.sslmode (line 3): it is no word that is known here, the nearest is "require"; allowed: disable',
    ],
    [`${postgres}, conn_type: 1`, 'online_store.conn_type (line 3): it must be text, not a whole number; allowed: singleton, pool'],
    [`${postgres}, max_conn: many`, 'online_store.max_conn (line 3): it must be a whole number, not text'],
    [`${postgres}, vector_enabled: maybe`, 'online_store.vector_enabled (line 3): it must be true or false, not text'],
  ])('is refused: {%s}', (section, why) => {
    expect(refusal(`${least}online_store: {type: postgres, ${section.replace('type: postgres, ', '')}}\n`)).toContain(why)
  })
})

describe('a registry in SQL', () => {
  const sql = (fields: string): string => `project: demo\nregistry: {registry_type: sql, ${fields}}\n`

  test.each(['postgresql', 'postgres', 'postgresql+psycopg', 'postgresql+psycopg2'])('may have a URL of scheme %s', (scheme) => {
    expect(parse(sql(`path: "${scheme}://u%40:p%25@db:6432/feast?sslmode=disable"`)).registry).toMatchObject({
      kind: 'sql',
      poolSize: 10,
      schemaMode: 'auto',
      readTarget: null,
      target: { user: 'u@', password: 'p%', hosts: [{ host: 'db', port: 6432 }], database: 'feast', sslMode: 'disable' },
    })
  })

  test('means prefer without sslmode, as libpq does', () => {
    expect(parse(sql('path: "postgresql://u:p@db/feast"')).registry).toMatchObject({ target: { sslMode: 'prefer' } })
  })

  test('has a replica, pool size and arguments of the driver', () => {
    const config = parse(
      sql(
        'path: "postgresql://u:p@a/d", read_path: "postgresql://u:p@b/d", sqlalchemy_config_kwargs: {pool_size: 3, connect_args: {sslmode: require, options: -csearch_path=x, nope: 1}}',
      ),
    )
    expect(config.registry).toMatchObject({
      poolSize: 3,
      target: { hosts: [{ host: 'a' }], sslMode: 'require', options: '-csearch_path=x' },
      readTarget: { hosts: [{ host: 'b' }], sslMode: 'require' },
    })
    expect(config.warnings).toEqual([
      expect.stringContaining('registry.sqlalchemy_config_kwargs.connect_args.nope (line 2): there is no such key'),
    ])
  })

  test('has no target for another database, and still opens', () => {
    expect(parse(sql('path: "sqlite:///registry.db"')).registry).toMatchObject({ kind: 'sql', target: null })
  })

  test('warns of keys that nobody knows', () => {
    expect(parse(sql('path: "postgresql://u:p@a/d", cache_ttl: 5')).warnings).toEqual([
      'registry.cache_ttl (line 2): there is no such key, the nearest is "cache_ttl_seconds"',
    ])
  })

  test.each([
    ['path: ""', 'registry.path (line 2): it is empty; a URL is needed'],
    ['path: "postgresql://db/feast"', 'no user is given'],
    ['path: "postgresql://u:p@db:x/feast"', 'a port is not a number'],
    [
      'path: "postgresql://u:p@db/feast", schema_mode: maybe',
      'registry.schema_mode (line 2): it is no word that is known here; allowed: auto, verify, skip',
    ],
    [
      'path: "postgresql://u:p@db/feast", cache_ttl_seconds: 1.5',
      'registry.cache_ttl_seconds (line 2): it must be a whole number, not a number with a point',
    ],
    ['path: 5', 'registry.path (line 2): it must be text, not a whole number; quote it'],
  ])('is refused: {%s}', (fields, why) => {
    expect(refusal(sql(fields))).toContain(why)
  })
})

describe('other registries and stores', () => {
  test.each<[string, keyof StoreConfig, unknown]>([
    [
      'registry: {path: s3://b/registry.db, s3_additional_kwargs: {a: b}}',
      'registry',
      { kind: 'file', path: 's3://b/registry.db', s3AdditionalKwargs: { a: 'b' } },
    ],
    ['registry: {registry_type: remote, path: "h:6570", is_tls: true}', 'registry', { kind: 'remote', isTls: true, authority: '' }],
    [
      'registry: {registry_type: snowflake.registry, database: d}',
      'registry',
      { kind: 'other', registryType: 'snowflake.registry', options: { database: 'd' } },
    ],
    ['online_store: null', 'onlineStore', null],
    ['online_store: "None"', 'onlineStore', null],
    ['online_store: sqlite', 'onlineStore', { kind: 'sqlite' }],
    ['online_store: {path: x.db}', 'onlineStore', { kind: 'sqlite', path: 'x.db' }],
    [
      'online_store: {type: redis, connection_string: "redis:6379,password=x"}',
      'onlineStore',
      { kind: 'redis', redisType: 'redis', keyTtlSeconds: null },
    ],
    ['online_store: {type: remote, path: "http://fs:6566"}', 'onlineStore', { kind: 'remote', connectionRetries: 3 }],
    ['online_store: {type: dynamodb, region: eu}', 'onlineStore', { kind: 'other', type: 'dynamodb', options: { region: 'eu' } }],
    [
      'online_store: {type: my.pkg.MyOnlineStore, a: {b: [1]}}',
      'onlineStore',
      { kind: 'other', type: 'my.pkg.MyOnlineStore', options: { a: { b: [1] } } },
    ],
    ['offline_store: null', 'offlineStore', null],
    ['offline_store: file', 'offlineStore', { kind: 'duckdb', type: 'file' }],
    [
      'offline_store: {type: duckdb, staging_location: s3://b}',
      'offlineStore',
      { kind: 'duckdb', type: 'duckdb', stagingLocation: 's3://b' },
    ],
    ['offline_store: {type: remote, host: h, port: 8815}', 'offlineStore', { kind: 'remote', scheme: 'http', port: 8815 }],
    [
      'offline_store: {type: spark, spark_conf: {a: b}}',
      'offlineStore',
      { kind: 'other', type: 'spark', options: { spark_conf: { a: 'b' } } },
    ],
    ['batch_engine: {type: k8s, namespace: n}', 'batchEngine', { type: 'k8s', options: { namespace: 'n' } }],
    [
      'feature_server: {enabled: true, metrics: {enabled: true}}',
      'featureServer',
      { type: 'local', metrics: { featureCountBins: [10, 50, 200] } },
    ],
    ['feature_server: {type: mcp, mcp_enabled: true}', 'featureServer', { type: 'mcp', mcpTransport: 'sse' }],
    ['auth: {type: oidc, auth_discovery_url: u}', 'auth', { kind: 'oidc', jwksCacheLifespanSeconds: 300 }],
    ['auth: {type: oidc}', 'auth', { kind: 'oidc_client', tokenRefreshMarginSeconds: 30 }],
    ['auth: {type: oidc, token: t}', 'auth', { kind: 'oidc_client', authDiscoveryUrl: null, token: 't' }],
    ['auth: {type: kubernetes, any: thing}', 'auth', { kind: 'kubernetes', options: { any: 'thing' } }],
    ['entity_key_serialization_version: 2', 'entityKeySerializationVersion', 2],
    ['entity_key_serialization_version: 3', 'entityKeySerializationVersionStated', true],
    ['coerce_tz_aware: null', 'coerceTzAware', false],
    ['materialization: {online_write_batch_size: 100}', 'materialization', { onlineWriteBatchSize: 100 }],
    ['materialization_config: {pull_latest_features: true}', 'materialization', { pullLatestFeatures: true }],
    ['openlineage: {enabled: true, consumer: {enabled: true}}', 'openlineage', { namespace: 'feast', consumer: { retentionDays: 30 } }],
    ['mlflow: {tracking_uri: http://m}', 'mlflow', { trackingUri: 'http://m', datasetSync: { defaultBatchSize: 10_000 } }],
    ['embedding_model: {model: m}', 'embeddingModel', { provider: 'sentence_transformers', model: 'm' }],
    ['data_quality_monitoring: {}', 'dataQualityMonitoring', { autoBaseline: true }],
    [
      'charmed_feast: {integers: number, duckdb: {memory_limit: 1GB}}',
      'charmedFeast',
      { integers: 'number', duckdb: { memoryLimit: '1GB', threads: null } },
    ],
  ])('are read: %s', (line, key, value) => {
    const yaml = line.startsWith('registry') ? `project: demo\n${line}\n` : `${least}${line}\n`
    const read = { value: parse(yaml)[key] }
    expect(read).toMatchObject({ value })
  })

  test.each([
    ['registry: null', 'registry (line 2): it must be a map or a path'],
    [
      'registry: {registry_type: mongo}',
      'registry.registry_type (line 2): it is no registry that is known; allowed: file, sql, remote, snowflake.registry',
    ],
    ['online_store: {type: postgre}', 'online_store.type (line 3): "postgre" is not known, the nearest is "postgres"; allowed: aerospike'],
    ['offline_store: {type: file, path: x}', 'offline_store.path (line 3): there is no such key; allowed: type'],
    ['offline_store: 5', 'offline_store (line 3): it must be text, or a map with a type'],
    ['feature_server: {type: go}', 'feature_server.type (line 3): it is no feature server that is known; allowed: local, mcp'],
    [
      'feature_server: {metrics: {feature_count_bins: [5, 5]}}',
      'feature_server.metrics.feature_count_bins (line 3): its numbers must grow',
    ],
    ['auth: {}', 'auth (line 3): it names no way to know callers; allowed: no_auth, kubernetes, oidc'],
    ['auth: {type: ldap}', 'auth.type (line 3): it names no way to know callers'],
    ['auth: {type: oidc, token: t, token_env_var: E}', 'auth (line 3): only one of these may be there: token; token_env_var'],
    ['auth: {type: oidc, client_secret: s}', 'auth (line 3): client_secret, auth_discovery_url and client_id are only good together'],
    [
      'entity_key_serialization_version: 4',
      'entity_key_serialization_version (line 3): there is no such version of entity keys; allowed: 1, 2, 3',
    ],
    ['entity_key_serialization_version: "3"', 'it must be a whole number, not text'],
    ['materialization: {online_write_batch_size: 0}', 'materialization.online_write_batch_size (line 3): it must be greater than 0'],
    ['charmed_feast: {integer: number}', 'charmed_feast.integer (line 3): there is no such key, the nearest is "integers"'],
    ['charmed_feast: {online: {pool_size: 0}}', 'charmed_feast.online.pool_size (line 3): it must be 1 at least'],
  ])('are refused: %s', (line, why) => {
    expect(refusal(line.startsWith('registry') ? `project: demo\n${line}\n` : `${least}${line}\n`)).toContain(why)
  })
})

describe('a project', () => {
  test.each(['demo', 'a-b', 'A1_', '1', 'é', '数'])('may be called %s', (project) => {
    expect(parse(`project: "${project}"\nregistry: r\nonline_store: null\n`).project).toBe(project)
  })

  test.each(['', '_a', '-a', 'a b', 'a.b', 'a/b', 'a"b'])('may not be called %s', (project) => {
    expect(refusal(`project: '${project}'\nregistry: r\nonline_store: null\n`)).toContain('project (line 1): a project has letters')
  })

  test('with a hyphen is refused by SQLite and warned of elsewhere', () => {
    expect(refusal('project: a-b\nregistry: r\n')).toBe(
      'project (line 1): a project with a hyphen has no table in SQLite; use an underscore',
    )
    expect(parse(`project: a-b\nregistry: r\nonline_store: {${postgres}}\n`).warnings).toEqual([
      "project (line 1): Python's Feast refuses a project with a hyphen; use an underscore",
    ])
  })
})

describe('the whole file', () => {
  test('is refused with all that is wrong, a line each', () => {
    expect(refusal('project: 5\nonline_store: {type: postgres, hots: h}\nauth: {type: x}\n').split('\n  ')).toEqual([
      'project (line 1): it must be text, not a whole number; quote it',
      'registry (line 1): it is missing; it names a file or a database',
      'online_store.hots (line 2): there is no such key, the nearest is "host"',
      'online_store.host (line 2): it is missing',
      'online_store.database (line 2): it is missing',
      'online_store.user (line 2): it is missing',
      'online_store.password (line 2): it is missing',
      'auth.type (line 3): it names no way to know callers; allowed: no_auth, kubernetes, oidc',
    ])
  })

  test.each([
    ['', 'line 1: it is empty; it needs project and registry at least'],
    ['# nothing\n', 'line 1: it is empty; it needs project and registry at least'],
    ['- a\n', 'line 1: it must be a map'],
    ['project: demo\nregistry: a: b\n', 'line 2: there are two ": " on one line; quote the value'],
  ])('is refused: %j', (yaml, why) => {
    expect(refusal(yaml)).toBe(why)
  })

  test('warns of keys that nobody knows and keeps them', () => {
    const config = parse(`${least}online_stor: x\nflags: {a: true}\n`)
    expect(config.warnings).toEqual([
      'online_stor (line 3): there is no such key, the nearest is "online_store"',
      'flags (line 4): Feast has no flags any more, and neither have we',
    ])
    expect(config.written).toMatchObject({ online_stor: 'x' })
  })

  test('warns of variables that are not set', () => {
    expect(parse(`${least}project_description: "\${NOT_SET}"\n`).warnings).toEqual([
      'line 3: a variable in braces is not set, and stays as it stands',
    ])
  })

  test('has its variables put in before it is read, so that digits become a number', () => {
    const yaml = `${least}online_store: {${postgres.replace('password: p', 'password: $PW')}}\n`
    expect(parse(yaml, { PW: 's3cret' }).onlineStore).toMatchObject({ password: 's3cret' })
    expect(refusal(yaml, { PW: '1234' })).toBe('online_store.password (line 3): it must be text, not a whole number; quote it')
  })

  test.each([
    '*anchor',
    '1234',
    'yes',
    '@at',
    'a: b',
    '{open',
    '"quote',
    '%p',
    '[x]',
    '!tag',
    '`tick',
    'back\\slash"',
    '\u0007bell',
    '| pipe',
    '- dash',
    '{a: 1}',
    '&anchor',
  ])('never shows a password that breaks it: %s', (password) => {
    const yaml = `project: demo\nregistry: {registry_type: sql, path: "postgresql://u:\${PW}@h:x/d"}\nonline_store:\n  type: postgres\n  port: bad\n  password: \${PW}\n`
    const why = refusal(yaml, { PW: password })
    expect(why).not.toContain(password)
    expect(why.length).toBeGreaterThan(0)
  })
})
