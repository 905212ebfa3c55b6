import { type Desired, type DesiredObject, type DesiredRelation, defineCharm } from '@charmed-feast/charm'

import { describeContainer } from './container.ts'
import { planController, withoutController } from './controller.ts'
import { crossModelData, meshPolicies, planMesh, withoutMesh } from './mesh.ts'
import { type Metadata, metadata } from './metadata.ts'
import { type Farewell, type Observation, observe } from './observation.ts'
import { dispatcherMark } from './relation.ts'
import { farewellStatuses, unitStatuses } from './status.ts'
import { planToken, withoutToken } from './sync-token.ts'

const planRelations = ({ relations, meshes, crossModelMeshes, place }: Observation): readonly DesiredRelation[] => [
  ...relations.map((relation) => ({ relation, app: dispatcherMark })),
  ...meshes.map((relation) => ({ relation, app: meshPolicies })),
  ...crossModelMeshes.map((relation) => ({ relation, app: crossModelData(place) })),
]

const planObjects = ({ leader, label, networkPolicy, loadBalancer, mesh, place, syncToken }: Observation): readonly DesiredObject[] => {
  if (!leader || !label.valid) return []
  return [
    // The token first: metacontroller asks as soon as its controller names it.
    ...planToken(place, syncToken),
    ...planController(place, { label: label.text, networkPolicy, withToken: syncToken.token !== null }),
    ...(loadBalancer === null ? [] : [{ kind: 'absent' as const, object: loadBalancer }]),
    ...planMesh(mesh, place),
  ]
}

const leave = (farewell: Farewell): Desired<Metadata> => ({
  objects: farewell.last ? [...withoutMesh(farewell.place), ...withoutController(farewell.place), ...withoutToken(farewell.place)] : [],
  unitStatus: (applied) => farewellStatuses(farewell, applied),
})

const reconcile = (observation: Observation | Farewell): Desired<Metadata> => {
  if ('last' in observation) return leave(observation)
  const { installing, deliveries, container, label, syncToken } = observation
  const token = syncToken.token?.value ?? null
  const described = describeContainer({ deliveries, ...container, label: label.valid ? label.text : null, token })
  return {
    ...(installing ? {} : { containers: { 'resource-dispatcher': described } }),
    objects: planObjects(observation),
    relations: planRelations(observation),
    unitStatus: (applied) => unitStatuses(observation, applied),
  }
}

/**
 * The resource-dispatcher charm: takes manifests from related applications and has metacontroller make them in each user namespace.
 *
 * @example
 * await run(charm)
 */
export const charm = defineCharm({ metadata, observe, reconcile })
