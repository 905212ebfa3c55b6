import { KubernetesError, type KubernetesObject } from '@charmed-feast/charm'

import type { Cluster } from '../../../tools/cluster.ts'
import { definitions } from '../../src/cluster/definitions.ts'
import { connectKubernetes, type KubernetesCall, type KubernetesConnection } from '../../src/kubernetes/connection.ts'
import { readKubeconfig } from '../../src/kubernetes/kubeconfig.ts'
import { until } from '../cluster/open.ts'

/** A real API server as a test has it: nothing of other tests, and its administrator. */
export interface RealCluster extends AsyncDisposable {
  readonly kubernetes: KubernetesConnection
  readonly create: (path: string, object: object) => Promise<KubernetesObject>
}

const definitionsPath = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const controllersPath = '/apis/metacontroller.k8s.io/v1alpha1/decoratorcontrollers'
const webhooksPath = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations'
/** What tests leave in namespaces. */
const collections = [
  ...['/api/v1 secrets', '/api/v1 configmaps', '/api/v1 serviceaccounts', '/api/v1 pods', '/api/v1 events'],
  ...['/apis/apps/v1 statefulsets', '/apis/kubeflow.org/v1alpha1 poddefaults'],
]
const ofTheServer = ['default', 'kube-system', 'kube-public', 'kube-node-lease', 'kubeflow']

const ignoreMissing = async (work: Promise<unknown>): Promise<void> => {
  try {
    await work
  } catch (error) {
    if (!(error instanceof KubernetesError) || error.status !== 404) throw error
  }
}

const serveDefinitions = async (kubernetes: KubernetesConnection): Promise<void> => {
  for (const definition of definitions) {
    const path = `${definitionsPath}/${definition.metadata.name}`
    const query = { fieldManager: 'test', force: 'true' }
    await kubernetes.call({ method: 'PATCH', path, query, contentType: 'application/apply-patch+yaml', body: definition })
  }
  for (const { spec } of definitions) {
    const { group, names, versions } = spec as {
      readonly group: string
      readonly names: { readonly plural: string }
      readonly versions: readonly { readonly name: string }[]
    }
    // Served a moment after it was defined.
    await until(() => kubernetes.list(`/apis/${group}/${versions[0]?.name}/${names.plural}`).catch(() => null), 30_000)
  }
}

const emptyNamespace = async (kubernetes: KubernetesConnection, name: string): Promise<void> => {
  for (const collection of collections) {
    const [root, plural] = collection.split(' ')
    await kubernetes.call({ method: 'DELETE', path: `${root}/namespaces/${name}/${plural}`, query: { gracePeriodSeconds: '0' } })
  }
}

/** Ends a namespace at once, as the namespace controller does after a while. */
const endNamespace = async (kubernetes: KubernetesConnection, name: string): Promise<void> => {
  const path = `/api/v1/namespaces/${name}`
  await ignoreMissing(
    kubernetes.call({ method: 'PATCH', path, contentType: 'application/merge-patch+json', body: { metadata: { finalizers: null } } }),
  )
  await ignoreMissing(emptyNamespace(kubernetes, name))
  await ignoreMissing(kubernetes.call({ method: 'DELETE', path }))
  const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name }, spec: { finalizers: [] } }
  await ignoreMissing(kubernetes.call({ method: 'PUT', path: `${path}/finalize`, body }))
  await until(
    () =>
      kubernetes.call({ method: 'GET', path }).then(
        () => false,
        () => true,
      ),
    30_000,
  )
}

const clear = async (kubernetes: KubernetesConnection): Promise<void> => {
  for (const path of [controllersPath, webhooksPath]) await kubernetes.call({ method: 'DELETE', path })
  const { items } = await kubernetes.list('/api/v1/namespaces')
  for (const { metadata } of items) if (!ofTheServer.includes(metadata.name)) await endNamespace(kubernetes, metadata.name)
  for (const path of ['secrets', 'events']) await kubernetes.call({ method: 'DELETE', path: `/api/v1/namespaces/default/${path}` })
}

/** A path's group and version: an API server asks for them in the object as well, where its kind is defined by others. */
const versionAt = (path: string): string => /^\/apis?\/((?:[^/]+\.[^/]+\/|apps\/)?v\d\w*)\//.exec(path)?.[1] ?? ''

const told = (
  connection: KubernetesConnection,
  onRequest: (method: string, path: string, status: number) => void,
): KubernetesConnection => ({
  ...connection,
  call: async (call: KubernetesCall) => {
    try {
      const object = await connection.call(call)
      onRequest(call.method, call.path, call.method === 'POST' ? 201 : 200)
      return object
    } catch (error) {
      if (error instanceof KubernetesError) onRequest(call.method, call.path, error.status)
      throw error
    }
  },
})

/**
 * Makes the opener of tests that shall run on a real API server: what others left is taken away, the definitions are served.
 *
 * @example
 * const open = openOn(cluster)
 * await using opened = await open()
 */
export const openOn =
  (cluster: Cluster) =>
  async ({
    onRequest = () => undefined,
  }: {
    readonly onRequest?: (method: string, path: string, status: number) => void
  } = {}): Promise<RealCluster> => {
    const connection = connectKubernetes(await readKubeconfig(cluster.kubeconfig))
    await serveDefinitions(connection)
    await clear(connection)
    const kubernetes = told(connection, onRequest)
    return {
      kubernetes,
      create: (path, object) => kubernetes.call({ method: 'POST', path, body: { apiVersion: versionAt(path), ...object } }),
      [Symbol.asyncDispose]: async () => connection[Symbol.dispose](),
    }
  }
