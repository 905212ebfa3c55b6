import { KubernetesError } from '@charmed-feast/charm'

import type { KubernetesConnection } from '../kubernetes/connection.ts'
import { followCollection } from '../kubernetes/informer.ts'
import { resourcePathOf } from '../kubernetes/resource.ts'
import { routesOf } from './istio.ts'
import type { Route } from './route.ts'

const kinds = [
  { apiVersion: 'networking.istio.io/v1alpha3', kind: 'VirtualService', plural: 'virtualservices' },
  { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'HTTPRoute', plural: 'httproutes' },
] as const

/** Options of {@link followRoutes}. */
export interface RouteFollowing {
  /** Only the routes of this one; by default of all. */
  readonly namespace?: string
  readonly onRoutes: (routes: readonly Route[]) => void
  readonly log: (line: string) => void
}

/**
 * Follows a cluster's VirtualServices and HTTPRoutes, and says what they come to whenever that changes. A cluster that has no such kind has no
 * such routes.
 *
 * @example
 * await using followed = followRoutes(connection, { onRoutes: (routes) => gateway.setRoutes([...routes, dashboardRoute]), log })
 */
export const followRoutes = (connection: KubernetesConnection, { namespace, onRoutes, log }: RouteFollowing): AsyncDisposable => {
  const informers = kinds.map(({ apiVersion, kind, plural }) =>
    followCollection({
      connection,
      path: resourcePathOf({ apiVersion, kind, plural, namespaced: true }, namespace),
      head: { apiVersion, kind },
      onChange: () => tell(),
      onFailure: (error) => {
        if (!(error instanceof KubernetesError) || error.status !== 404)
          log(`routes cannot be followed: ${error instanceof Error ? error.message : String(error)}`)
      },
    }),
  )
  const tell = (): void => onRoutes(routesOf(informers.flatMap((informer) => informer.objects())))
  tell()
  return {
    [Symbol.asyncDispose]: async () => {
      await Promise.all(informers.map((informer) => informer[Symbol.asyncDispose]()))
    },
  }
}
