import { type Desired, type DesiredObject, type DesiredRelation, defineCharm } from '@charmed-feast/charm'

import { describeContainer } from './container.ts'
import { planController, withoutController } from './controller.ts'
import { crossModelData, meshPolicies, planMesh, withoutMesh } from './mesh.ts'
import { type Metadata, metadata } from './metadata.ts'
import { type Farewell, type Observation, observe } from './observation.ts'
import { dispatcherMark } from './relation.ts'
import { farewellStatuses, unitStatuses } from './status.ts'

const planRelations = ({ relations, meshes, crossModelMeshes, place }: Observation): readonly DesiredRelation[] => [
  ...relations.map((relation) => ({ relation, app: dispatcherMark })),
  ...meshes.map((relation) => ({ relation, app: meshPolicies })),
  ...crossModelMeshes.map((relation) => ({ relation, app: crossModelData(place) })),
]

const planObjects = ({ leader, label, networkPolicy, loadBalancer, mesh, place }: Observation): readonly DesiredObject[] => {
  if (!leader || !label.valid) return []
  return [
    ...planController(place, { label: label.text, networkPolicy }),
    ...(loadBalancer === null ? [] : [{ kind: 'absent' as const, object: loadBalancer }]),
    ...planMesh(mesh, place),
  ]
}

const leave = (farewell: Farewell): Desired<Metadata> => ({
  objects: farewell.last ? [...withoutMesh(farewell.place), ...withoutController(farewell.place)] : [],
  unitStatus: (applied) => farewellStatuses(farewell, applied),
})

const reconcile = (observation: Observation | Farewell): Desired<Metadata> => {
  if ('last' in observation) return leave(observation)
  const { installing, deliveries, container, label } = observation
  const described = describeContainer({ deliveries, ...container, label: label.valid ? label.text : null })
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
