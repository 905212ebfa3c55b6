import type { KubernetesObject } from '@charmed-feast/charm'
import { Refusal } from '@charmed-feast/charm/testing'

import { admitPod } from './pod-default.ts'

interface AdmissionRequest {
  readonly uid: string
  readonly namespace: string
  readonly object: KubernetesObject
}

const patchOf = (before: KubernetesObject, after: KubernetesObject): string => {
  const operations = [
    { op: 'replace', path: '/metadata', value: after.metadata },
    { op: 'replace', path: '/spec', value: after.spec },
  ]
  return Buffer.from(JSON.stringify(before === after ? [] : operations)).toString('base64')
}

/**
 * Answers a real API server's AdmissionReview about a pod (admission.k8s.io/v1), with the PodDefaults of the pod's namespace.
 *
 * @example
 * const { body } = await reviewPod(JSON.parse(request), (namespace) => listPodDefaults(namespace))
 */
export const reviewPod = async (
  review: { readonly apiVersion: string; readonly request: AdmissionRequest },
  podDefaultsOf: (namespace: string) => Promise<readonly KubernetesObject[]>,
): Promise<object> => {
  const { apiVersion, request } = review
  const { uid, namespace, object } = request
  const answer = (response: object): object => ({ apiVersion, kind: 'AdmissionReview', response: { uid, ...response } })
  try {
    const admitted = admitPod(object, await podDefaultsOf(namespace))
    return answer({ allowed: true, patchType: 'JSONPatch', patch: patchOf(object, admitted) })
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    // The API server puts the webhook's name before it again.
    return answer({ allowed: false, status: { code: error.status, message: error.message.replace(/^.*denied the request: /, '') } })
  }
}
