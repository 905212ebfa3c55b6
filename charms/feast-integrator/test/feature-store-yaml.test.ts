import { meaningOf } from '@charmed-feast/charm/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import type { Database } from '../src/database.ts'
import type { FeatureStore } from '../src/feature-store.ts'
import { renderFeatureStoreYaml } from '../src/feature-store-yaml.ts'

const database: Database = { host: 'h', port: 5432, database: 'd', user: 'u', password: 'p', tls: { mode: 'prefer' } }
const store: FeatureStore = {
  project: 'feast_project',
  registryCacheTtlSeconds: 60,
  entityKeyVersion: 2,
  registry: { ...database, database: 'registry' },
  offlineStore: database,
  onlineStore: database,
}

// Whatever a databag can hold: Juju carries no NUL and no half surrogate pair.
const text = fc.string({ unit: 'binary', minLength: 1 }).filter((value) => value.isWellFormed() && !value.includes('\0'))

test('reads as is documented', () => {
  expect(renderFeatureStoreYaml(store, { folder: '/feast' })).toBe(`project: "feast_project"
registry:
  registry_type: "sql"
  path: "postgresql://u:p@h:5432/registry?sslmode=prefer"
  cache_ttl_seconds: 60
  sqlalchemy_config_kwargs:
    echo: false
    pool_pre_ping: true
provider: "local"
offline_store:
  type: "postgres"
  host: "h"
  port: 5432
  database: "d"
  db_schema: "public"
  user: "u"
  password: "p"
  sslmode: "prefer"
online_store:
  type: "postgres"
  host: "h"
  port: 5432
  database: "d"
  db_schema: "public"
  user: "u"
  password: "p"
  sslmode: "prefer"
entity_key_serialization_version: 2
`)
})

describe('whatever user and password hold', () => {
  test('arrives as it is, in the keys and in the URL', () => {
    fc.assert(
      fc.property(text, text, text, (user, password, name) => {
        const odd = { ...database, user, password, database: name }
        const rendered = renderFeatureStoreYaml({ ...store, registry: odd, offlineStore: odd, onlineStore: odd }, { folder: '/feast' })
        expect(meaningOf(rendered)).toMatchObject({
          registry: { path: { user, password, host: 'h', port: '5432' } },
          offline_store: { user, password, database: name },
          online_store: { user, password, database: name },
        })
        const [, path = ''] = /^ {2}path: (.*)$/m.exec(rendered) ?? []
        const url = new URL(JSON.parse(path))
        expect([decodeURIComponent(url.username), decodeURIComponent(url.password), decodeURIComponent(url.pathname.slice(1))]).toEqual([
          user,
          password,
          name,
        ])
      }),
    )
  })

  test('keeps its braces from a template engine, and arrives all the same', () => {
    fc.assert(
      fc.property(text, (odd) => {
        const password = `{{ ${odd} }}{% ${odd} %}{# #}`
        const rendered = renderFeatureStoreYaml(
          { ...store, onlineStore: { ...database, password } },
          { folder: '/feast', projectTemplate: '{{NAMESPACE}}' },
        )
        expect(rendered.match(/[{}]+/g)).toEqual(['{{', '}}'])
        expect(meaningOf(rendered.replace('{{NAMESPACE}}', 'alice'))).toMatchObject({ project: 'alice', online_store: { password } })
      }),
    )
  })

  test('is written without a character that YAML calls unprintable', () => {
    const password = '\u007f\u0085\u2028\u2029\ufeff\ufffe\u0001'
    const rendered = renderFeatureStoreYaml({ ...store, onlineStore: { ...database, password } }, { folder: '/feast' })
    expect(rendered).toMatch(/^[\n\x20-\x7e]*$/)
    expect(meaningOf(rendered)).toMatchObject({ online_store: { password } })
  })
})

test('IPv6 stands in brackets in the URL and without them in the keys', () => {
  const six = { ...database, host: 'fd00::15', port: 6432 }
  const rendered = renderFeatureStoreYaml({ ...store, registry: six, onlineStore: six }, { folder: '/feast' })
  expect(rendered).toContain('path: "postgresql://u:p@[fd00::15]:6432/d?sslmode=prefer"')
  expect(rendered).toContain('host: "fd00::15"\n  port: 6432')
})

test('with a certificate authority the server is verified by it, in the keys and in the URL', () => {
  const safe: Database = { ...database, tls: { mode: 'verify-full', ca: 'PEM' } }
  const rendered = renderFeatureStoreYaml({ ...store, registry: safe, offlineStore: safe }, { folder: '/home/ubuntu' })
  expect(rendered).toContain('?sslmode=verify-full&sslrootcert=/home/ubuntu/registry-ca.crt"')
  expect(rendered).toContain('sslmode: "verify-full"\n  sslrootcert_path: "/home/ubuntu/offline-store-ca.crt"')
  expect(rendered.match(/sslmode: "prefer"/g)).toHaveLength(1)
  expect(rendered).not.toContain('PEM')
})
