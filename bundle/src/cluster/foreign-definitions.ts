import { setTimeout as wait } from 'node:timers/promises'

import { type KubernetesObject, objectPath } from '@charmed-feast/charm'

import type { KubernetesConnection } from '../kubernetes/connection.ts'
import { modelLabel } from '../model/cluster.ts'
import { definitions } from './definitions.ts'

/** What the bundle cannot be without in a cluster. */
const needed = ['PodDefault', 'DecoratorController', 'VirtualService']

/** The collection that a definition makes the cluster serve. */
const servedPath = ({ spec }: KubernetesObject): string => {
  // A definition of ours or one that an API server took.
  const { group, names, versions } = spec as {
    readonly group: string
    readonly names: { readonly plural: string }
    readonly versions: readonly { readonly name: string }[]
  }
  return `/apis/${group}/${versions[0]?.name}/${names.plural}`
}

const kindOf = ({ spec }: KubernetesObject): string => String((spec as { readonly names: { readonly kind: string } }).names.kind)

const isServed = async (kubernetes: KubernetesConnection, definition: KubernetesObject): Promise<boolean> =>
  (await kubernetes.send({ method: 'GET', path: servedPath(definition), query: { limit: '1' } })).status === 200

/** A definition is served a moment after it was made. */
const untilServed = async (kubernetes: KubernetesConnection, definition: KubernetesObject): Promise<void> => {
  const signal = AbortSignal.timeout(60_000)
  while (!(await isServed(kubernetes, definition))) await wait(100, undefined, { signal })
}

/**
 * Sees to it that the cluster knows the kinds that the bundle needs: those that are missing are made, as little of each as serves its objects, and
 * said. Kubeflow, metacontroller and Istio bring the whole of them; what is there stays as it is.
 *
 * @example
 * await bringDefinitions(kubernetes, { model: 'kubeflow', say: console.log })
 */
export const bringDefinitions = async (
  kubernetes: KubernetesConnection,
  { model, say }: { readonly model: string; readonly say: (line: string) => void },
): Promise<void> => {
  for (const definition of definitions.filter((each) => needed.includes(kindOf(each)))) {
    const path = objectPath(definition)
    if ((await kubernetes.find(path)) === null) {
      const body = { ...definition, metadata: { ...definition.metadata, labels: { [modelLabel]: model } } }
      await kubernetes.call({ method: 'POST', path: path.replace(/\/[^/]+$/, ''), body })
      say(`the cluster knew no ${kindOf(definition)}: CustomResourceDefinition "${definition.metadata.name}" was made`)
    }
    await untilServed(kubernetes, definition)
  }
}

/**
 * Takes away the definitions that were made for a model, but for those of which somebody has objects by now.
 *
 * @example
 * await removeDefinitions(kubernetes, 'kubeflow')
 */
export const removeDefinitions = async (kubernetes: KubernetesConnection, model: string): Promise<void> => {
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
  const { items } = await kubernetes.list(path, { labelSelector: `${modelLabel}=${model}` })
  for (const definition of items) {
    const left = await kubernetes.listMetadata(servedPath(definition), { limit: '1' })
    if (left.length === 0) await kubernetes.remove(`${path}/${definition.metadata.name}`)
  }
}
