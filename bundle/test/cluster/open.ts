import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { KubernetesObject } from '@charmed-feast/charm'

import { type Cluster, type ClusterOptions, openCluster } from '../../src/cluster/cluster.ts'
import { connectKubernetes, type KubernetesConnection } from '../../src/kubernetes/connection.ts'

/** A cluster of a test's own, and its administrator. */
export interface TestCluster extends AsyncDisposable {
  readonly folder: string
  readonly cluster: Cluster
  readonly kubernetes: KubernetesConnection
  readonly create: (path: string, object: object) => Promise<KubernetesObject>
}

/** Opens a cluster in a folder, by default a new one that goes with it. */
export const openTestCluster = async (given: { readonly folder?: string } & Partial<ClusterOptions> = {}): Promise<TestCluster> => {
  const folder = given.folder ?? (await mkdtemp(join(tmpdir(), 'feast-cluster-')))
  const cluster = await openCluster({ address: { host: '127.0.0.1', port: 0 }, clock: () => new Date(), ...given, folder })
  const kubernetes = connectKubernetes({ url: cluster.url, token: cluster.adminToken })
  return {
    folder,
    cluster,
    kubernetes,
    create: (path, object) => kubernetes.call({ method: 'POST', path, body: object }),
    [Symbol.asyncDispose]: async () => {
      kubernetes[Symbol.dispose]()
      await cluster[Symbol.asyncDispose]()
      if (given.folder === undefined) await rm(folder, { recursive: true })
    },
  }
}

/** A user's namespace as Kubeflow's profiles make it. */
export const userNamespace = (name: string): object => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels: { 'user.kubeflow.org/enabled': 'true', 'app.kubernetes.io/part-of': 'kubeflow-profile' } },
})

/** Resolves once a condition holds; it is looked at again and again. */
export const until = async <Value>(look: () => Value | Promise<Value>, limit = 10_000): Promise<NonNullable<Value>> => {
  const end = Date.now() + limit
  for (;;) {
    const value = await look()
    if (value) return value
    if (Date.now() > end) throw new Error(`it did not come to pass within ${limit} ms`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
