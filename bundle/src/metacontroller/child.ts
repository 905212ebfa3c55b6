import { KubernetesError, type KubernetesObject } from '@charmed-feast/charm'

import type { KubernetesConnection } from '../kubernetes/connection.ts'
import { type KubernetesResource, resourcePathOf } from '../kubernetes/resource.ts'
import { isSameJson, mergeThreeWay } from './three-way.ts'

/** The annotations by which metacontroller knows its own. */
const controllerKey = 'metacontroller.k8s.io/decorator-controller'
const lastAppliedKey = 'metacontroller.k8s.io/last-applied-configuration'
const fieldManager = 'metacontroller'

/** Whom children belong to, and how they are written. */
export interface Parenthood {
  readonly connection: KubernetesConnection
  /** The DecoratorController's name. */
  readonly controller: string
  readonly parent: KubernetesObject
  /** Resolves when the next write may go. */
  readonly turn: () => Promise<void>
  readonly log: (line: string) => void
}

/** A kind of children, with those that are there. */
export interface ChildGroup {
  readonly resource: KubernetesResource
  /** How an object that is to be another is changed: `InPlace`, `Recreate`, else not at all. */
  readonly method: string
  readonly observed: Readonly<Record<string, KubernetesObject>>
}

/** How requests call a group: `Secret.v1`. */
export const groupName = ({ kind, apiVersion }: { readonly kind: string; readonly apiVersion: string }): string => `${kind}.${apiVersion}`

/** How requests call a child: with its namespace when its parent has none. */
export const childName = ({ metadata }: KubernetesObject): string =>
  metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`

const ownerOf = ({ apiVersion, kind, metadata: { name, uid } }: KubernetesObject): object => ({
  apiVersion,
  kind,
  name,
  uid,
  controller: true,
  blockOwnerDeletion: true,
})

/** Whether an object is a child of this parent that this controller made. */
export const isChild = (object: KubernetesObject, controller: string, parentUid: unknown): boolean => {
  const owners = Array.isArray(object.metadata.ownerReferences) ? object.metadata.ownerReferences : []
  return (
    object.metadata.annotations?.[controllerKey] === controller &&
    owners.some(({ uid, controller: owns }) => owns === true && uid === parentUid)
  )
}

const marked = (desired: KubernetesObject, controller: string): KubernetesObject => ({
  ...desired,
  metadata: {
    ...desired.metadata,
    annotations: { ...desired.metadata.annotations, [controllerKey]: controller, [lastAppliedKey]: JSON.stringify(desired) },
  },
})

const parseLast = (text: string | undefined): unknown => {
  try {
    return JSON.parse(text ?? '{}')
  } catch {
    return {}
  }
}

/** The server's own fields stay as they are, whatever an answer says. */
const serverFields = ['uid', 'resourceVersion', 'generation', 'creationTimestamp', 'deletionTimestamp', 'managedFields', 'ownerReferences']

const merged = (observed: KubernetesObject, desired: KubernetesObject, controller: string): KubernetesObject => {
  const last = parseLast(observed.metadata.annotations?.[lastAppliedKey])
  const wanted = marked(desired, controller)
  // An object over an object is one.
  const next = mergeThreeWay(observed, last, wanted) as KubernetesObject
  const kept = Object.fromEntries(serverFields.map((field) => [field, observed.metadata[field]]))
  return { ...next, status: observed.status, metadata: { ...next.metadata, ...kept } }
}

const withoutUndefined = (object: KubernetesObject): unknown => JSON.parse(JSON.stringify(object))

const createChild = async (desired: KubernetesObject, resource: KubernetesResource, given: Parenthood): Promise<void> => {
  const { connection, controller, parent, turn, log } = given
  const object = marked(desired, controller)
  const owned = { ...object, metadata: { ...object.metadata, ownerReferences: [ownerOf(parent)] } }
  const path = resourcePathOf(resource, desired.metadata.namespace)
  await turn()
  try {
    await connection.call({ method: 'POST', path, query: { fieldManager }, body: owned })
  } catch (error) {
    // Somebody else's: it stays as it is, for ever (real-parts.md §4).
    if (!(error instanceof KubernetesError) || error.reason !== 'AlreadyExists') throw error
    log(`child object already exists: ${desired.kind} "${childName(desired)}"`)
  }
}

const removeChild = async (object: KubernetesObject, resource: KubernetesResource, { connection, turn }: Parenthood): Promise<void> => {
  await turn()
  const body = { propagationPolicy: 'Background', preconditions: { uid: object.metadata.uid } }
  try {
    await connection.call({ method: 'DELETE', path: resourcePathOf(resource, object.metadata.namespace, object.metadata.name), body })
  } catch (error) {
    if (!(error instanceof KubernetesError) || error.status !== 404) throw error
  }
}

const updateChild = async (
  observed: KubernetesObject,
  desired: KubernetesObject,
  { resource, method }: ChildGroup,
  given: Parenthood,
): Promise<void> => {
  const next = merged(observed, desired, given.controller)
  if (observed.metadata.deletionTimestamp !== undefined || isSameJson(withoutUndefined(next), withoutUndefined(observed))) return
  if (method === 'Recreate') return removeChild(observed, resource, given)
  if (method !== 'InPlace') return
  await given.turn()
  const path = resourcePathOf(resource, observed.metadata.namespace, observed.metadata.name)
  await given.connection.call({ method: 'PUT', path, query: { fieldManager }, body: next })
}

const attempt = async (failures: unknown[], work: () => Promise<void>): Promise<void> => {
  try {
    await work()
  } catch (error) {
    failures.push(error)
  }
}

/**
 * Makes children as they shall be: missing ones are created, others updated, and those that nobody asks for deleted. One that fails hinders no
 * other.
 *
 * @throws what failed, in one error.
 *
 * @example
 * await manageChildren(answer.attachments, { groups, find, parenthood })
 */
export const manageChildren = async (
  desired: readonly KubernetesObject[],
  options: {
    readonly groups: readonly ChildGroup[]
    /** The resource of a kind that is in no group. */
    readonly find: (object: KubernetesObject) => Promise<KubernetesResource>
    readonly parenthood: Parenthood
  },
): Promise<void> => {
  const { groups, find, parenthood } = options
  // Of two of one name the last counts.
  const wanted = new Map(desired.map((object) => [`${groupName(object)} ${childName(object)}`, object]))
  const failures: unknown[] = []
  for (const { resource, observed } of groups) {
    for (const [name, object] of Object.entries(observed)) {
      if (!wanted.has(`${groupName(resource)} ${name}`)) await attempt(failures, () => removeChild(object, resource, parenthood))
    }
  }
  for (const object of wanted.values()) {
    await attempt(failures, async () => {
      const group = groups.find(({ resource }) => groupName(resource) === groupName(object))
      const observed = group?.observed[childName(object)]
      if (group && observed) return updateChild(observed, object, group, parenthood)
      return createChild(object, group?.resource ?? (await find(object)), parenthood)
    })
  }
  if (failures.length === 0) return
  const { parent } = parenthood
  const why = failures.map((failure) => (failure instanceof Error ? failure.message : String(failure))).join(', ')
  throw new Error(`can't reconcile children for ${parent.kind} /${parent.metadata.name}: ${why}`, { cause: failures[0] })
}
