import type { KubernetesObject } from '@charmed-feast/charm'

/** What metacontroller's service account is called. */
export const metacontrollerAccount = 'metacontroller'

const rbac = 'rbac.authorization.k8s.io'

const rule = (apiGroups: readonly string[], resources: readonly string[], verbs: readonly string[], resourceNames?: readonly string[]) => ({
  apiGroups,
  resources,
  ...(resourceNames === undefined ? {} : { resourceNames }),
  verbs,
})

/** What it makes in namespaces: the kinds that the dispatcher's controller names. A Role that it makes may allow nothing that it may not itself. */
const makes = [
  { group: '', resources: ['configmaps', 'secrets', 'serviceaccounts'] },
  { group: 'kubeflow.org', resources: ['poddefaults'] },
  { group: rbac, resources: ['roles', 'rolebindings'] },
].map(({ group, resources }) => rule([group], resources, ['list', 'watch', 'create', 'update', 'delete']))

const looksAt = [
  rule(['metacontroller.k8s.io'], ['decoratorcontrollers'], ['list', 'watch']),
  rule([''], ['namespaces'], ['list', 'watch']),
  rule([''], ['events'], ['create']),
]

/**
 * Metacontroller's service account in the model's namespace, and what it may do: look at controllers and namespaces, make what is dispatched, say
 * what went wrong, and read the one token that it shows to the hook server.
 *
 * @example
 * for (const object of metacontrollerObjects('kubeflow')) await apply(object)
 */
export const metacontrollerObjects = (model: string): readonly KubernetesObject[] => {
  const [cluster, namespaced] = [{ name: `${model}-${metacontrollerAccount}` }, { name: metacontrollerAccount, namespace: model }]
  const apiVersion = `${rbac}/v1`
  const subjects = [{ kind: 'ServiceAccount', name: metacontrollerAccount, namespace: model }]
  const roleRef = (kind: string, name: string): object => ({ apiGroup: rbac, kind, name })
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: namespaced },
    { apiVersion, kind: 'ClusterRole', metadata: cluster, rules: [...looksAt, ...makes] },
    { apiVersion, kind: 'ClusterRoleBinding', metadata: cluster, roleRef: roleRef('ClusterRole', cluster.name), subjects },
    { apiVersion, kind: 'Role', metadata: namespaced, rules: [rule([''], ['secrets'], ['get'], ['resource-dispatcher-sync-token'])] },
    { apiVersion, kind: 'RoleBinding', metadata: namespaced, roleRef: roleRef('Role', metacontrollerAccount), subjects },
  ]
}
