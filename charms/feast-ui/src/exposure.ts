import { active, blocked, type DesiredRelation, type Relation, type Status } from '@charmed-feast/charm'

import { planSidecarIngress } from './ingress.ts'
import { planIngressRoute } from './ingress-route.ts'
import type { Observation } from './observation.ts'

/** How the UI is reached from outside: what gateways are told, and how the parts of that do. */
export interface Exposure {
  readonly relations: readonly DesiredRelation[]
  readonly detector: Status
  readonly sidecar: Status
}

const several = (endpoint: string, relations: readonly Relation<'app'>[]): Status | null =>
  relations.length > 1
    ? blocked(`There is more than one relation on ${endpoint} (${relations.map(({ app }) => app).join(', ')}): remove all but one`)
    : null

const conflict = ({ ingresses, routes }: Observation): Status =>
  ingresses.length > 0 && routes.length > 0
    ? blocked("Cannot have both 'istio-ingress-route' and 'ingress' relations at the same time.")
    : (several('ingress', ingresses) ?? several('istio-ingress-route', routes) ?? active())

/**
 * What is said to gateways: to one, or to none while two would answer for the same path.
 *
 * @example
 * planExposure(observation).detector   // { kind: 'active', message: '' }
 */
export const planExposure = (observation: Observation): Exposure => {
  const { ingresses, routes, place } = observation
  const detector = conflict(observation)
  if (detector.kind !== 'active') return { relations: [], detector, sidecar: active() }
  const [ingress] = ingresses.map((relation) => ({ relation, ...planSidecarIngress(relation, place) }))
  return {
    relations: [
      ...(ingress === undefined ? [] : [{ relation: ingress.relation, app: ingress.bag }]),
      ...routes.map((relation) => ({ relation, app: planIngressRoute(relation, place) })),
    ],
    detector,
    sidecar: ingress?.status ?? active(),
  }
}
