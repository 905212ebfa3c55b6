/** A kind of object that can be dispatched, the endpoint that takes it, and how URLs of the API call it. */
export interface DispatchedKind {
  readonly endpoint: 'config-maps' | 'secrets' | 'service-accounts' | 'pod-defaults' | 'roles' | 'role-bindings'
  readonly apiVersion: string
  readonly kind: string
  readonly resource: string
}

const rbac = 'rbac.authorization.k8s.io/v1'

/**
 * What metacontroller is told to look after, in the Python charm's order. It makes objects of other kinds too, but never deletes them
 * (real-parts.md §4), so that the hook server passes on no others.
 */
export const dispatchedKinds: readonly DispatchedKind[] = [
  { endpoint: 'config-maps', apiVersion: 'v1', kind: 'ConfigMap', resource: 'configmaps' },
  { endpoint: 'secrets', apiVersion: 'v1', kind: 'Secret', resource: 'secrets' },
  { endpoint: 'service-accounts', apiVersion: 'v1', kind: 'ServiceAccount', resource: 'serviceaccounts' },
  { endpoint: 'pod-defaults', apiVersion: 'kubeflow.org/v1alpha1', kind: 'PodDefault', resource: 'poddefaults' },
  { endpoint: 'roles', apiVersion: rbac, kind: 'Role', resource: 'roles' },
  { endpoint: 'role-bindings', apiVersion: rbac, kind: 'RoleBinding', resource: 'rolebindings' },
]

/** An endpoint that takes manifests. */
export type ManifestEndpoint = DispatchedKind['endpoint']

/** The endpoints that take manifests, in the order in which they are looked through. */
export const manifestEndpoints: readonly ManifestEndpoint[] = dispatchedKinds.map(({ endpoint }) => endpoint)

/**
 * Whether an object of this kind is passed on.
 *
 * @example
 * isDispatched({ apiVersion: 'v1', kind: 'Secret' })   // true
 */
export const isDispatched = ({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }): boolean =>
  dispatchedKinds.some((each) => each.apiVersion === apiVersion && each.kind === kind)
