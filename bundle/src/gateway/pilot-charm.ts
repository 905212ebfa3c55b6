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
  type Status,
} from '@charmed-feast/charm'
import { parse } from 'yaml'

import { type IngressRequest, virtualService } from './istio.ts'

// The provider's side of `ingress` as istio-pilot speaks it: serialized-data-interface, schemas v1 and v2 (charm-compat §3.5).

const metadata = {
  name: 'istio-pilot',
  provides: { ingress: { interface: 'ingress' } },
  config: { 'default-gateway': { type: 'string', default: 'kubeflow-gateway' } },
} as const
type Metadata = typeof metadata

interface Observation {
  readonly leader: boolean
  readonly namespace: string
  readonly gateway: string
  readonly ingresses: readonly { readonly relation: Relation<'app' | 'remoteApp'>; readonly request: IngressRequest | null | 'invalid' }[]
  /** VirtualServices that this charm made before. */
  readonly made: readonly KubernetesObject[]
}

const mine = 'app.kubernetes.io/managed-by'

const parseRequest = (data: string | undefined, model: string): IngressRequest | null | 'invalid' => {
  if (data === undefined) return null
  let value: unknown
  try {
    value = parse(data)
  } catch {
    return 'invalid'
  }
  const { service, port, prefix, rewrite, namespace } = (value ?? {}) as Readonly<Record<string, unknown>>
  if (typeof service !== 'string' || typeof port !== 'number' || typeof prefix !== 'string') return 'invalid'
  return {
    service,
    port,
    prefix,
    rewrite: typeof rewrite === 'string' ? rewrite : prefix,
    namespace: typeof namespace === 'string' ? namespace : model,
  }
}

const observe = async (hook: Hook<Metadata>): Promise<Observation> => {
  const { app, modelName: namespace } = hook.context
  const leader = await hook.isLeader()
  const relations = await hook.relations('ingress', ['app', 'remoteApp'])
  const path = `/apis/networking.istio.io/v1alpha3/namespaces/${namespace}/virtualservices`
  return {
    leader,
    namespace,
    gateway: (await hook.config())['default-gateway'],
    ingresses: relations.map((relation) => ({ relation, request: parseRequest(relation.remoteApp.data, namespace) })),
    made: leader ? await (await hook.kubernetes()).list(path, { labelSelector: `${mine}=${app}` }) : [],
  }
}

const planServices = ({ ingresses, namespace, gateway, made }: Observation, app: string): readonly DesiredObject[] => {
  const wanted = ingresses.flatMap(({ request }) =>
    request === null || request === 'invalid' ? [] : [virtualService(request, { namespace, gateway })],
  )
  const names = new Set(wanted.map(({ metadata: { name } }) => name))
  return [
    ...wanted.map((object) => ({
      kind: 'apply' as const,
      object: { ...object, metadata: { ...object.metadata, labels: { [mine]: app } } },
    })),
    ...made.filter(({ metadata: { name } }) => !names.has(name)).map((object) => ({ kind: 'absent' as const, object })),
  ]
}

const statusOf = ({ ingresses }: Observation): Status => {
  const bad = ingresses.find(({ request }) => request === 'invalid')
  return bad ? blocked(`Invalid relation data from ${bad.relation.app}: key "data" must have service, port and prefix`) : active()
}

const reconcile = (observation: Observation): Desired<Metadata> => {
  const { leader, ingresses } = observation
  return {
    relations: leader ? ingresses.map(({ relation }) => ({ relation, app: { _supported_versions: '- v1\n- v2\n' } })) : [],
    objects: leader ? planServices(observation, metadata.name) : [],
    unitStatus: [statusOf(observation)],
  }
}

/**
 * A provider of `ingress` that speaks as istio-pilot does and makes VirtualServices, for the laptop; the bundle's gateway serves them.
 *
 * @example
 * const charms = { 'istio-pilot': inProcess(pilotCharm) }
 */
export const pilotCharm: Charm<Metadata, Observation> = defineCharm({ metadata, observe, reconcile })
