import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { listen, registryChannel, type Store, type StoreConfig } from '@charmed-feast/store'
import { type Openings, openingsPolicy, type Policy } from './decision.ts'
import { serverError } from './errors.ts'
import { openEvents } from './event/hub.ts'
import { buildApp, notFound } from './http/app.ts'
import { contentPolicy, foreignContentPolicy } from './http/headers.ts'
import { hostPages } from './page/host.ts'
import { safePrefix } from './page/index-page.ts'
import { openRecords } from './record/records.ts'
import { type Hear, registryFeed } from './registry/feed.ts'
import type { Rooms } from './route.ts'
import { openRunner } from './run/runner.ts'
import { openSourceReader } from './value/source-reader.ts'

/** What a server is started with. */
export interface ServerOptions {
  readonly store: Store
  readonly config: StoreConfig
  /** The loopback address unless told. */
  readonly host?: string
  /** 0: any that is free. */
  readonly port: number
  /** The path that a gateway serves us under: `/feast`. Requests with it and without it are answered alike. */
  readonly rootPath?: string
  readonly tls?: { readonly key: Buffer; readonly cert: Buffer } | undefined
  /** The folder of the pages; without it only the API is served, with the prefix `/api/v1` and without it. */
  readonly pages?: string | undefined
  /** Who wrote the pages. Feast's own write styles inline and carry no token: then the browser's word on where a request comes from decides. */
  readonly pagesBy?: 'us' | 'others'
  readonly openings?: Partial<Omit<Openings, 'identified'>>
  /** Networks whose word on users is believed. */
  readonly trustedProxies?: readonly string[]
  /** The header that names the user: `kubeflow-userid` unless told. */
  readonly userHeader?: string
  /** Names that a server on the loopback address answers for beside `localhost`. */
  readonly allowedHosts?: readonly string[]
  /** Decides instead of {@link openingsPolicy}. */
  readonly decide?: Policy
  /** How long a run stays a server's that gives no sign of life; 20 unless told. Then another server goes on with it. */
  readonly leaseSeconds?: number
  /** Microseconds since 1970 (UTC). */
  readonly now?: () => bigint
  /** Told of failures behind answers. */
  readonly report?: (error: unknown) => void
}

/** A server that listens. */
export interface Server extends AsyncDisposable {
  /** `http://127.0.0.1:8888` */
  readonly url: string
  readonly rooms: Rooms
  close(): Promise<void>
}

const loopbacks: readonly string[] = ['127.0.0.1', 'localhost', '::1']

/** The pages as this package is shipped with them, or as the repository builds them. */
export const defaultPages = (): string => fileURLToPath(new URL('../../ui/dist', import.meta.url))

const hearing = ({ registry }: StoreConfig, report: (error: unknown) => void): Hear | undefined => {
  if (registry.kind !== 'sql' || registry.target === null || registry.target.pooled) return undefined
  const { target } = registry
  return (changed) => listen(target, registryChannel, { onPayload: changed, onListening: changed, onError: report })
}

const rootOf = (path: string): string => {
  const root = safePrefix(path)
  if (root === undefined) throw serverError('SERVER_VALUE_INVALID', ['root path', path, 'it has to be a path such as /feast'])
  return root
}

const roomsOf = (options: ServerOptions): Rooms => {
  const { store, config, now = () => BigInt(Date.now()) * 1000n, report = () => undefined } = options
  const { data = false, writes = false, sql = false } = options.openings ?? {}
  const identified = (options.trustedProxies ?? []).length > 0
  const feed = registryFeed({
    registry: store.registry,
    now,
    ttlSeconds: config.registry.cacheTtlSeconds,
    hear: hearing(config, report),
    onError: report,
  })
  const records = openRecords(config, report)
  const runner = openRunner({
    store,
    records,
    now,
    works: writes && config.onlineStore !== null,
    leaseSeconds: options.leaseSeconds ?? 20,
    refresh: () => feed.refresh(),
    report,
  })
  const events = openEvents({ feed, runner })
  const sources = openSourceReader(config)
  return {
    store,
    config,
    feed,
    runner,
    records,
    events,
    sources,
    now,
    startedAt: now(),
    besidePages: options.pages !== undefined,
    report,
    decide: options.decide ?? openingsPolicy({ data, writes, sql, identified }),
  }
}

/**
 * Starts the registry's REST API, and with `pages` the web UI around it. The store stays the caller's to close.
 *
 * @throws SERVER_VALUE_INVALID for a root path, a network or a folder of pages that cannot be
 *
 * @example
 * await using server = await startServer({ store, config, port: 6572 })
 * await fetch(`${server.url}/api/v1/projects`)
 */
export const startServer = async (options: ServerOptions): Promise<Server> => {
  const { host = '127.0.0.1', port, tls, pages } = options
  const rootPath = rootOf(options.rootPath ?? '')
  const rooms = roomsOf(options)
  const app = await buildApp({
    rooms,
    rootPath,
    bare: pages === undefined,
    tokens: options.pagesBy !== 'others',
    hosts: loopbacks.includes(host) ? [...loopbacks, '[::1]', ...(options.allowedHosts ?? [])] : undefined,
    tls,
    gateway: { proxies: options.trustedProxies ?? [], userHeader: options.userHeader ?? 'kubeflow-userid' },
  })
  const { server } = app
  if (pages === undefined) server.setNotFoundHandler((request) => Promise.reject(notFound(request.url.replace(/\?.*$/s, ''))))
  else await hostPages(app, { rooms, folder: pages, rootPath, policy: options.pagesBy === 'others' ? foreignContentPolicy : contentPolicy })
  await server.listen({ host, port })
  // Listening on a host and a port, not on a socket of the file system.
  const { address, port: actual, family } = server.server.address() as AddressInfo
  const close = async (): Promise<void> => {
    rooms.events.close()
    await server.close()
    await rooms.runner[Symbol.asyncDispose]()
    await rooms.records[Symbol.asyncDispose]()
    await rooms.sources[Symbol.asyncDispose]()
    await rooms.feed[Symbol.asyncDispose]()
  }
  const shown = family === 'IPv6' ? `[${address}]` : address
  return { url: `${tls === undefined ? 'http' : 'https'}://${shown}:${actual}`, rooms, close, [Symbol.asyncDispose]: close }
}
