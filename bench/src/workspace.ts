import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Postgres, startPostgres } from '@charmed-feast/bundle/postgres'
import { openStore, type Store } from '@charmed-feast/store'
import pg from 'pg'

/** A PostgreSQL for one run of a section, with one database for everything, and its two ways in. */
export interface Workspace extends AsyncDisposable {
  readonly postgres: Postgres
  readonly client: pg.Client
  readonly store: Store
  /** The configuration of our store, as its feature_store.yaml would have it. */
  readonly config: Readonly<Record<string, unknown>>
  /** What Feast's RepoConfig takes. */
  readonly feastConfig: Readonly<Record<string, unknown>>
}

const password = 'bench'

/** Starts a durable PostgreSQL (fsync on, no TLS: it is on the loopback address) and opens our store on it. */
export const workspace = async (): Promise<Workspace> => {
  const folder = await mkdtemp(join(tmpdir(), 'feast-bench-'))
  const postgres = await startPostgres({
    directory: folder,
    databases: [{ name: 'bench', user: 'bench', password }],
    settings: { shared_buffers: '1GB' },
  })
  const client = new pg.Client({ connectionString: postgres.url('bench') })
  await client.connect()
  const store = {
    type: 'postgres',
    host: postgres.host,
    port: postgres.port,
    database: 'bench',
    user: 'bench',
    password,
    sslmode: 'disable',
  }
  const registry = { registry_type: 'sql', path: postgres.url('bench') }
  const config = {
    project: 'bench',
    provider: 'local',
    registry,
    offline_store: store,
    online_store: store,
    entity_key_serialization_version: 3,
  }
  const opened = await openStore({
    env: { FEATURE_STORE_YAML_BASE64: Buffer.from(JSON.stringify(config)).toString('base64') },
    live: false,
  })
  return {
    postgres,
    client,
    store: opened,
    config,
    feastConfig: { ...config, registry: { ...registry, path: registry.path.replace('postgresql:', 'postgresql+psycopg:') } },
    async [Symbol.asyncDispose]() {
      await opened[Symbol.asyncDispose]()
      await client.end()
      await postgres.remove()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
