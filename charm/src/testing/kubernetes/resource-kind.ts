import type { KubernetesObject } from '../../kubernetes/object.ts'
import type { Target } from './path.ts'

/** A kind that an API server serves, and how URLs call it. */
export interface ResourceKind {
  /** `v1`, `apps/v1`. */
  readonly apiVersion: string
  readonly kind: string
  readonly plural: string
  readonly namespaced: boolean
  /** Whether `status` is written by itself. */
  readonly hasStatus: boolean
  /** What its objects must be like, when a CustomResourceDefinition says so. */
  readonly schema: unknown
}

const core = (kind: string, plural: string, given: { readonly cluster?: true; readonly status?: true; readonly in?: string } = {}) => ({
  apiVersion: given.in ?? 'v1',
  kind,
  plural,
  namespaced: given.cluster !== true,
  hasStatus: given.status === true,
  schema: undefined,
})

const rbac = { in: 'rbac.authorization.k8s.io/v1' } as const

/** What every cluster has, as far as charms, metacontroller and notebooks ask for it. */
const builtIn: readonly ResourceKind[] = [
  core('Namespace', 'namespaces', { cluster: true, status: true }),
  core('Secret', 'secrets'),
  core('ConfigMap', 'configmaps'),
  core('Service', 'services', { status: true }),
  core('ServiceAccount', 'serviceaccounts'),
  core('Pod', 'pods', { status: true }),
  core('Event', 'events'),
  core('StatefulSet', 'statefulsets', { in: 'apps/v1', status: true }),
  core('NetworkPolicy', 'networkpolicies', { in: 'networking.k8s.io/v1' }),
  core('Role', 'roles', rbac),
  core('RoleBinding', 'rolebindings', rbac),
  core('ClusterRole', 'clusterroles', { ...rbac, cluster: true }),
  core('ClusterRoleBinding', 'clusterrolebindings', { ...rbac, cluster: true }),
  core('CustomResourceDefinition', 'customresourcedefinitions', { in: 'apiextensions.k8s.io/v1', cluster: true, status: true }),
]

/** The root path of an API version. */
export const rootOf = (apiVersion: string): string => (apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`)

interface DefinitionSpec {
  readonly group: string
  readonly scope: string
  readonly names: { readonly kind: string; readonly plural: string }
  readonly versions: readonly {
    readonly name: string
    readonly served: boolean
    readonly subresources?: { readonly status?: object }
    readonly schema?: { readonly openAPIV3Schema?: unknown }
  }[]
}

/** The kinds of a CustomResourceDefinition; it was checked when it was made. */
function kindsOf(definition: KubernetesObject): readonly ResourceKind[] {
  const { group, scope, names, versions } = definition.spec as DefinitionSpec
  return versions
    .filter(({ served }) => served)
    .map(({ name, subresources, schema }) => ({
      apiVersion: `${group}/${name}`,
      kind: names.kind,
      plural: names.plural,
      namespaced: scope === 'Namespaced',
      hasStatus: subresources?.status !== undefined,
      schema: schema?.openAPIV3Schema,
    }))
}

/** Whether an object can define kinds. */
export function isDefinition({ apiVersion, kind, spec }: KubernetesObject): boolean {
  const { group, scope, names, versions } = (spec ?? {}) as Partial<DefinitionSpec>
  const named = typeof names?.kind === 'string' && typeof names.plural === 'string'
  return (
    apiVersion === 'apiextensions.k8s.io/v1' &&
    kind === 'CustomResourceDefinition' &&
    typeof group === 'string' &&
    (scope === 'Namespaced' || scope === 'Cluster') &&
    named &&
    Array.isArray(versions)
  )
}

/** The kinds that are served: what every cluster has, and what these definitions define. */
export function servedKinds(definitions: readonly KubernetesObject[]): readonly ResourceKind[] {
  return [...builtIn, ...definitions.filter(isDefinition).flatMap(kindsOf)]
}

/** The kind that a path names. */
export function kindOfTarget(kinds: readonly ResourceKind[], { root, plural, namespace, name }: Target): ResourceKind | undefined {
  const found = kinds.find((each) => rootOf(each.apiVersion) === root && each.plural === plural)
  // A namespaced object has no path without its namespace; one of the cluster none with it.
  return found && (found.namespaced ? name !== undefined && namespace === undefined : namespace !== undefined) ? undefined : found
}
