import { KubernetesError } from '@charmed-feast/charm'

import type { KubernetesConnection } from '../kubernetes/connection.ts'
import { followCollection } from '../kubernetes/informer.ts'
import { routesOf } from './istio.ts'
import type { Route } from './route.ts'

const kinds = [
  { path: '/apis/networking.istio.io/v1alpha3/virtualservices', apiVersion: 'networking.istio.io/v1alpha3', kind: 'VirtualService' },
  { path: '/apis/gateway.networking.k8s.io/v1/httproutes', apiVersion: 'gateway.networking.k8s.io/v1', kind: 'HTTPRoute' },
] as const

/**
 * Follows a cluster's VirtualServices and HTTPRoutes, and says what they come to whenever that changes. A cluster that has no such kind has no
 * such routes.
 *
 * @example
 * await using followed = followRoutes(connection, { onRoutes: (routes) => gateway.setRoutes([...routes, dashboardRoute]), log })
 */
export const followRoutes = (
  connection: KubernetesConnection,
  { onRoutes, log }: { readonly onRoutes: (routes: readonly Route[]) => void; readonly log: (line: string) => void },
): AsyncDisposable => {
  const informers = kinds.map(({ path, apiVersion, kind }) =>
    followCollection({
      connection,
      path,
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
