import type { KubernetesObject } from '@charmed-feast/charm'

// How the PodDefault webhook merges (kubeflow.md §1.4, real-parts.md §5): two that want a pod to have different things under one name keep the pod
// from starting.

type Mapping = Readonly<Record<string, unknown>>

const asMapping = (value: unknown): Mapping => (typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {})
const asList = (value: unknown): readonly Mapping[] => (Array.isArray(value) ? value.map(asMapping) : [])

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, each]) => [key, sorted(each)]),
  )
}

const isSame = (left: unknown, right: unknown): boolean => JSON.stringify(sorted(left)) === JSON.stringify(sorted(right))

/** What a PodDefault gives to a pod, by what must not be given twice. */
const giftsOf = ({ spec }: KubernetesObject): ReadonlyMap<string, Mapping> => {
  const { env, volumes, volumeMounts } = asMapping(spec)
  return new Map([
    ...asList(env).map((each) => [`variable ${String(each.name)}`, each] as const),
    ...asList(volumes).map((each) => [`volume ${String(each.name)}`, each] as const),
    ...asList(volumeMounts).map((each) => [`mount path ${String(each.mountPath)}`, each] as const),
  ])
}

/** Whether a pod can have the labels of both. */
const canMeet = (left: KubernetesObject, right: KubernetesObject): boolean => {
  const labelsOf = ({ spec }: KubernetesObject): Mapping => asMapping(asMapping(asMapping(spec).selector).matchLabels)
  const others = labelsOf(right)
  return Object.entries(labelsOf(left)).every(([key, value]) => others[key] === undefined || others[key] === value)
}

/**
 * What two PodDefaults disagree on, if a pod can be told to have both: `mount path /feast`; null when they get along.
 *
 * @example
 * disagreement(ours, theirs)   // 'variable FEAST_FS_YAML_FILE_PATH'
 */
export const disagreement = (left: KubernetesObject, right: KubernetesObject): string | null => {
  if (!canMeet(left, right)) return null
  const others = giftsOf(right)
  return [...giftsOf(left)].find(([name, gift]) => others.has(name) && !isSame(gift, others.get(name)))?.[0] ?? null
}
