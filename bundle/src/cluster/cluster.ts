import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer as createHttpServer, type Server } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'

import type { KubernetesObject } from '@charmed-feast/charm'
import { type ApiAnswer, type ApiRequest, ApiServer } from '@charmed-feast/charm/testing'

import { bundleError } from '../errors.ts'
import { makeFolder, systemCode } from '../postgres/folder.ts'
import { adminToken, type ServiceAccount, serviceAccountToken } from './account.ts'
import { definitions } from './definitions.ts'
import { openFiles } from './files.ts'
import { listen } from './server.ts'

/** Options of {@link openCluster}. */
export interface ClusterOptions {
  /** Where the objects are kept: made when missing (0700). */
  readonly folder: string
  /** Where the API is served; port 0 is any free one. */
  readonly address: { readonly host: string; readonly port: number }
  readonly clock: () => Date
  /** PEM; with it the API is served over TLS. */
  readonly tls?: { readonly key: string; readonly cert: string }
  /** Changes what is created, as admission webhooks do: {@link admitPod} of `notebook`. May throw a `Refusal`. */
  readonly admit?: (object: KubernetesObject, list: (path: string) => readonly KubernetesObject[]) => KubernetesObject
  /** Told of each request that was answered. */
  readonly onRequest?: (method: string, path: string, status: number) => void
}

/** A cluster of objects on this machine: Kubernetes' API, and no nodes. */
export interface Cluster extends AsyncDisposable {
  readonly url: string
  /** May everything. */
  readonly adminToken: string
  /** The token of a service account, whose rights Roles and their bindings say. */
  readonly tokenOf: (account: ServiceAccount) => string
  /** Asks without HTTP, as the administrator. */
  readonly handle: (request: ApiRequest) => ApiAnswer
}

const create = (server: ApiServer, path: string, object: KubernetesObject): void => {
  const { status, value } = server.handle({ method: 'POST', path, body: JSON.stringify(object) })
  if (status === 201 || status === 409) return
  throw new Error(`cannot create ${object.kind} "${object.metadata.name}": ${JSON.stringify(value)}`)
}

/** What is in every cluster from the beginning. */
const furnish = (server: ApiServer): void => {
  for (const definition of definitions) create(server, '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition)
  for (const name of ['default', 'kube-system']) {
    create(server, '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
  }
  const rules = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }]
  const metadata = { name: 'cluster-admin' }
  const apiVersion = 'rbac.authorization.k8s.io/v1'
  create(server, `/apis/${apiVersion}/clusterroles`, { apiVersion, kind: 'ClusterRole', metadata, rules })
}

const listenAt = async (server: Server, { host, port }: ClusterOptions['address']): Promise<number> => {
  server.listen({ host, port })
  try {
    await once(server, 'listening')
  } catch (error) {
    if (systemCode(error) === 'EADDRINUSE') throw bundleError('BUNDLE_PORT_IN_USE', [String(port)], { cause: error })
    throw error
  }
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : port
}

/**
 * Opens the cluster of a folder: a subset of Kubernetes' API over HTTP that answers as real-parts.md §3 saw the real one answer, with objects that
 * survive `kill -9`. Kinds are those of any cluster and those of CustomResourceDefinitions; the ones that Charmed Feast needs are there.
 *
 * @throws BUNDLE_PORT_IN_USE, BUNDLE_FOLDER_UNUSABLE
 *
 * @example
 * await using cluster = await openCluster({ folder: '.state/cluster', address: { host: '127.0.0.1', port: 0 }, clock: () => new Date() })
 * const kubernetes = connectKubernetes({ url: cluster.url, token: cluster.adminToken })
 */
export const openCluster = async (options: ClusterOptions): Promise<Cluster> => {
  const { folder, address, clock, tls, admit, onRequest } = options
  await makeFolder(folder, 0o700)
  const { store, key, ...kept } = openFiles(folder, () => randomBytes(32))
  const list = (path: string): readonly KubernetesObject[] => {
    const { value } = server.handle({ method: 'GET', path })
    return (value as { readonly items?: readonly KubernetesObject[] }).items ?? []
  }
  const server: ApiServer = new ApiServer({
    store,
    served: 'declared',
    newUid: () => randomUUID(),
    now: clock,
    ...(admit === undefined ? {} : { admit: (object: KubernetesObject) => admit(object, list) }),
  })
  furnish(server)
  const listener = listen({ server, key, onRequest })
  const http = tls === undefined ? createHttpServer(listener) : createHttpsServer({ key: tls.key, cert: tls.cert }, listener)
  const port = await listenAt(http, address)
  return {
    url: `${tls === undefined ? 'http' : 'https'}://${address.host}:${port}`,
    adminToken: adminToken(key),
    tokenOf: (account) => serviceAccountToken(key, account),
    handle: (request) => server.handle(request),
    [Symbol.asyncDispose]: async () => {
      const closed = once(http, 'close')
      http.close()
      http.closeAllConnections()
      await closed
      kept[Symbol.dispose]()
    },
  }
}
