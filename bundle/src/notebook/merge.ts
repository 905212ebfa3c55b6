import { isDeepStrictEqual } from 'node:util'

import type { KubernetesObject } from '@charmed-feast/charm'

/*
 * The merge rules of Kubeflow's PodDefault webhook (kubeflow.md §1.4, real-parts.md §5). Two things of one key are one when they are equal, and a
 * conflict when they are not.
 */

type Mapping = Readonly<Record<string, unknown>>

/** A pod with its PodDefaults, and why some of them do not fit; then the pod counts for nothing. */
export interface Merged {
  readonly pod: KubernetesObject
  readonly conflicts: readonly string[]
}

const asMapping = (value: unknown): Mapping => (typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {})
const asList = (value: unknown): readonly Mapping[] => (Array.isArray(value) ? value.map(asMapping) : [])

interface Given {
  readonly by: string
  readonly items: readonly Mapping[]
}

/** Appends what PodDefaults bring, each key once. */
const mergeKeyed = (
  own: readonly Mapping[],
  given: readonly Given[],
  key: string,
  tell: (by: string, at: string) => void,
): readonly Mapping[] => {
  const merged = new Map(own.map((item) => [String(item[key]), item]))
  for (const { by, items } of given) {
    for (const item of items) {
      const at = String(item[key])
      const there = merged.get(at)
      if (there === undefined) merged.set(at, item)
      else if (!isDeepStrictEqual(there, item)) tell(by, at)
    }
  }
  return [...merged.values()]
}

/** Mounts are found by their volume and by their path: each container has one of each. */
const mergeMounts = (own: readonly Mapping[], given: readonly Given[], tell: (by: string, at: string) => void): readonly Mapping[] => {
  const mounts = [...own]
  for (const { by, items } of given) {
    for (const item of items) {
      const there = mounts.find(({ name, mountPath }) => name === item.name || mountPath === item.mountPath)
      if (there === undefined) mounts.push(item)
      else if (!isDeepStrictEqual(there, item)) tell(by, `mount path ${String(item.mountPath)}`)
    }
  }
  return mounts
}

const mergeTexts = (
  own: Mapping,
  given: readonly { readonly by: string; readonly texts: Mapping }[],
  tell: (by: string, at: string) => void,
) => {
  const merged = new Map(Object.entries(own))
  for (const { by, texts } of given) {
    for (const [key, value] of Object.entries(texts)) {
      if (merged.has(key) && merged.get(key) !== value) tell(by, key)
      else merged.set(key, value)
    }
  }
  return Object.fromEntries(merged)
}

interface Source {
  readonly name: string
  readonly spec: Mapping
}

type Tell = (what: string) => (by: string, at: string) => void

const listsOf = (sources: readonly Source[], field: string): readonly Given[] =>
  sources.map(({ name, spec }) => ({ by: name, items: asList(spec[field]) }))

const first = (sources: readonly Source[], field: string): unknown =>
  sources.map(({ spec }) => spec[field]).find((value) => value !== undefined)
const last = (sources: readonly Source[], field: string): unknown =>
  sources.map(({ spec }) => spec[field]).findLast((value) => value !== undefined)

/** `{ field: value }`, or nothing for an empty list or an absent value. */
const optional = (field: string, value: unknown): Mapping =>
  value === undefined || (Array.isArray(value) && value.length === 0) ? {} : { [field]: value }

const mergeContainer = (container: Mapping, sources: readonly Source[], tell: Tell): Mapping => {
  const env = mergeKeyed(asList(container.env), listsOf(sources, 'env'), 'name', tell('env'))
  const volumeMounts = mergeMounts(asList(container.volumeMounts), listsOf(sources, 'volumeMounts'), tell('volume mounts'))
  const envFrom = [...asList(container.envFrom), ...listsOf(sources, 'envFrom').flatMap(({ items }) => items)]
  // A container of the mesh keeps its own command.
  const isMesh = container.name === 'istio-proxy'
  const command = container.command ?? (isMesh ? undefined : first(sources, 'command'))
  const args = container.args ?? (isMesh ? undefined : first(sources, 'args'))
  return {
    ...container,
    ...optional('env', env),
    ...optional('envFrom', envFrom),
    ...optional('volumeMounts', volumeMounts),
    ...optional('command', command),
    ...optional('args', args),
  }
}

const mergeSpec = (spec: Mapping, sources: readonly Source[], tell: Tell): Mapping => {
  const keyed = (field: string, from: string, key: string, own = asList(spec[field])): Mapping =>
    optional(field, mergeKeyed(own, listsOf(sources, from), key, tell(field)))
  const containers = asList(spec.containers).map((container) => mergeContainer(container, sources, tell))
  return {
    ...spec,
    // Sidecars come after the rest was merged into the containers: they get nothing of it.
    ...keyed('containers', 'sidecars', 'name', containers),
    ...keyed('initContainers', 'initContainers', 'name'),
    ...keyed('volumes', 'volumes', 'name'),
    ...keyed('tolerations', 'tolerations', 'key'),
    ...keyed('imagePullSecrets', 'imagePullSecrets', 'name'),
    ...optional('serviceAccountName', last(sources, 'serviceAccountName') ?? spec.serviceAccountName),
    ...optional('automountServiceAccountToken', last(sources, 'automountServiceAccountToken') ?? spec.automountServiceAccountToken),
  }
}

/**
 * Merges PodDefaults into a pod, in their order.
 *
 * @example
 * const { pod, conflicts } = mergePodDefaults(pod, podDefaults)
 */
export const mergePodDefaults = (pod: KubernetesObject, podDefaults: readonly KubernetesObject[]): Merged => {
  const conflicts: string[] = []
  const tell: Tell = (what) => (by, at) => void conflicts.push(`merging ${what} for ${by} has a conflict on ${at}`)
  const sources = podDefaults.map(({ metadata, spec }) => ({ name: metadata.name, spec: asMapping(spec) }))
  const texts = (field: 'labels' | 'annotations'): Mapping =>
    mergeTexts(
      asMapping(pod.metadata[field]),
      sources.map(({ name, spec }) => ({ by: name, texts: asMapping(spec[field]) })),
      tell(field),
    )
  const spec = mergeSpec(asMapping(pod.spec), sources, tell)
  // Labels and annotations of objects are texts, and so are those of PodDefaults.
  const metadata = { ...pod.metadata, labels: texts('labels'), annotations: texts('annotations') } as KubernetesObject['metadata']
  return { pod: { ...pod, metadata, spec }, conflicts }
}
