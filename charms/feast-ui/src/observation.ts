import type { Hook, Relation } from '@charmed-feast/charm'

import { type ObservedConfiguration, observeConfiguration } from './configuration.ts'
import type { Place } from './ingress.ts'
import { type Mesh, observeMesh } from './mesh.ts'
import type { Metadata } from './metadata.ts'
import { type ParsedSettings, parseSettings } from './settings.ts'
import { isOwnImage } from './workload.ts'

/** All that the charm looks at. */
export interface Observation {
  readonly place: Place
  readonly settings: ParsedSettings
  readonly configured: ObservedConfiguration
  readonly ownImage: boolean
  readonly dashboards: readonly Relation[]
  readonly ingresses: readonly Relation<'app' | 'remoteApp'>[]
  readonly routes: readonly Relation<'app' | 'remoteApp'>[]
  readonly meshes: readonly Relation[]
  readonly crossModelMeshes: readonly Relation[]
  readonly mesh: Mesh
}

/**
 * Reads all that the charm decides on.
 *
 * @example
 * const observation = await observe(hook)
 */
export const observe = async (hook: Hook<Metadata>): Promise<Observation> => {
  const { app, modelName } = hook.context
  const container = await hook.container('feast-ui', ['plan'])
  const meshes = await hook.relations('service-mesh', ['app', 'remoteApp'])
  return {
    place: { app, model: modelName },
    settings: parseSettings(await hook.config()),
    configured: await observeConfiguration(hook),
    ownImage: container.reachable && isOwnImage(container.plan.services),
    dashboards: await hook.relations('dashboard-links'),
    ingresses: await hook.relations('ingress', ['app', 'remoteApp']),
    routes: await hook.relations('istio-ingress-route', ['app', 'remoteApp']),
    meshes,
    crossModelMeshes: await hook.relations('require-cmr-mesh'),
    mesh: await observeMesh(hook, meshes),
  }
}
