import {
  type DesiredObject,
  type Hook,
  isCharmError,
  KubernetesError,
  type KubernetesObject,
  type ObjectReference,
} from '@charmed-feast/charm'

import { dispatchedKinds } from './dispatched-kind.ts'
import { type Metadata, port, servicePort } from './metadata.ts'
import type { Place } from './place.ts'
import { authorizationOf } from './sync-token.ts'

/** What the DecoratorController is called, as the Python charm calls it. */
export const controllerName = 'kubeflow-resource-dispatcher-controller'

const controllerReference = {
  apiVersion: 'metacontroller.k8s.io/v1alpha1',
  kind: 'DecoratorController',
  metadata: { name: controllerName },
} as const satisfies ObjectReference

const serviceReference = ({ app, model }: Place): ObjectReference => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: app, namespace: model },
})

const policyReference = ({ app, model }: Place): ObjectReference => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: `${app}-metacontroller`, namespace: model },
})

/** What the objects depend on. */
export interface ControllerOptions {
  readonly label: string
  readonly networkPolicy: boolean
  /** Whether metacontroller shows a token. */
  readonly withToken: boolean
}

/** Tells metacontroller which namespaces to look after, what to make there, and whom to ask. */
const describeController = (place: Place, { label, withToken }: ControllerOptions): KubernetesObject => ({
  ...controllerReference,
  spec: {
    resources: [{ apiVersion: 'v1', resource: 'namespaces', labelSelector: { matchExpressions: [{ key: label, operator: 'Exists' }] } }],
    attachments: dispatchedKinds.map(({ apiVersion, resource }) => ({ apiVersion, resource, updateStrategy: { method: 'InPlace' } })),
    resyncPeriodSeconds: 10,
    hooks: {
      sync: { webhook: { url: `http://${place.app}.${place.model}:${servicePort}/sync`, ...(withToken ? authorizationOf(place) : {}) } },
    },
  },
})

const describeService = (place: Place): KubernetesObject => ({
  ...serviceReference(place),
  spec: { type: 'ClusterIP', ports: [{ name: place.app, port: servicePort, targetPort: port }] },
})

const nameKey = 'app.kubernetes.io/name'
/** Where ztunnel takes what the mesh carries; the mesh's own policies decide on that. */
const meshPort = 15008

/** The hook server hands out every manifest to whoever asks: only metacontroller's pods get as far as asking (design 25). */
const describePolicy = (place: Place): KubernetesObject => {
  // As Charmed Kubeflow names them (today, and before), and the namespace of metacontroller's own manifests.
  const names = [`${place.model}-metacontroller-operator-charm`, 'metacontroller-operator', 'metacontroller']
  const from = [
    { podSelector: { matchExpressions: [{ key: nameKey, operator: 'In', values: names }] } },
    { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'metacontroller' } } },
  ]
  return {
    ...policyReference(place),
    spec: {
      podSelector: { matchLabels: { [nameKey]: place.app } },
      policyTypes: ['Ingress'],
      ingress: [{ from, ports: [{ protocol: 'TCP', port }] }, { ports: [{ protocol: 'TCP', port: meshPort }] }],
    },
  }
}

/**
 * Finds the uid of the DecoratorController, by which the hook server knows who asks; null when it cannot be read.
 *
 * @example
 * const controllerUid = await findControllerUid(hook)
 */
export const findControllerUid = async (hook: Hook<Metadata>): Promise<string | null> => {
  try {
    const { metadata } = (await (await hook.kubernetes()).get(controllerReference)) ?? { metadata: {} as { readonly uid?: unknown } }
    return typeof metadata.uid === 'string' ? metadata.uid : null
  } catch (error) {
    if (!isCharmError(error)) throw error
    return null
  }
}

/**
 * Whether Kubernetes knows PodDefault: without it metacontroller starts nothing at all (real-parts.md §4). Where that cannot be asked it counts as
 * known. Nothing has the label, so that no object travels.
 *
 * @example
 * const knowsPodDefault = await isPodDefaultKnown(hook)
 */
export const isPodDefaultKnown = async (hook: Hook<Metadata>): Promise<boolean> => {
  try {
    const kubernetes = await hook.kubernetes()
    await kubernetes.list('/apis/kubeflow.org/v1alpha1/poddefaults', { labelSelector: 'charmed-feast/none' })
    return true
  } catch (error) {
    if (!isCharmError(error)) throw error
    return !(error instanceof KubernetesError && error.status === 404)
  }
}

/**
 * Finds the Service of type LoadBalancer that earlier revisions of the Python charm made beside the application's own.
 *
 * @example
 * const loadBalancer = await findLoadBalancer(hook)
 */
export const findLoadBalancer = async (hook: Hook<Metadata>): Promise<ObjectReference | null> => {
  const { app, modelName } = hook.context
  try {
    const found = await (await hook.kubernetes()).get(serviceReference({ app: `${app}-lb`, model: modelName }))
    const { type } = (found?.spec ?? {}) as { readonly type?: unknown }
    return found !== null && type === 'LoadBalancer' ? serviceReference({ app: `${app}-lb`, model: modelName }) : null
  } catch (error) {
    if (!isCharmError(error)) throw error
    return null
  }
}

/**
 * The objects by which metacontroller finds and asks the hook server.
 *
 * @example
 * planController({ app: 'resource-dispatcher', model: 'kubeflow' }, { label: 'user.kubeflow.org/enabled', networkPolicy: true, withToken: false })
 */
export const planController = (place: Place, options: ControllerOptions): readonly DesiredObject[] => [
  { kind: 'apply', object: describeController(place, options) },
  { kind: 'merge', object: describeService(place) },
  options.networkPolicy ? { kind: 'apply', object: describePolicy(place) } : { kind: 'absent', object: policyReference(place) },
]

/**
 * The same objects when the application goes.
 *
 * @example
 * withoutController({ app: 'resource-dispatcher', model: 'kubeflow' })
 */
export const withoutController = (place: Place): readonly DesiredObject[] =>
  [controllerReference, policyReference(place), serviceReference(place)].map((object) => ({ kind: 'absent', object }))
