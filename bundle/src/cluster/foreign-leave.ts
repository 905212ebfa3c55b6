import { setTimeout as wait } from 'node:timers/promises'

import type { KubernetesConnection } from '../kubernetes/connection.ts'
import { modelLabel } from '../model/cluster.ts'
import { removeDefinitions } from './foreign-definitions.ts'

/** What {@link clearOut} needs. */
export interface LeaveOptions {
  readonly model: string
  /** The label of the namespace that says whose it is, and its value. */
  readonly uuidLabel: string
  readonly uuid: string
  readonly say: (line: string) => void
}

const controllerName = 'kubeflow-resource-dispatcher-controller'
const controllerPath = `/apis/metacontroller.k8s.io/v1alpha1/decoratorcontrollers/${controllerName}`
const rbac = '/apis/rbac.authorization.k8s.io/v1'

/** The kinds that are dispatched into namespaces. */
const dispatched = [
  ...['configmaps', 'secrets', 'serviceaccounts'].map((plural) => ({ root: '/api/v1', plural })),
  { root: '/apis/kubeflow.org/v1alpha1', plural: 'poddefaults' },
  ...['roles', 'rolebindings'].map((plural) => ({ root: rbac, plural })),
]

/** What metacontroller made stays when its controller goes (real-parts.md §4): so it is taken away by the note that it carries. */
const removeDispatched = async (kubernetes: KubernetesConnection): Promise<void> => {
  for (const { root, plural } of dispatched) {
    for (const { metadata } of await kubernetes.listMetadata(`${root}/${plural}`)) {
      if (metadata.annotations?.['metacontroller.k8s.io/decorator-controller'] !== controllerName) continue
      await kubernetes.remove(`${root}/namespaces/${metadata.namespace}/${plural}/${metadata.name}`)
    }
  }
}

const removeRights = async (kubernetes: KubernetesConnection, model: string): Promise<void> => {
  for (const plural of ['clusterrolebindings', 'clusterroles']) {
    const { items } = await kubernetes.list(`${rbac}/${plural}`, { labelSelector: `${modelLabel}=${model}` })
    for (const { metadata } of items) await kubernetes.remove(`${rbac}/${plural}/${metadata.name}`)
  }
}

/** How long a namespace may take to go, in milliseconds. */
const patience = 60_000

const removeNamespace = async (kubernetes: KubernetesConnection, { model, say }: LeaveOptions): Promise<void> => {
  const path = `/api/v1/namespaces/${model}`
  await kubernetes.remove(path)
  const end = performance.now() + patience
  while ((await kubernetes.find(path)) !== null) {
    if (performance.now() > end) return say(`namespace "${model}" is still being deleted by the cluster`)
    await wait(200)
  }
}

/**
 * Takes away what is in a cluster because of a model, and nothing else: its controller, what was dispatched, its rights, its namespace, and
 * definitions that were made for it and that nobody else uses. Namespaces of users stay, with what is theirs.
 *
 * @throws what the API server refuses
 *
 * @example
 * await clearOut(kubernetes, { model: 'kubeflow', uuidLabel, uuid, say })
 */
export const clearOut = async (kubernetes: KubernetesConnection, options: LeaveOptions): Promise<void> => {
  const { model, uuidLabel, uuid } = options
  const { items } = await kubernetes.list('/api/v1/namespaces', { labelSelector: `${uuidLabel}=${uuid}` })
  if (!items.some(({ metadata }) => metadata.name === model)) return
  await kubernetes.remove(controllerPath)
  await removeDispatched(kubernetes)
  await removeNamespace(kubernetes, options)
  await removeRights(kubernetes, model)
  await removeDefinitions(kubernetes, model)
}
