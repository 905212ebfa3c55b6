import { type Desired, type DesiredRelation, defineCharm } from '@charmed-feast/charm'

import { ask } from './configuration.ts'
import { dashboardLinks } from './dashboard.ts'
import { planExposure } from './exposure.ts'
import { crossModelData, meshPolicies, planMesh } from './mesh.ts'
import { type Metadata, metadata, port } from './metadata.ts'
import { type Observation, observe } from './observation.ts'
import { unitStatuses } from './status.ts'
import { describeContainer } from './workload.ts'

const planRelations = ({ configured, dashboards, meshes, crossModelMeshes, place }: Observation): readonly DesiredRelation[] => [
  ...(configured.relation === null ? [] : [{ relation: configured.relation, app: ask }]),
  ...dashboards.map((relation) => ({ relation, app: dashboardLinks })),
  ...meshes.map((relation) => ({ relation, app: meshPolicies })),
  ...crossModelMeshes.map((relation) => ({ relation, app: crossModelData(place.app, place.model) })),
]

const reconcile = (observation: Observation): Desired<Metadata> => {
  const { configured, ownImage, mesh, place, settings: parsed } = observation
  const exposure = planExposure(observation)
  const { configuration } = configured
  return {
    ports: [`${port}/tcp`],
    // Without a configuration the last good one stays, and the service with it.
    ...(configuration.kind === 'store' && parsed.kind === 'settings'
      ? { containers: { 'feast-ui': describeContainer(configuration.store, { ownImage, settings: parsed.settings }) } }
      : {}),
    objects: planMesh(mesh, place),
    relations: [...planRelations(observation), ...exposure.relations],
    unitStatus: (applied) => unitStatuses({ observation, exposure }, applied),
  }
}

/**
 * The feast-ui charm: runs Feast's web UI on every unit with what feast-integrator says, and lets dashboard and gateways find it.
 *
 * @example
 * await run(charm)
 */
export const charm = defineCharm({ metadata, observe, reconcile })
