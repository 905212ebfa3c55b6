import type { KubernetesObject } from '@charmed-feast/charm'

import type { Route } from './route.ts'

/** What the `ingress` relation asks for (charm-compat §3.5). */
export interface IngressRequest {
  readonly service: string
  readonly port: number
  readonly prefix: string
  readonly rewrite: string
  readonly namespace: string
}

/** What the `istio-ingress-route` relation asks for, as far as a gateway on this machine serves it (charm-compat §3.6). */
export interface RouteRequest {
  readonly name: string
  readonly port: number
  readonly prefix: string
  readonly rewrite: string | null
  readonly service: string
  readonly servicePort: number
  readonly namespace: string
}

type Mapping = Readonly<Record<string, unknown>>

const asMapping = (value: unknown): Mapping => (typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {})
const asList = (value: unknown): readonly Mapping[] => (Array.isArray(value) ? value.map(asMapping) : [])

const clusterName = (service: string, namespace: string): string => `${service}.${namespace}.svc.cluster.local`

/** The VirtualService by which istio-pilot serves an `ingress` relation: named after the service. */
export const virtualService = (
  request: IngressRequest,
  { namespace, gateway }: { readonly namespace: string; readonly gateway: string },
): KubernetesObject => ({
  apiVersion: 'networking.istio.io/v1alpha3',
  kind: 'VirtualService',
  metadata: { name: request.service, namespace },
  spec: {
    gateways: [`${namespace}/${gateway}`],
    hosts: ['*'],
    http: [
      {
        match: [{ uri: { prefix: request.prefix } }],
        rewrite: { uri: request.rewrite },
        route: [{ destination: { host: clusterName(request.service, request.namespace), port: { number: request.port } } }],
      },
    ],
  },
})

/** The HTTPRoute by which istio-ingress-k8s serves an `istio-ingress-route` relation. */
export const httpRoute = (request: RouteRequest, { app, tls }: { readonly app: string; readonly tls: boolean }): KubernetesObject => {
  const { service, servicePort, name, port, prefix, rewrite, namespace } = request
  const section = `${tls ? 'https' : 'http'}-${port}`
  const path = { type: 'ReplacePrefixMatch', replacePrefixMatch: rewrite }
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name: `${service}-${name}-httproute-${section}-${app}`, namespace },
    spec: {
      parentRefs: [{ name: app, sectionName: section }],
      rules: [
        {
          matches: [{ path: { type: 'PathPrefix', value: prefix } }],
          ...(rewrite === null ? {} : { filters: [{ type: 'URLRewrite', urlRewrite: { path } }] }),
          backendRefs: [{ name: service, port: servicePort, namespace }],
        },
      ],
    },
  }
}

/** The policy that lets only the gateway reach a service's pods, beside it in ambient mode. */
export const gatewayPolicy = (
  { service, namespace }: RouteRequest,
  { app, model }: { readonly app: string; readonly model: string },
): KubernetesObject => ({
  apiVersion: 'security.istio.io/v1',
  kind: 'AuthorizationPolicy',
  metadata: { name: `${service}-${app}-${namespace}-l4`, namespace },
  spec: {
    selector: { matchLabels: { 'app.kubernetes.io/name': service } },
    action: 'ALLOW',
    rules: [{ from: [{ source: { principals: [`cluster.local/ns/${model}/sa/${app}-istio`] } }] }],
  },
})

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

const virtualRoutes = ({ spec }: KubernetesObject): readonly Route[] =>
  asList(asMapping(spec).http).flatMap(({ match, rewrite, route }) => {
    const destination = asMapping(asList(route)[0]?.destination)
    return asList(match).map(({ uri }) => {
      const prefix = text(asMapping(uri).prefix)
      return {
        prefix,
        rewrite: text(asMapping(rewrite).uri) || prefix,
        match: 'text' as const,
        host: text(destination.host),
        port: Number(asMapping(destination.port).number),
      }
    })
  })

const gatewayRoutes = ({ spec, metadata }: KubernetesObject): readonly Route[] =>
  asList(asMapping(spec).rules).flatMap(({ matches, filters, backendRefs }) => {
    const [backend = {}] = asList(backendRefs)
    const rewritten = asList(filters).map(({ urlRewrite }) => asMapping(asMapping(urlRewrite).path).replacePrefixMatch)[0]
    return asList(matches).map(({ path }) => {
      const prefix = text(asMapping(path).value)
      return {
        prefix,
        rewrite: typeof rewritten === 'string' ? rewritten : prefix,
        match: 'element' as const,
        host: clusterName(text(backend.name), text(backend.namespace) || text(metadata.namespace)),
        port: Number(backend.port),
      }
    })
  })

/**
 * The routes that VirtualServices and HTTPRoutes describe.
 *
 * @example
 * routesOf([virtualService(request, { namespace: 'kubeflow', gateway: 'kubeflow-gateway' })])[0]?.prefix   // '/feast/'
 */
export const routesOf = (objects: readonly KubernetesObject[]): readonly Route[] =>
  objects.flatMap((object) =>
    object.kind === 'VirtualService' ? virtualRoutes(object) : object.kind === 'HTTPRoute' ? gatewayRoutes(object) : [],
  )
