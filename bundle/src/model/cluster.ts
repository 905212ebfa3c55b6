import type { KubernetesObject } from '@charmed-feast/charm'

/** Where Kubernetes lists objects of these kinds, and what Juju makes of them for an application: one StatefulSet, one Service. */
const collections = { StatefulSet: '/apis/apps/v1', Service: '/api/v1' } as const

/**
 * What Juju makes in the cluster for an application, each with the path that it is posted to.
 *
 * @example
 * jujuObjects('kubeflow', 'feast-ui')[1]?.path   // '/api/v1/namespaces/kubeflow/services'
 */
export function jujuObjects(namespace: string, name: string): readonly { readonly path: string; readonly object: KubernetesObject }[] {
  const labels = { 'app.kubernetes.io/name': name }
  const path = (kind: keyof typeof collections): string => `${collections[kind]}/namespaces/${namespace}/${kind.toLowerCase()}s`
  return [
    {
      path: path('StatefulSet'),
      object: {
        apiVersion: 'apps/v1',
        kind: 'StatefulSet',
        metadata: { name, namespace },
        spec: { template: { metadata: { labels } } },
      },
    },
    {
      path: path('Service'),
      object: {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name, namespace, labels: { 'app.kubernetes.io/managed-by': 'juju', ...labels } },
        spec: { type: 'ClusterIP', selector: labels, ports: [{ name: 'placeholder', port: 65_535, targetPort: 65_535 }] },
      },
    },
  ]
}
