import { type Applied, active, blocked, type FailedObject, KubernetesError, maintenance, type Status, waiting } from '@charmed-feast/charm'

import { containerStatuses } from './container.ts'
import type { Delivery, Sent } from './delivery.ts'
import { isDispatched } from './dispatched-kind.ts'
import type { Manifest } from './manifest.ts'
import type { Metadata } from './metadata.ts'
import type { Farewell, Observation } from './observation.ts'
import type { Obstacle } from './preflight.ts'

const oneLine = (text: string): string => text.replace(/\s*\n\s*/g, ' ')

const cureOf = (error: Error, kind: string, app: string): string => {
  const status = error instanceof KubernetesError ? error.status : 0
  if (status === 403) return `Kubernetes does not let this application write ${kind}: run "juju trust ${app} --scope=cluster"`
  if (status === 404 && kind === 'DecoratorController')
    return 'Kubernetes does not know DecoratorController: deploy metacontroller-operator'
  if (status === 404 && kind === 'AuthorizationPolicy')
    return 'Kubernetes does not know AuthorizationPolicy: deploy Istio, or remove service-mesh'
  if (status === 409) return `Another program writes ${kind} too: remove the other resource-dispatcher, or what it left (${error.message})`
  return oneLine(error.message)
}

/** Nobody has to do anything: the API server has too much to do, starts, or cannot be reached. */
const isPassing = (error: Error): boolean => !(error instanceof KubernetesError) || error.status === 429 || error.status >= 500

const clusterStatuses = (failed: readonly FailedObject[], app: string): readonly Status[] =>
  failed
    .slice(0, 1)
    .map(({ object, failure }) =>
      isPassing(failure)
        ? waiting(`${oneLine(failure.message)}; tried again in the next hook`)
        : blocked(cureOf(failure, object.kind, app)),
    )

const quoted = (text: string): string => `'${text}'`

/** In the Python charm's words and order. */
const conflictStatus = (conflicts: readonly Manifest[]): readonly Status[] => {
  if (conflicts.length === 0) return []
  const names = conflicts.map(({ namespace, name }) => `namespace=${namespace === null ? 'None' : quoted(namespace)} name=${quoted(name)}`)
  return [blocked(`Conflicting manifests (${names.join('; ')}). See debug logs.`)]
}

const sentStatuses = ({ relation, app, problems, unreadable }: Sent): readonly Status[] => [
  ...(problems.length === 0 ? [] : [blocked(oneLine(`Invalid manifests from ${app} on ${relation}: ${problems.slice(0, 3).join('; ')}`))]),
  ...(unreadable ? [waiting(`Waiting for the secret of ${app} on ${relation}: it cannot be read`)] : []),
]

const kindStatuses = ({ relation, app, manifests }: Sent): readonly Status[] =>
  manifests
    .filter((manifest) => !isDispatched(manifest))
    .slice(0, 1)
    .map(({ kind, name }) =>
      blocked(`Cannot dispatch ${kind} "${name}" of ${app} on ${relation}: its kind is none of those that are dispatched`),
    )

const deliveryStatuses = (deliveries: readonly Delivery[], ownImage: boolean): readonly Status[] => [
  ...deliveries.flatMap(({ conflicts }) => conflictStatus(conflicts)),
  ...deliveries.flatMap(({ sent }) => sent.flatMap(sentStatuses)),
  ...(ownImage ? deliveries.flatMap(({ sent }) => sent.flatMap(kindStatuses)) : []),
]

const workloadStatuses = ({ deliveries, container }: Observation, { containers }: Applied<Metadata>): readonly Status[] => {
  const applied = containers['resource-dispatcher']
  if (applied === undefined || !applied.reachable) return [waiting('Container is not ready')]
  return [...deliveryStatuses(deliveries, container.ownImage), ...containerStatuses(applied)]
}

// The owner of one namespace must not be able to block the application for all the others: it works, and says what it cannot do.
const obstacleMessage = ([first, ...others]: readonly Obstacle[]): string => {
  if (first === undefined) return ''
  return others.length === 0 ? first : `${first} (and ${others.length} more)`
}

/**
 * What this unit is like, in the Python charm's words where it has any.
 *
 * @example
 * unitStatus: (applied) => unitStatuses(observation, applied)
 */
export const unitStatuses = (observation: Observation, applied: Applied<Metadata>): readonly Status[] => {
  const { label, installing, mesh, place, knowsPodDefault, obstacles } = observation
  const wrongLabel = 'it is no key of a label in Kubernetes'
  return [
    active(obstacleMessage(obstacles)),
    ...(label.valid ? [] : [blocked(`Option target_namespace_label is ${JSON.stringify(label.text)}: ${wrongLabel}`)]),
    ...clusterStatuses(applied.failedObjects, place.app),
    ...(knowsPodDefault ? [] : [blocked('Kubernetes does not know PodDefault, and metacontroller waits for it: deploy admission-webhook')]),
    ...(mesh.kind === 'invalid' ? [mesh.status] : []),
    ...(installing ? [waiting('K8s resources created. Waiting for charm to be active')] : workloadStatuses(observation, applied)),
  ]
}

/**
 * What a unit is like that goes.
 *
 * @example
 * unitStatus: (applied) => farewellStatuses(farewell, applied)
 */
export const farewellStatuses = ({ place, last }: Farewell, { failedObjects }: Applied<Metadata>): readonly Status[] =>
  last ? [maintenance('K8S resources removed'), ...clusterStatuses(failedObjects, place.app)] : []
