import type { KubernetesObject } from '@charmed-feast/charm'
import { type LabelSelector, matchesSelector, Refusal } from '@charmed-feast/charm/testing'

import { mergePodDefaults } from './merge.ts'

/** The annotations of Kubeflow's admission webhook. */
const prefix = 'poddefault.admission.kubeflow.org/'
const mirrorPod = 'kubernetes.io/config.mirror'

const selects = ({ spec }: KubernetesObject, pod: KubernetesObject): boolean => {
  const { selector = {} } = (spec ?? {}) as { readonly selector?: LabelSelector }
  return matchesSelector(pod.metadata.labels ?? {}, selector)
}

const isLeftAlone = ({ metadata: { annotations = {} } }: KubernetesObject): boolean =>
  annotations[`${prefix}exclude`] === 'true' || annotations[mirrorPod] !== undefined

/** Whether a webhook has merged PodDefaults into a pod. */
export const isAdmitted = ({ metadata: { annotations = {} } }: KubernetesObject): boolean =>
  Object.keys(annotations).some((key) => key.startsWith(`${prefix}poddefault-`))

/**
 * A pod as the PodDefaults of its namespace make it: those whose selector fits its labels are merged in, and an annotation for each says which
 * version it was (kubeflow.md §1, real-parts.md §5).
 *
 * @throws {Refusal} 403 as the API server words a webhook's denial, when they cannot be merged: nothing is half done.
 *
 * @example
 * admitPod(pod, podDefaults).spec
 */
export const admitPod = (pod: KubernetesObject, podDefaults: readonly KubernetesObject[]): KubernetesObject => {
  if (isLeftAlone(pod)) return pod
  const matching = podDefaults
    .filter((podDefault) => selects(podDefault, pod))
    .sort((left, right) => (left.metadata.name < right.metadata.name ? -1 : 1))
  if (matching.length === 0) return pod
  const { pod: merged, conflicts } = mergePodDefaults(pod, matching)
  if (conflicts.length > 0) {
    const names = matching.map(({ metadata }) => metadata.name).join(',')
    const why = `conflict occurred while applying poddefaults: ${names} on pod: ${pod.metadata.name} err: ${conflicts.join('; ')}`
    throw new Refusal(403, `admission webhook "admission-webhook.kubeflow.org" denied the request: ${why}`)
  }
  const versions = matching.map(({ metadata }) => [`${prefix}poddefault-${metadata.name}`, String(metadata.resourceVersion ?? '')] as const)
  return {
    ...merged,
    metadata: { ...merged.metadata, annotations: { ...merged.metadata.annotations, ...Object.fromEntries(versions) } },
  }
}

const isProfile = (namespace: KubernetesObject | undefined): boolean =>
  namespace?.metadata.labels?.['app.kubernetes.io/part-of'] === 'kubeflow-profile'

/**
 * The admission of a cluster: pods in the namespaces of Kubeflow's profiles get their PodDefaults, everything else stays as it is. For
 * `openCluster`'s `admit`.
 *
 * @example
 * await openCluster({ folder, address, clock, admit: admitPods })
 */
export const admitPods = (object: KubernetesObject, list: (path: string) => readonly KubernetesObject[]): KubernetesObject => {
  const { namespace } = object.metadata
  if (object.apiVersion !== 'v1' || object.kind !== 'Pod' || namespace === undefined) return object
  if (!isProfile(list('/api/v1/namespaces').find(({ metadata }) => metadata.name === namespace))) return object
  return admitPod(object, list(`/apis/kubeflow.org/v1alpha1/namespaces/${namespace}/poddefaults`))
}
