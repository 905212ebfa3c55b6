import type { KubernetesObject } from '@charmed-feast/charm'

/** The label of what Juju makes outside of the model's namespace. */
export const modelLabel = 'charmed-feast/model'

/** Where Kubernetes lists objects of these kinds. */
const collections = { StatefulSet: '/apis/apps/v1', Service: '/api/v1', ServiceAccount: '/api/v1' } as const

/** What an application may do to the cluster that was said to be trusted. */
const trustBinding = (namespace: string, name: string): { readonly path: string; readonly object: KubernetesObject } => ({
  path: '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings',
  object: {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: `${namespace}-${name}`, labels: { [modelLabel]: namespace } },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ kind: 'ServiceAccount', name, namespace }],
  },
})

/**
 * What Juju makes in the cluster for an application, each with the path that it is posted to.
 *
 * @example
 * jujuObjects('kubeflow', 'feast-ui', { trusted: false })[1]?.path   // '/api/v1/namespaces/kubeflow/services'
 */
export function jujuObjects(
  namespace: string,
  name: string,
  { trusted }: { readonly trusted: boolean },
): readonly { readonly path: string; readonly object: KubernetesObject }[] {
  const labels = { 'app.kubernetes.io/name': name }
  const path = (kind: keyof typeof collections): string => `${collections[kind]}/namespaces/${namespace}/${kind.toLowerCase()}s`
  return [
    {
      path: path('StatefulSet'),
      object: {
        apiVersion: 'apps/v1',
        kind: 'StatefulSet',
        metadata: { name, namespace },
        // The units run on this machine: in the cluster there is their description, and no pod.
        spec: {
          replicas: 0,
          serviceName: name,
          selector: { matchLabels: labels },
          template: { metadata: { labels }, spec: { containers: [{ name: 'charm', image: 'this-machine' }] } },
        },
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
    { path: path('ServiceAccount'), object: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } } },
    ...(trusted ? [trustBinding(namespace, name)] : []),
  ]
}
