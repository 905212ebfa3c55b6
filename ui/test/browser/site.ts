import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request as ask, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Policy, type Server, startServer } from '@charmed-feast/server'
import { type Definition, loadConfig, openStore, type Store } from '@charmed-feast/store'
import pg from 'pg'
import type { Repository } from '../../../conformance/src/feast-server.ts'
import { testDatabase } from '../../../house/postgres.ts'
import { buildPages } from './build.ts'
import { example, exampleTables } from './definitions.ts'

/** The pages as a user meets them: our server on a real PostgreSQL, below a prefix. */
export interface Site extends AsyncDisposable {
  /** With the prefix, without a slash at the end: `http://127.0.0.1:4711/feast`. */
  readonly url: string
  readonly prefix: string
  readonly store: Store
  readonly server: Server
  /** Where its three stores are, for another Feast to read them. */
  readonly repository: Repository
  sql(text: string): Promise<void>
}

export interface SiteOptions {
  /** `''`, `/feast`, `/a/b`. */
  readonly prefix?: string
  /** A gateway takes the prefix off, and the server is not told of it (as Istio in sidecar mode). */
  readonly gateway?: boolean
  readonly definitions?: readonly Definition[]
  readonly tables?: string
  readonly openings?: Partial<Record<'data' | 'writes' | 'sql', boolean>>
  /** Decides instead of the openings. */
  readonly decide?: Policy
}

/** Takes the prefix off and passes on; what does not begin with it is not ours and answers 421, for a test to see. */
async function startGateway(prefix: string, target: URL) {
  const gateway = createServer((incoming, outgoing) => {
    const path = incoming.url ?? '/'
    if (!path.startsWith(`${prefix}/`)) {
      outgoing.writeHead(421).end()
      return
    }
    const passed = ask(new URL(path.slice(prefix.length), target), { method: incoming.method, headers: incoming.headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    outgoing.on('close', () => passed.destroy())
    passed.on('error', () => outgoing.destroy())
    incoming.pipe(passed)
  })
  await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve))
  const { port } = gateway.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise<void>((resolve) => {
        gateway.close(() => resolve())
        gateway.closeAllConnections()
      }),
  }
}

/**
 * Opens a site.
 *
 * @example
 * await using site = await openSite({ prefix: '/feast' })
 * await page.goto(`${site.url}/p/rides`)
 */
export async function openSite(options: SiteOptions = {}): Promise<Site> {
  const { prefix = '', gateway = false, definitions = example, tables = exampleTables, openings = { data: true, writes: true } } = options
  const pages = await buildPages()
  const { host, port, user, password, database, url } = await testDatabase()
  const folder = await mkdtemp(join(tmpdir(), 'charmed-feast-ui-'))
  const parts = `{type: postgres, host: ${host}, port: ${port}, user: ${user}, password: ${password}, database: ${database}, sslmode: disable}`
  const yaml = [
    'project: rides',
    `registry: {registry_type: sql, path: "${url}?sslmode=disable", cache_ttl_seconds: 60}`,
    `offline_store: ${parts}`,
    `online_store: ${parts}`,
    'entity_key_serialization_version: 3',
  ]
  await writeFile(join(folder, 'feature_store.yaml'), `${yaml.join('\n')}\n`)
  const client = new pg.Client({ connectionString: `${url}?sslmode=disable` })
  await client.connect()
  if (tables !== '') await client.query(tables)
  const store = await openStore({ folder, env: {}, definitions })
  if (definitions.length > 0) await store.apply(definitions)
  const config = await loadConfig({ repoPath: folder, environment: {} })
  const server = await startServer({
    ...{ store, config, port: 0, pages, openings, rootPath: gateway ? '' : prefix },
    ...(options.decide === undefined ? {} : { decide: options.decide }),
  })
  const front = gateway ? await startGateway(prefix, new URL(server.url)) : null
  return {
    url: `${front?.url ?? server.url}${prefix}`,
    prefix,
    store,
    server,
    repository: { host, port, user, password, database, project: 'rides' },
    sql: async (text) => {
      await client.query(text)
    },
    async [Symbol.asyncDispose]() {
      await front?.close()
      await server.close()
      await store[Symbol.asyncDispose]()
      await client.end()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
