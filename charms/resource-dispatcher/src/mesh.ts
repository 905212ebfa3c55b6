import {
  blocked,
  type DesiredBag,
  type DesiredObject,
  type Hook,
  isCharmError,
  KubernetesError,
  type KubernetesObject,
  type ObjectReference,
  type Relation,
  type Status,
} from '@charmed-feast/charm'
import type { Metadata } from './metadata.ts'
import type { Place } from './place.ts'

type Labels = Readonly<Record<string, string>>

/** What the mesh wants of this application's pods and Service. */
export type Mesh =
  /** Not related, or not this unit's business: nothing is touched. */
  | { readonly kind: 'none' }
  /** Related, and nothing said yet. */
  | { readonly kind: 'silent' }
  /** These labels, and no others that an earlier answer brought. */
  | { readonly kind: 'labels'; readonly labels: Labels; readonly before: Labels }
  /** The relation goes: what it brought is taken away. */
  | { readonly kind: 'gone'; readonly before: Labels | null }
  | { readonly kind: 'invalid'; readonly status: Status }

/** What this charm tells meshes about itself; it asks for no policies. */
export const meshPolicies: DesiredBag = { policies: '[]' }

/** What this charm tells a mesh in another model about itself, with the blanks that Python puts. */
export const crossModelData = ({ app, model }: Place): DesiredBag => ({
  cmr_data: `{"app_name": ${JSON.stringify(app)}, "juju_model_name": ${JSON.stringify(model)}}`,
})

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const parseLabels = (text: string | undefined): Labels | null => {
  const value = parseJson(text ?? '')
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
  const entries = Object.entries(value)
  return entries.every(([, label]) => typeof label === 'string') ? Object.fromEntries(entries) : null
}

const invalid = (app: string, why: string): Mesh => ({
  kind: 'invalid',
  status: blocked(`Invalid relation data from ${app}: ${why}`),
})

/** JSON with the blanks that Python puts, so that a record of either charm is none the other would write anew. */
const printLabels = (labels: Labels): string =>
  `{${Object.entries(labels)
    .map(([key, label]) => `${JSON.stringify(key)}: ${JSON.stringify(label)}`)
    .join(', ')}}`

/** The ConfigMap in which the Python library keeps what it has put on. */
const recordReference = ({ app, model }: Place): ObjectReference => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: `juju-service-mesh-${app}-labels`, namespace: model },
})

const placeOf = ({ context }: Hook<Metadata>): Place => ({ app: context.app, model: context.modelName })

// A record that cannot be read is one that is not there: the write after it says why.
const readRecord = async (hook: Hook<Metadata>): Promise<Labels | null> => {
  try {
    const record = await (await hook.kubernetes()).get(recordReference(placeOf(hook)))
    const { data } = (record ?? {}) as { readonly data?: { readonly labels?: string } }
    return record === null ? null : (parseLabels(data?.labels) ?? {})
  } catch (error) {
    if (isCharmError(error) && error instanceof KubernetesError) return null
    throw error
  }
}

const observeRelated = async (hook: Hook<Metadata>, { app, remoteApp }: Relation<'app' | 'remoteApp'>): Promise<Mesh> => {
  if (Object.keys(remoteApp).length === 0) return { kind: 'silent' }
  const labels = parseLabels(remoteApp.labels)
  if (labels === null) return invalid(app, 'key "labels" is not a JSON object of texts')
  const type = remoteApp.mesh_type === undefined ? 'istio' : parseJson(remoteApp.mesh_type)
  if (type !== 'istio') return invalid(app, `key "mesh_type" is ${remoteApp.mesh_type}; this charm knows "istio"`)
  return { kind: 'labels', labels, before: (await readRecord(hook)) ?? {} }
}

const observeGone = async (hook: Hook<Metadata>): Promise<Mesh> => {
  const { event, context } = hook
  if (event.kind !== 'relation-broken' || event.endpoint !== 'service-mesh') return { kind: 'none' }
  // A unit that goes breaks the relation for itself: the application keeps it.
  if ((await hook.goalState()).units[context.unit]?.status === 'dying') return { kind: 'none' }
  return { kind: 'gone', before: await readRecord(hook) }
}

/**
 * Reads what the mesh wants, and what it wanted before. Cluster objects are the leader's.
 *
 * @example
 * const mesh = await observeMesh(hook, relations)
 */
export const observeMesh = async (hook: Hook<Metadata>, [relation]: readonly Relation<'app' | 'remoteApp'>[]): Promise<Mesh> => {
  if (!(await hook.isLeader())) return { kind: 'none' }
  return relation === undefined ? observeGone(hook) : observeRelated(hook, relation)
}

/** Metacontroller is not in the mesh: it could not ask the hook server without this. */
const policyOf = ({ app, model }: Place): KubernetesObject => ({
  apiVersion: 'security.istio.io/v1',
  kind: 'AuthorizationPolicy',
  metadata: {
    name: `${app}-allow-all`,
    namespace: model,
    labels: { 'app.kubernetes.io/instance': `${app}-${model}`, 'kubernetes-resource-handler-scope': `${app}-allow-all` },
  },
  spec: { selector: { matchLabels: { 'app.kubernetes.io/name': app } }, action: 'ALLOW', rules: [{}] },
})

/** The policy when the application goes. */
export const withoutMesh = (place: Place): readonly DesiredObject[] => [{ kind: 'absent', object: policyOf(place) }]

const mergeLabels = ({ app, model }: Place, labels: Readonly<Record<string, string | null>>): readonly DesiredObject[] => {
  const metadata = { name: app, namespace: model }
  const pods = { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata, spec: { template: { metadata: { labels } } } }
  // A merge patch takes null for "not there", which labels of whole objects never are.
  const service = { apiVersion: 'v1', kind: 'Service', metadata: { ...metadata, labels } } as unknown as KubernetesObject
  return [
    { kind: 'merge', object: pods },
    { kind: 'merge', object: service },
  ]
}

/**
 * The cluster's objects with their labels: the record first, so that no label is forgotten.
 *
 * @example
 * planMesh(mesh, { app: 'resource-dispatcher', model: 'kubeflow' })
 */
export const planMesh = (mesh: Mesh, place: Place): readonly DesiredObject[] => {
  if (mesh.kind === 'none' || mesh.kind === 'silent' || mesh.kind === 'invalid') return []
  const gone = Object.fromEntries(Object.keys(mesh.before ?? {}).map((key) => [key, null]))
  const record = recordReference(place)
  if (mesh.kind === 'gone') {
    const labels = mesh.before === null ? [] : mergeLabels(place, gone)
    return [...labels, { kind: 'absent', object: record }, ...withoutMesh(place)]
  }
  return [
    { kind: 'apply', object: { ...record, data: { labels: printLabels(mesh.labels) } } },
    ...mergeLabels(place, { ...gone, ...mesh.labels }),
    { kind: 'apply', object: policyOf(place) },
  ]
}
