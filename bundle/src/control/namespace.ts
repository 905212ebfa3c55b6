import { KubernetesError } from '@charmed-feast/charm'

import { bundleError } from '../errors.ts'
import type { KubernetesConnection } from '../kubernetes/connection.ts'

/**
 * Makes a user's namespace with the labels that a profile of Kubeflow gives it; one that is there stays as it is.
 *
 * @throws BUNDLE_COMMAND_INVALID for a name that Kubernetes refuses
 *
 * @example
 * await addNamespace(kubernetes, 'alice')
 */
export const addNamespace = async (kubernetes: KubernetesConnection, name: string): Promise<void> => {
  const labels = { 'user.kubeflow.org/enabled': 'true', 'app.kubernetes.io/part-of': 'kubeflow-profile' }
  const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } }
  try {
    await kubernetes.call({ method: 'POST', path: '/api/v1/namespaces', body })
  } catch (error) {
    if (!(error instanceof KubernetesError)) throw error
    if (error.status === 409) return
    throw bundleError('BUNDLE_COMMAND_INVALID', ['add-namespace', error.message], { cause: error })
  }
}
