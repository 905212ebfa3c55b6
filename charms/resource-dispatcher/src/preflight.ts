import { type Hook, isCharmError, type KubernetesClient, type KubernetesObject } from '@charmed-feast/charm'

import { collectionPath } from './collection.ts'
import { controllerName } from './controller.ts'
import type { Delivery } from './delivery.ts'
import type { Manifest } from './manifest.ts'
import type { Metadata } from './metadata.ts'
import { disagreement } from './pod-default.ts'

/** What stands in the way of an object in a user namespace; a sentence for a person. */
export type Obstacle = string

/** So many manifests are looked after, and so many PodDefaults of others: more would make a hook slow, and one obstacle is said at a time. */
const manifestLimit = 20
const podDefaultLimit = 500

const isOurs = ({ metadata }: KubernetesObject): boolean => {
  const { annotations = {}, ownerReferences } = metadata
  if (annotations['metacontroller.k8s.io/decorator-controller'] === controllerName) return true
  // Only metacontroller lets a namespace control what is in it.
  return Array.isArray(ownerReferences) && ownerReferences.some(({ kind, controller }) => kind === 'Namespace' && controller === true)
}

interface Place {
  readonly kubernetes: KubernetesClient
  /** The namespaces that are looked after. */
  readonly namespaces: ReadonlySet<string>
}

const namespaceOf = ({ metadata }: KubernetesObject): string => metadata.namespace ?? ''

const goesTo = ({ namespace }: Manifest, there: string, { namespaces }: Place): boolean =>
  namespaces.has(there) && (namespace === null || namespace === there)

/** Metacontroller passes over, without a word, an object that was there before (real-parts.md §4). */
const findForeign = async (manifest: Manifest, place: Place): Promise<readonly Obstacle[]> => {
  const path = collectionPath(manifest)
  if (path === null) return []
  const { kind, name } = manifest
  const found = await place.kubernetes.list(path, { fieldSelector: `metadata.name=${name}`, metadataOnly: true })
  return found
    .filter((object) => object.metadata.name === name && goesTo(manifest, namespaceOf(object), place) && !isOurs(object))
    .map((object) => `${kind} "${name}" in namespace ${namespaceOf(object)} was made by somebody else and stays as it is: remove it there`)
}

const findConflicts = async (manifests: readonly Manifest[], place: Place): Promise<readonly Obstacle[]> => {
  const ours = manifests.filter(({ kind }) => kind === 'PodDefault')
  if (ours.length === 0) return []
  const others = await place.kubernetes.list('/apis/kubeflow.org/v1alpha1/poddefaults', { limit: podDefaultLimit })
  return ours.flatMap((manifest) =>
    others
      .filter((other) => other.metadata.name !== manifest.name && goesTo(manifest, namespaceOf(other), place))
      .flatMap((other) => {
        // Its parser has looked at what names an object has; the rest is only read.
        const what = disagreement(manifest.content as KubernetesObject, other)
        const names = `PodDefaults "${manifest.name}" and "${other.metadata.name}" in namespace ${namespaceOf(other)}`
        return what === null ? [] : [`${names} disagree on ${what}, and no notebook starts with both: change the other one`]
      }),
  )
}

const listNamespaces = async (kubernetes: KubernetesClient, label: string): Promise<ReadonlySet<string>> => {
  const found = await kubernetes.list('/api/v1/namespaces', { labelSelector: `${label}=true`, metadataOnly: true })
  return new Set(found.map(({ metadata }) => metadata.name))
}

/**
 * Looks beforehand at what would keep objects from getting into a namespace, or notebooks there from starting. What cannot be read counts as well.
 *
 * @example
 * const obstacles = await observeObstacles(hook, { deliveries, label: 'user.kubeflow.org/enabled' })
 */
export const observeObstacles = async (
  hook: Hook<Metadata>,
  { deliveries, label }: { readonly deliveries: readonly Delivery[]; readonly label: string },
): Promise<readonly Obstacle[]> => {
  const manifests = deliveries.flatMap((delivery) => delivery.manifests).slice(0, manifestLimit)
  if (manifests.length === 0) return []
  try {
    const kubernetes = await hook.kubernetes()
    const place = { kubernetes, namespaces: await listNamespaces(kubernetes, label) }
    if (place.namespaces.size === 0) return []
    const foreign: Obstacle[] = []
    for (const manifest of manifests) foreign.push(...(await findForeign(manifest, place)))
    return [...foreign, ...(await findConflicts(manifests, place))]
  } catch (error) {
    if (!isCharmError(error)) throw error
    return []
  }
}
