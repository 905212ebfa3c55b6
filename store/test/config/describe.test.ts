import { describe, expect, test } from 'vitest'
import { describeConfig } from '../../src/config/describe.ts'
import { parseConfig, type StoreConfig } from '../../src/config/store-config.ts'

const parse = (yaml: string, environment: Readonly<Record<string, string>> = {}): StoreConfig =>
  parseConfig(yaml, { path: 'feature_store.yaml', repoPath: '/repo', environment })

const yaml = `project: demo
registry:
  registry_type: sql
  path: postgresql://u:\${PW}@db:5432/feast?sslmode=require
  read_path: postgresql://u:\${PW}@db/feast
  sqlalchemy_config_kwargs: {connect_args: {password: \${PW}}}
online_store:
  type: redis
  connection_string: redis:6379,password=\${PW},db=1
offline_store:
  type: postgres
  host: h
  database: "0123"
  user: "yes"
  password: \${PW}
auth: {type: oidc, auth_discovery_url: u, client_id: c, client_secret: \${PW}}
openlineage: {api_key: \${PW}, transport_url: "https://u:\${PW}@lineage"}
entity_key_serialization_version: 3
extra: {url: "amqp://u:p/q@r@mq/v", token: \${PW}, nested: [{secret_key: \${PW}, key: shown, token_env_var: SHOWN}]}
`

describe('what is shown of a configuration', () => {
  const config = parse(yaml, { PW: 's3cret' })

  test('is YAML by the names of Feast, in the order of the file', () => {
    const shown = describeConfig(config)
    expect(Object.keys(parse(shown).written)).toEqual(Object.keys(config.written))
    expect(shown).toContain('path: postgresql://u:********@db:5432/feast?sslmode=require\n')
    expect(shown).toContain('read_path: postgresql://u:********@db/feast\n')
    expect(shown).toContain('url: amqp://u:********@mq/v\n')
    expect(shown).toContain('connection_string: redis:6379,password=********,db=1\n')
    expect(shown).toContain('user: "yes"\n')
    expect(shown).toContain('key: shown\n')
    expect(shown).toContain('token_env_var: SHOWN\n')
  })

  test('holds no password, wherever one stands', () => {
    const shown = describeConfig(config)
    expect(shown).not.toContain('s3cret')
    expect(shown).not.toContain('q@r')
    expect(shown.match(/\*{8}/g)).toHaveLength(11)
  })

  test('is the whole when secrets are asked for: it is read as the same', () => {
    const shown = describeConfig(config, { showSecrets: true })
    expect(shown.match(/s3cret/g)).toHaveLength(10)
    expect({ ...parse(shown), warnings: [] }).toEqual({ ...config, warnings: [] })
  })
})
