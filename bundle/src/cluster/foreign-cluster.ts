import { rootCertificates } from 'node:tls'

import { KubernetesError, objectPath } from '@charmed-feast/charm'
import type { HandledRequest, KubernetesHandler } from '@charmed-feast/charm/testing'

import { BundleError, bundleError } from '../errors.ts'
import { connectKubernetes, type KubernetesConnection } from '../kubernetes/connection.ts'
import { readKubeconfig } from '../kubernetes/kubeconfig.ts'
import { modelLabel } from '../model/cluster.ts'
import type { ServiceAccount } from './account.ts'
import { bringDefinitions } from './foreign-definitions.ts'
import { clearOut } from './foreign-leave.ts'
import { applyRights, type ModelCluster, type ModelName } from './model-cluster.ts'

/** Which state folder's model a namespace belongs to. */
const uuidLabel = 'charmed-feast/model-uuid'

/** What {@link openForeignCluster} needs. */
export interface ForeignClusterOptions {
  /** Read whenever it is needed, and never copied. */
  readonly kubeconfig: string
  readonly clock: () => Date
  readonly say: (line: string) => void
}

const statusBody = (status: number, reason: string, message: string): string =>
  JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', message, reason, code: status })

/** An API server that does not answer is to a charm what one is that cannot serve: a refusal, and it tries again. */
const handlerOf = (kubernetes: KubernetesConnection): KubernetesHandler => ({
  handle: async ({ method, path, query, contentType, body }): Promise<HandledRequest> => {
    try {
      return await kubernetes.send({
        // A client of Kubernetes' API knows no other methods.
        method: method as 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
        path,
        ...(query === undefined ? {} : { query }),
        ...(contentType === undefined ? {} : { contentType }),
        ...(body === undefined ? {} : { body: JSON.parse(body) }),
      })
    } catch (error) {
      if (!(error instanceof BundleError)) throw error
      return { status: 503, body: statusBody(503, 'ServiceUnavailable', error.message) }
    }
  },
})

const takeNamespace = async (kubernetes: KubernetesConnection, { name, uuid }: ModelName): Promise<void> => {
  const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { [modelLabel]: name, [uuidLabel]: uuid } } }
  const there = await kubernetes.find(objectPath(object))
  const refuse = (why: string): never => {
    throw bundleError('BUNDLE_KUBERNETES_TAKEN', [`namespace "${name}"`, why])
  }
  if (there === null) await kubernetes.call({ method: 'POST', path: '/api/v1/namespaces', body: object })
  else if (there.metadata.labels?.[uuidLabel] !== uuid) refuse('somebody else made it; choose another with --model')
  else if (there.metadata.deletionTimestamp !== undefined) refuse('it is being deleted; try again when it is gone')
}

const controllerPath = '/apis/metacontroller.k8s.io/v1alpha1/decoratorcontrollers/kubeflow-resource-dispatcher-controller'

/** There is one dispatcher in a cluster: its controller's name is the same in every model. */
const refuseOtherDispatcher = async (kubernetes: KubernetesConnection, { name }: ModelName): Promise<void> => {
  const controller = await kubernetes.find(controllerPath)
  if (controller === null || JSON.stringify(controller.spec).includes(`//resource-dispatcher.${name}:`)) return
  throw bundleError('BUNDLE_KUBERNETES_TAKEN', ['the cluster', 'it has a Resource Dispatcher already, of another model'])
}

/** Service accounts' tokens, each until half of its time is over. */
const tokensOf = (kubernetes: KubernetesConnection, clock: () => Date) => {
  const seconds = 3_600
  const known = new Map<string, { readonly token: string; readonly until: number }>()
  return async ({ namespace, name }: ServiceAccount): Promise<string> => {
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`
    const found = known.get(path)
    if (found !== undefined && clock().getTime() < found.until) return found.token
    const { status } = await kubernetes.call({ method: 'POST', path, body: { spec: { expirationSeconds: seconds } } })
    // What a TokenRequest comes back with.
    const { token } = status as { readonly token: string }
    known.set(path, { token, until: clock().getTime() + seconds * 500 })
    return token
  }
}

/**
 * Opens the cluster that a kubeconfig leads to. Objects are made there by the same code as on the laptop; units go on running on this machine.
 *
 * @throws BUNDLE_KUBECONFIG_INVALID; (when settling in) BUNDLE_KUBERNETES_TAKEN, BUNDLE_KUBERNETES_UNREACHABLE and what the API server refuses.
 *
 * @example
 * await using cluster = await openForeignCluster({ kubeconfig: '/home/me/.kube/config', clock: () => new Date(), say: console.log })
 */
export const openForeignCluster = async ({ kubeconfig, clock, say }: ForeignClusterOptions): Promise<ModelCluster> => {
  const access = await readKubeconfig(kubeconfig)
  if (access.insecure)
    throw bundleError('BUNDLE_KUBECONFIG_INVALID', [kubeconfig, 'it believes any certificate, and the charms do not: name the authority'])
  const kubernetes = connectKubernetes(access)
  const wordsOf = (error: unknown): unknown =>
    error instanceof KubernetesError ? bundleError('BUNDLE_KUBERNETES_REFUSED', [access.url, error.message], { cause: error }) : error
  const refused = async <Value>(work: Promise<Value>): Promise<Value> => {
    try {
      return await work
    } catch (error) {
      throw wordsOf(error)
    }
  }
  const settleIn = async (model: ModelName): Promise<void> => {
    await takeNamespace(kubernetes, model)
    await bringDefinitions(kubernetes, { model: model.name, say })
    await refuseOtherDispatcher(kubernetes, model)
    await applyRights(kubernetes, model)
  }
  return {
    url: access.url,
    // Charms look for an authority beside their token.
    ca: access.ca ?? rootCertificates.join('\n'),
    key: { kubeconfig },
    kubernetes,
    handler: handlerOf(kubernetes),
    tokenOf: tokensOf(kubernetes, clock),
    settleIn: (model) => refused(settleIn(model)),
    leave: (model) => refused(clearOut(kubernetes, { model: model.name, uuidLabel, uuid: model.uuid, say })),
    [Symbol.asyncDispose]: async () => kubernetes[Symbol.dispose](),
  }
}
