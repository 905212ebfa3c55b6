import { randomBytes } from 'node:crypto'

import { openDashboard } from '../dashboard/dashboard.ts'
import { BundleError } from '../errors.ts'
import { followRoutes } from '../gateway/follow-routes.ts'
import { type Address, type Gateway, openGateway } from '../gateway/gateway.ts'
import type { Route } from '../gateway/route.ts'
import type { KubernetesConnection } from '../kubernetes/connection.ts'
import type { Informer } from '../kubernetes/informer.ts'
import type { LocalModel } from '../model/local-model.ts'
import { toUnit } from './service-name.ts'

/** What {@link openEntrance} needs. */
export interface EntranceSurroundings {
  readonly model: LocalModel
  /** The Services of the model. */
  readonly services: Informer
  readonly connection: KubernetesConnection
  readonly log: (line: string) => void
}

const dashboardHost = 'centraldashboard'
/** Tried first: a browser's bookmark stays good. */
const port = 8080
/** Who comes in through the gateway of this machine. */
const user = 'alice@example.com'

const dashboardRoute: Route = { prefix: '/', rewrite: '/', match: 'text', host: dashboardHost, port: 80 }

const openAtFreePort = async (options: Omit<Parameters<typeof openGateway>[0], 'address'>): Promise<Gateway> => {
  try {
    return await openGateway({ ...options, address: { host: '127.0.0.1', port } })
  } catch (error) {
    if (!(error instanceof BundleError) || error.code !== 'BUNDLE_PORT_IN_USE') throw error
    return openGateway({ ...options, address: { host: '127.0.0.1', port: 0 } })
  }
}

/**
 * Opens the dashboard and the gateway before it, which serves what the charms made routes of.
 *
 * @example
 * const gateway = await openEntrance({ model, services, connection, log }, stack)
 */
export const openEntrance = async (
  { model, services, connection, log }: EntranceSurroundings,
  stack: AsyncDisposableStack,
): Promise<Gateway> => {
  const address = { host: '127.0.0.1', port: 0 }
  const dashboard = stack.use(await openDashboard({ address, connection, namespace: model.model.name, log }))
  const resolve = (host: string, at: number): Address | null => {
    if (host === dashboardHost) return { host: '127.0.0.1', port: dashboard.port }
    const asked = new URL(`http://${host}:${at}`)
    const found = toUnit(asked, { model, services })
    return found === asked ? null : { host: found.hostname, port: Number(found.port || 80) }
  }
  const token = randomBytes(24).toString('base64url')
  const gateway = stack.use(await openAtFreePort({ token, user, routes: [dashboardRoute], resolve }))
  stack.use(
    followRoutes(connection, { namespace: model.model.name, onRoutes: (routes) => gateway.setRoutes([...routes, dashboardRoute]), log }),
  )
  return gateway
}
