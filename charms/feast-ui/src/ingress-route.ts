import type { DesiredBag, Relation } from '@charmed-feast/charm'

import type { Place } from './ingress.ts'
import { port, prefix } from './metadata.ts'

/**
 * What the charm says to an Istio gateway in ambient mode (charm-compat §3.6). With TLS the gateway makes HTTPS of a listener: on port 80 that
 * would collide with everybody else's HTTP, so it is asked for 443 then.
 *
 * @example
 * planIngressRoute(relation, { app: 'feast-ui', model: 'kubeflow' }).config
 */
export const planIngressRoute = ({ remoteApp }: Relation<'remoteApp'>, { app, model }: Place): DesiredBag => {
  const listener = { port: remoteApp.tls_enabled === 'True' ? 443 : 80, protocol: 'HTTP' }
  const route = {
    name: 'http-route',
    listener,
    backends: [{ service: app, port, weight: null }],
    hostnames: null,
    matches: [{ headers: null, path: { type: 'PathPrefix', value: prefix }, method: null }],
    filters: [{ urlRewrite: { hostname: null, path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/' } }, type: 'URLRewrite' }],
  }
  return { config: JSON.stringify({ model, listeners: [listener], http_routes: [route], grpc_routes: [] }) }
}
