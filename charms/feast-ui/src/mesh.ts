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
  waiting,
} from '@charmed-feast/charm'

import type { Metadata } from './metadata.ts'

type Labels = Readonly<Record<string, string>>

/** What the mesh wants of this application's pods and Service. */
export type Mesh =
  /** Not related: nothing is touched. */
  | { readonly kind: 'none' }
  /** These labels, and no others that an earlier answer brought. */
  | { readonly kind: 'labels'; readonly labels: Labels; readonly before: Labels }
  /** The relation goes: what it brought is taken away. */
  | { readonly kind: 'gone'; readonly before: Labels }
  | { readonly kind: 'unwell'; readonly status: Status }

/** What this charm tells meshes about itself; it asks for no policies. */
export const meshPolicies: DesiredBag = { policies: '[]' }

/** What this charm tells a mesh in another model about itself. */
export const crossModelData = (app: string, model: string): DesiredBag => ({
  cmr_data: JSON.stringify({ app_name: app, juju_model_name: model }),
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
  kind: 'unwell',
  status: blocked(`Invalid relation data from ${app}: ${why}`),
})

/** JSON with the blanks that Python puts, so that a record of either charm is none the other would write anew. */
const printLabels = (labels: Labels): string =>
  `{${Object.entries(labels)
    .map(([key, label]) => `${JSON.stringify(key)}: ${JSON.stringify(label)}`)
    .join(', ')}}`

/** The ConfigMap in which the Python library keeps what it has put on. */
const recordOf = (app: string, namespace: string): ObjectReference => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: `juju-service-mesh-${app}-labels`, namespace },
})

const refused = (app: string, error: unknown): Status => {
  const status = error instanceof KubernetesError ? error.status : 0
  if (status === 403) return blocked(`Kubernetes does not let this application set its labels: run "juju trust ${app} --scope=cluster"`)
  const why = error instanceof Error ? error.message : String(error)
  // The API server has too much to do, starts, or cannot be reached: nobody has to do anything.
  const isPassing = status === 0 || status === 429 || status >= 500
  return isPassing ? waiting(`cannot set labels: ${why}; tried again in the next hook`) : blocked(`cannot set labels: ${why}`)
}

const readRecord = async (hook: Hook<Metadata>): Promise<Labels | null> => {
  const { app, modelName } = hook.context
  const record = await (await hook.kubernetes()).get(recordOf(app, modelName))
  const { data } = (record ?? {}) as { readonly data?: { readonly labels?: string } }
  return record === null ? null : (parseLabels(data?.labels) ?? {})
}

const observeRelated = async (hook: Hook<Metadata>, { app, remoteApp }: Relation<'app' | 'remoteApp'>): Promise<Mesh> => {
  const labels = Object.keys(remoteApp).length === 0 ? {} : parseLabels(remoteApp.labels)
  if (labels === null) return invalid(app, 'key "labels" is not a JSON object of texts')
  const type = remoteApp.mesh_type === undefined ? 'istio' : parseJson(remoteApp.mesh_type)
  if (type !== 'istio') return invalid(app, `key "mesh_type" is ${remoteApp.mesh_type}; this charm knows "istio"`)
  return { kind: 'labels', labels, before: (await readRecord(hook)) ?? {} }
}

const observeGone = async (hook: Hook<Metadata>): Promise<Mesh> => {
  const { event, context } = hook
  if (event.kind !== 'relation-broken' || event.endpoint !== 'service-mesh' || !(await hook.isLeader())) return { kind: 'none' }
  // A unit that goes breaks the relation for itself: the application keeps it.
  if ((await hook.goalState()).units[context.unit]?.status === 'dying') return { kind: 'none' }
  const before = await readRecord(hook)
  return before === null ? { kind: 'none' } : { kind: 'gone', before }
}

/**
 * Reads what the mesh wants, and what it wanted before. A cluster that refuses is a status, and nothing else waits for it.
 *
 * @example
 * const mesh = await observeMesh(hook, relations)
 */
export const observeMesh = async (hook: Hook<Metadata>, [relation]: readonly Relation<'app' | 'remoteApp'>[]): Promise<Mesh> => {
  try {
    return relation === undefined ? await observeGone(hook) : await observeRelated(hook, relation)
  } catch (error) {
    if (!isCharmError(error) || !(error instanceof KubernetesError)) throw error
    return { kind: 'unwell', status: refused(hook.context.app, error) }
  }
}

const patchOf = (labels: Labels, before: Labels): Readonly<Record<string, string | null>> => ({
  ...Object.fromEntries(Object.keys(before).map((key) => [key, null])),
  ...labels,
})

/**
 * The cluster's objects with their labels: the record first, so that no label is forgotten.
 *
 * @example
 * planMesh(mesh, { app: 'feast-ui', model: 'kubeflow' })
 */
export const planMesh = (mesh: Mesh, { app, model }: { readonly app: string; readonly model: string }): readonly DesiredObject[] => {
  if (mesh.kind === 'none' || mesh.kind === 'unwell') return []
  const labels = patchOf(mesh.kind === 'labels' ? mesh.labels : {}, mesh.before)
  const metadata = { name: app, namespace: model }
  const pods = { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata, spec: { template: { metadata: { labels } } } }
  // A merge patch takes null for "not there", which labels of whole objects never are.
  const service = { apiVersion: 'v1', kind: 'Service', metadata: { ...metadata, labels } } as unknown as KubernetesObject
  const merges: readonly DesiredObject[] = [
    { kind: 'merge', object: pods },
    { kind: 'merge', object: service },
  ]
  const record = recordOf(app, model)
  if (mesh.kind === 'gone') return [...merges, { kind: 'absent', object: record }]
  return [{ kind: 'apply', object: { ...record, data: { labels: printLabels(mesh.labels) } } }, ...merges]
}

/**
 * How the writes to the cluster went.
 *
 * @example
 * meshStatuses(mesh, { app: 'feast-ui', failures: [] })   // []
 */
export const meshStatuses = (
  mesh: Mesh,
  { app, failures }: { readonly app: string; readonly failures: readonly Error[] },
): readonly Status[] => [...(mesh.kind === 'unwell' ? [mesh.status] : []), ...failures.slice(0, 1).map((failure) => refused(app, failure))]
