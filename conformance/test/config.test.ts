import { readFile } from 'node:fs/promises'
import { isDeepStrictEqual } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'
import { describeConfig } from '../../store/src/config/describe.ts'
import { parseConfig, type StoreConfig } from '../../store/src/config/store-config.ts'
import { tested } from '../src/cell-note.ts'
import { type ConfigText, configTexts } from '../src/config-texts.ts'
import { runPython } from '../src/python.ts'

type Verdict = Readonly<Record<string, unknown>> | 'unavailable' | null

const verdicts = async (version: '0.49.0' | '0.67.0', texts: readonly string[]): Promise<readonly Verdict[]> =>
  (await runPython(version, await readFile(new URL('../src/config-verdict.py', import.meta.url), 'utf8'), {
    input: texts,
  })) as readonly Verdict[]

const parse = (text: string): StoreConfig => parseConfig(text, { path: 'feature_store.yaml', repoPath: '/repo', environment: {} })

const accepted = (text: string): StoreConfig | null => {
  try {
    return parse(text)
  } catch {
    return null
  }
}

/** Where we refuse what Feast accepts until the value is used: each is an error sooner, and none a value that works in Python. */
const sooner: readonly ((text: ConfigText) => boolean)[] = [
  // A whole number beyond 2^53, and a timeout that is no number.
  ({ value }) => value === '9999999999999999999' || value === '"nan"',
  // No PostgreSQL connection can be made: no such sslmode, no such port, an empty name, a key without its certificate.
  ({ place }) => /_store\.(?:sslmode|port|sslkey_path|host|user|database)$/.test(place),
  // A registry without a place.
  ({ place, value }) => place === 'registry.path' && value === '""',
  ({ place }) => place === 'registry',
  // A section that is no map: Feast keeps it, and breaks when it reads a field.
  ({ place }) => ['online_store', 'offline_store', 'batch_engine', 'feature_server', 'auth', 'mlflow', 'openlineage'].includes(place),
  ({ place, value }) => place === 'project' && value === '""',
  // Versions of entity keys that nobody knows; Feast takes everything above 2 for 3.
  ({ place }) => place === 'entity_key_serialization_version',
]

/** Where we accept what Feast refuses. */
const laxer: readonly ((text: ConfigText) => boolean)[] = [
  // The words for none are accepted when Feast reads the file, and refused when it opens the store.
  ({ place, value }) => place === 'online_store' && (value === '"none"' || value === '"null"'),
]

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
const derived = ['kind', 'target', 'readTarget', 'poolSize', 'options']

/** A section of ours by Feast's names, without what we derived. */
const section = (value: unknown): unknown => {
  if (typeof value === 'number' && !Number.isFinite(value)) return null
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).flatMap(([name, item]) => (derived.includes(name) ? [] : [[snake(name), section(item)]])))
}

const offline = ({ offlineStore }: StoreConfig): unknown =>
  offlineStore?.kind === 'duckdb' && offlineStore.type !== 'duckdb' ? { type: offlineStore.type } : section(offlineStore)

const summary = (config: StoreConfig): Readonly<Record<string, unknown>> => ({
  project: config.project,
  provider: config.provider,
  entity_key_serialization_version: config.entityKeySerializationVersion,
  registry: section(config.registry),
  online_store: section(config.onlineStore),
  // A type that stands alone makes Feast take the class's own name for it.
  offline_store: config.written.offline_store === 'file' ? { type: 'dask' } : offline(config),
  auth: config.written.auth === null ? null : config.auth.kind === 'no_auth' ? { type: 'no_auth' } : section(config.auth),
  feature_server: section(config.featureServer),
  materialization: section(config.materialization),
  openlineage: section(config.openlineage),
  mlflow: section(config.mlflow),
  embedding_model: section(config.embeddingModel),
  data_quality_monitoring: section(config.dataQualityMonitoring),
})

/** Feast's summary without what it keeps beside its fields, and with the URL as it was written. */
const comparable = (theirs: unknown, ours: unknown): unknown => {
  if (typeof theirs === 'string') return theirs.replace(/^postgresql\+psycopg:/, 'postgresql:')
  if (typeof theirs !== 'object' || theirs === null || Array.isArray(theirs) || typeof ours !== 'object' || ours === null) return theirs
  return Object.fromEntries(
    Object.entries(theirs).flatMap(([name, item]) =>
      name in ours ? [[name, comparable(item, (ours as Record<string, unknown>)[name])]] : [],
    ),
  )
}

describe('Feast 0.67.0', () => {
  let theirs: readonly Verdict[]
  let compared: readonly { readonly at: ConfigText; readonly ours: StoreConfig | null; readonly theirs: Exclude<Verdict, 'unavailable'> }[]
  beforeAll(async () => {
    theirs = await verdicts(
      '0.67.0',
      configTexts.map(({ text }) => text),
    )
    compared = configTexts.flatMap((at, index) => {
      const verdict = theirs[index]
      return verdict === 'unavailable' || verdict === undefined ? [] : [{ at, ours: accepted(at.text), theirs: verdict }]
    })
  })

  test('was asked about every field and every kind of value', () => {
    expect(theirs).toHaveLength(configTexts.length)
    expect(compared.length).toBeGreaterThan(6500)
    expect(compared.filter(({ theirs }) => theirs === null).length).toBeGreaterThan(2500)
    expect(compared.filter(({ theirs }) => theirs !== null).length).toBeGreaterThan(2000)
  })

  test('accepts what we accept', () => {
    const more = compared.filter(({ at, ours, theirs }) => ours !== null && theirs === null && !laxer.some((rule) => rule(at)))
    expect(more.map(({ at }) => `${at.place}: ${at.value}`)).toEqual([])
  })

  test('refuses what we refuse', () => {
    const less = compared.filter(({ at, ours, theirs }) => ours === null && theirs !== null && !sooner.some((rule) => rule(at)))
    expect(less.map(({ at }) => `${at.place}: ${at.value}`)).toEqual([])
  })

  test('reads the same values and the same defaults', () => {
    // As a word alone it leaves Feast without any: its class says no_auth unless a map says otherwise. Ours is what it says.
    const both = compared.filter(
      ({ at, ours, theirs }) => ours !== null && theirs !== null && `${at.place} ${at.value}` !== 'auth kubernetes',
    )
    expect(both.length).toBeGreaterThan(2000)
    const different = both.flatMap(({ at, ours, theirs }) => {
      const mine = summary(ours as StoreConfig)
      const python = comparable(theirs, mine)
      return isDeepStrictEqual(python, comparable(mine, mine)) ? [] : [{ at: `${at.place}: ${at.value}`, mine, python }]
    })
    expect(different).toEqual([])
    tested({ version: '0.67.0', operation: 'configuration' }, { values: compared.length })
  })
})

const charmed = `project: feast_project
registry:
  registry_type: sql
  path: postgresql://u%40:p%3A%2F@10.1.2.3:5432/registry
  cache_ttl_seconds: 60
  sqlalchemy_config_kwargs: {echo: false, pool_pre_ping: true}
provider: local
offline_store: {type: postgres, host: 10.1.2.3, port: 5432, database: offline, db_schema: public, user: "0123", password: "yes", sslmode: prefer}
online_store: {type: postgres, host: 10.1.2.4, port: 5432, database: online, db_schema: public, user: u, password: "a: b #c", sslmode: prefer}
entity_key_serialization_version: 3
charmed_feast: {integers: number, online: {pool_size: 4, pooled: true}}
`

describe.each(['0.49.0', '0.67.0'] as const)('Feast %s', (version) => {
  test('reads a file with our own section, and what we write of it', async () => {
    const text = describeConfig(parse(charmed), { showSecrets: true })
    const [read, written] = await verdicts(version, [charmed, text])
    expect(read).toMatchObject({
      project: 'feast_project',
      offline_store: { user: '0123', password: 'yes' },
      online_store: { password: 'a: b #c' },
    })
    expect(written).toEqual(read)
    tested({ version, operation: 'configuration' }, { values: 2 })
  })
})
