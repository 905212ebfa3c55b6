import type { KubernetesObject } from '@charmed-feast/charm'

interface Definition {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly plural: string
  readonly scope: 'Namespaced' | 'Cluster'
  /** What `spec` must have. */
  readonly required?: readonly string[]
  readonly status?: true
}

/** In groups of Kubernetes' own domain an API server wants to be told who approved the definition, or that nobody did. */
const isProtected = (group: string): boolean => /(^|\.)(k8s|kubernetes)\.io$/.test(group)
const unapproved = { 'api-approved.kubernetes.io': 'unapproved, a part of what its project publishes' }

const define = ({ group, version, kind, plural, scope, required, status }: Definition): KubernetesObject => {
  const spec = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true, ...(required === undefined ? {} : { required }) }
  const schema = {
    openAPIV3Schema: {
      type: 'object',
      ...(required === undefined ? {} : { required: ['spec'] }),
      properties: { spec, status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
    },
  }
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}`, ...(isProtected(group) ? { annotations: unapproved } : {}) },
    spec: {
      group,
      scope,
      names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
      versions: [{ name: version, served: true, storage: true, schema, ...(status ? { subresources: { status: {} } } : {}) }],
    },
  }
}

/**
 * CustomResourceDefinitions of what Charmed Feast meets in Kubeflow: as little of each as is needed to serve its objects, so that they serve the
 * local cluster and a real API server (real-parts.md §3) alike. Groups, names and required fields are those of the projects themselves.
 *
 * @example
 * for (const definition of definitions) await kubernetes.create(definition)
 */
export const definitions: readonly KubernetesObject[] = [
  define({
    group: 'kubeflow.org',
    version: 'v1alpha1',
    kind: 'PodDefault',
    plural: 'poddefaults',
    scope: 'Namespaced',
    required: ['selector'],
  }),
  define({
    group: 'metacontroller.k8s.io',
    version: 'v1alpha1',
    kind: 'DecoratorController',
    plural: 'decoratorcontrollers',
    scope: 'Cluster',
    required: ['resources'],
    status: true,
  }),
  define({ group: 'networking.istio.io', version: 'v1alpha3', kind: 'VirtualService', plural: 'virtualservices', scope: 'Namespaced' }),
  define({ group: 'security.istio.io', version: 'v1', kind: 'AuthorizationPolicy', plural: 'authorizationpolicies', scope: 'Namespaced' }),
  define({ group: 'gateway.networking.k8s.io', version: 'v1', kind: 'HTTPRoute', plural: 'httproutes', scope: 'Namespaced', status: true }),
]
