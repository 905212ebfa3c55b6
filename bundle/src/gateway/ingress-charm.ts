import {
  active,
  blocked,
  type Charm,
  type Desired,
  type DesiredObject,
  defineCharm,
  type Hook,
  type KubernetesObject,
  type Relation,
} from '@charmed-feast/charm'

import { gatewayPolicy, httpRoute, type RouteRequest } from './istio.ts'

// The provider's side of `istio_ingress_route`, ambient mode, as istio-ingress-k8s speaks it (charm-compat §3.6).

const metadata = {
  name: 'istio-ingress-k8s',
  provides: { 'istio-ingress-route': { interface: 'istio_ingress_route' } },
  config: { 'external-hostname': { type: 'string', default: 'localhost' } },
} as const
type Metadata = typeof metadata

interface Observation {
  readonly leader: boolean
  readonly app: string
  readonly model: string
  readonly host: string
  readonly requests: readonly { readonly relation: Relation<'app' | 'remoteApp'>; readonly routes: readonly RouteRequest[] | 'invalid' }[]
  readonly made: readonly KubernetesObject[]
}

type Mapping = Readonly<Record<string, unknown>>

const mine = 'app.kubernetes.io/managed-by'
const kinds = ['gateway.networking.k8s.io/v1 httproutes', 'security.istio.io/v1 authorizationpolicies'] as const

const asMapping = (value: unknown): Mapping => (typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {})
const asList = (value: unknown): readonly Mapping[] => (Array.isArray(value) ? value.map(asMapping) : [])

const parseConfig = (text: string): Mapping | null => {
  try {
    return asMapping(JSON.parse(text))
  } catch {
    return null
  }
}

const parseRoutes = (text: string | undefined, namespace: string): readonly RouteRequest[] | 'invalid' => {
  if (text === undefined) return []
  const config = parseConfig(text)
  if (config === null) return 'invalid'
  const routes = asList(config.http_routes).map(({ name, listener, backends, matches, filters }) => {
    const [backend = {}] = asList(backends)
    const rewrite = asList(filters).map(({ urlRewrite }) => asMapping(asMapping(urlRewrite).path).replacePrefixMatch)[0]
    return {
      name: String(name),
      port: Number(asMapping(listener).port),
      prefix: String(asMapping(asList(matches)[0]?.path).value ?? ''),
      rewrite: typeof rewrite === 'string' ? rewrite : null,
      service: String(backend.service ?? ''),
      servicePort: Number(backend.port),
      namespace: typeof config.model === 'string' ? config.model : namespace,
    }
  })
  return routes.every(({ prefix, service, port, servicePort }) => prefix !== '' && service !== '' && port > 0 && servicePort > 0)
    ? routes
    : 'invalid'
}

const observe = async (hook: Hook<Metadata>): Promise<Observation> => {
  const { app, modelName: model } = hook.context
  const leader = await hook.isLeader()
  const relations = await hook.relations('istio-ingress-route', ['app', 'remoteApp'])
  const made: KubernetesObject[] = []
  for (const kind of leader ? kinds : []) {
    const [apiVersion, plural] = kind.split(' ')
    made.push(...(await (await hook.kubernetes()).list(`/apis/${apiVersion}/${plural}`, { labelSelector: `${mine}=${app}` })))
  }
  return {
    leader,
    app,
    model,
    host: (await hook.config())['external-hostname'],
    requests: relations.map((relation) => ({ relation, routes: parseRoutes(relation.remoteApp.config, model) })),
    made,
  }
}

/** Of two that ask for one path on one port nobody gets it, as the Python charm decides. */
const withoutConflicts = (routes: readonly RouteRequest[]): readonly RouteRequest[] =>
  routes.filter((route) => routes.filter(({ port, prefix }) => port === route.port && prefix === route.prefix).length === 1)

const identify = ({ kind, metadata: { namespace, name } }: KubernetesObject): string => `${kind} ${namespace ?? ''}/${name}`

const planObjects = (observation: Observation, routes: readonly RouteRequest[]): readonly DesiredObject[] => {
  const { app, model, made } = observation
  const wanted = withoutConflicts(routes).flatMap((route) => [httpRoute(route, { app, tls: false }), gatewayPolicy(route, { app, model })])
  const names = new Set(wanted.map(identify))
  return [
    ...wanted.map((object) => ({
      kind: 'apply' as const,
      object: { ...object, metadata: { ...object.metadata, labels: { [mine]: app } } },
    })),
    ...made.filter((object) => !names.has(identify(object))).map((object) => ({ kind: 'absent' as const, object })),
  ]
}

const reconcile = (observation: Observation): Desired<Metadata> => {
  const { leader, requests, host } = observation
  const bad = requests.find(({ routes }) => routes === 'invalid')
  const routes = requests.flatMap(({ routes: own }) => (own === 'invalid' ? [] : own))
  const conflict = withoutConflicts(routes).length < routes.length
  const status = bad
    ? blocked(`Invalid relation data from ${bad.relation.app}`)
    : conflict
      ? blocked('Several applications ask for one path')
      : active()
  if (!leader) return { unitStatus: [status] }
  return {
    relations: requests.map(({ relation }) => ({ relation, app: { external_host: host, tls_enabled: 'False' } })),
    objects: planObjects(observation, routes),
    unitStatus: [status],
  }
}

/**
 * A provider of `istio_ingress_route` that speaks as istio-ingress-k8s does and makes HTTPRoutes with their policies, for the laptop; the bundle's
 * gateway serves them.
 *
 * @example
 * const charms = { 'istio-ingress-k8s': inProcess(ingressCharm) }
 */
export const ingressCharm: Charm<Metadata, Observation> = defineCharm({ metadata, observe, reconcile })
