import { type KubernetesObject, objectPath } from '@charmed-feast/charm'
import type { KubernetesHandler } from '@charmed-feast/charm/testing'

import { connectKubernetes, type KubernetesConnection } from '../kubernetes/connection.ts'
import { metacontrollerObjects } from '../metacontroller/account.ts'
import { modelLabel } from '../model/cluster.ts'
import { admitPods } from '../notebook/pod-default.ts'
import type { ServiceAccount } from './account.ts'
import { charmRights } from './charm-rights.ts'
import { openCluster } from './cluster.ts'

/** What another process of the same user needs to get in: where the API is, or which kubeconfig says so. */
export type ClusterKey = { readonly url: string; readonly token: string } | { readonly kubeconfig: string }

/** A model, as its cluster knows it. */
export interface ModelName {
  /** The namespace too. */
  readonly name: string
  readonly uuid: string
}

/** The cluster that a model lives in: the laptop's own, or one that a kubeconfig leads to. */
export interface ModelCluster extends AsyncDisposable {
  /** Where charms find its API, and the authority of its certificate. */
  readonly url: string
  readonly ca?: string
  readonly key: ClusterKey
  /** Its API, asked as whoever deploys; closed with this. */
  readonly kubernetes: KubernetesConnection
  /** The same for what runs in this process. */
  readonly handler: KubernetesHandler
  /** A token that is good for some time; asked for again whenever one is needed. */
  readonly tokenOf: (account: ServiceAccount) => Promise<string>
  /** Makes the model's namespace and what must be in the cluster before any hook runs, or takes it up again. */
  readonly settleIn: (model: ModelName) => Promise<void>
  /** Takes away what was made in there for the model, where the cluster is not the model's own. */
  readonly leave: (model: ModelName) => Promise<void>
}

const fieldManager = 'charmed-feast'

const isOfCluster = ({ metadata }: KubernetesObject): boolean => metadata.namespace === undefined

/** Says what the charms and metacontroller may do: nobody in the model is an administrator of the cluster. */
export const applyRights = async (kubernetes: KubernetesConnection, { name }: ModelName): Promise<void> => {
  for (const object of [...(await charmRights(name)), ...metacontrollerObjects(name)]) {
    const labels = { [modelLabel]: name }
    const body = isOfCluster(object) ? { ...object, metadata: { ...object.metadata, labels } } : object
    const query = { fieldManager, force: 'true' }
    await kubernetes.call({ method: 'PATCH', path: objectPath(object), query, contentType: 'application/apply-patch+yaml', body })
  }
}

/**
 * Opens the laptop's own cluster: its objects are kept in a folder.
 *
 * @throws BUNDLE_FOLDER_UNUSABLE
 *
 * @example
 * await using cluster = await openOwnCluster('.state/cluster', () => new Date())
 */
export const openOwnCluster = async (folder: string, clock: () => Date): Promise<ModelCluster> => {
  const cluster = await openCluster({ folder, clock, address: { host: '127.0.0.1', port: 0 }, admit: admitPods })
  const key = { url: cluster.url, token: cluster.adminToken }
  const kubernetes = connectKubernetes(key)
  return {
    url: cluster.url,
    key,
    kubernetes,
    handler: {
      handle: (request) => {
        const { status, value } = cluster.handle(request)
        return { status, body: JSON.stringify(value) }
      },
    },
    tokenOf: async (account) => cluster.tokenOf(account),
    settleIn: async (model) => {
      const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: model.name } }
      // Refused when it is there: then it stays.
      cluster.handle({ method: 'POST', path: '/api/v1/namespaces', body: JSON.stringify(namespace) })
      await applyRights(kubernetes, model)
    },
    leave: async () => undefined,
    [Symbol.asyncDispose]: async () => {
      kubernetes[Symbol.dispose]()
      await cluster[Symbol.asyncDispose]()
    },
  }
}
