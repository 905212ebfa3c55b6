import type { Hook, ObjectReference, Relation } from '@charmed-feast/charm'

import { isOwnImage, type KeptFiles, observeKept } from './container.ts'
import { findControllerUid, findLoadBalancer, isPodDefaultKnown } from './controller.ts'
import { type Mesh, observeMesh } from './mesh.ts'
import type { Metadata } from './metadata.ts'
import { isLabelKey } from './namespace-label.ts'
import type { Place } from './place.ts'
import { type Obstacle, observeObstacles } from './preflight.ts'
import { type ObservedManifests, observeManifests } from './relation.ts'
import { type ObservedToken, observeToken } from './sync-token.ts'

/** All that the charm looks at. */
export interface Observation extends ObservedManifests {
  readonly place: Place
  readonly leader: boolean
  /** Before anything else ran: the container waits for a later hook. */
  readonly installing: boolean
  /** As it was configured. */
  readonly label: { readonly text: string; readonly valid: boolean }
  readonly networkPolicy: boolean
  readonly container: {
    readonly ownImage: boolean
    readonly kept: KeptFiles
    readonly controllerUid: string | null
  }
  /** Only our own hook server asks for one. */
  readonly syncToken: ObservedToken
  readonly loadBalancer: ObjectReference | null
  readonly knowsPodDefault: boolean
  /** What is in the way in user namespaces; the leader looks. */
  readonly obstacles: readonly Obstacle[]
  readonly meshes: readonly Relation[]
  readonly crossModelMeshes: readonly Relation[]
  readonly mesh: Mesh
}

/** A unit that is going looks at one thing only: whether the application goes with it. */
export interface Farewell {
  readonly place: Place
  readonly last: boolean
}

const observeFarewell = async (hook: Hook<Metadata>, place: Place): Promise<Farewell> => {
  if (!(await hook.isLeader())) return { place, last: false }
  const { units } = await hook.goalState()
  const staying = Object.entries(units).filter(([name, { status }]) => name !== hook.context.unit && status !== 'dying')
  return { place, last: staying.length === 0 }
}

const observeContainer = async (hook: Hook<Metadata>, { deliveries }: ObservedManifests): Promise<Observation['container']> => {
  const container = await hook.container('resource-dispatcher', ['plan'])
  if (!container.reachable) return { ownImage: false, kept: {}, controllerUid: null }
  const ownImage = isOwnImage(container.plan.services)
  return { ownImage, kept: await observeKept(hook, deliveries), controllerUid: ownImage ? await findControllerUid(hook) : null }
}

/**
 * Reads all that the charm decides on.
 *
 * @example
 * const observation = await observe(hook)
 */
export const observe = async (hook: Hook<Metadata>): Promise<Observation | Farewell> => {
  const { app, modelName } = hook.context
  const place = { app, model: modelName }
  if (hook.event.kind === 'remove') return observeFarewell(hook, place)
  const { target_namespace_label: text, 'network-policy': networkPolicy } = await hook.config()
  const manifests = await observeManifests(hook)
  const meshes = await hook.relations('service-mesh', ['app', 'remoteApp'])
  const leader = await hook.isLeader()
  const container = await observeContainer(hook, manifests)
  return {
    place,
    leader,
    installing: hook.event.kind === 'install',
    label: { text, valid: isLabelKey(text) },
    networkPolicy,
    ...manifests,
    container,
    syncToken: container.ownImage ? await observeToken(hook, { place, leader }) : { token: null, leftOver: false },
    loadBalancer: leader && hook.event.kind === 'upgrade-charm' ? await findLoadBalancer(hook) : null,
    // A follower leaves it to the leader to say.
    knowsPodDefault: !leader || (await isPodDefaultKnown(hook)),
    obstacles: leader && isLabelKey(text) ? await observeObstacles(hook, { ...manifests, label: text }) : [],
    meshes,
    crossModelMeshes: await hook.relations('require-cmr-mesh'),
    mesh: await observeMesh(hook, meshes),
  }
}
