import { type Desired, defineCharm } from '@charmed-feast/charm'

import { checkStores } from './action/check.ts'
import { getFeatureStoreYaml } from './action/get-feature-store-yaml.ts'
import { syncNow } from './action/sync-now.ts'
import { requestDatabase } from './database-relation.ts'
import { decide } from './decision.ts'
import { type Metadata, metadata, storeNames } from './metadata.ts'
import { type Observation, observe } from './observation.ts'
import { planPublication, withoutExpired } from './publication.ts'
import { unitStatuses } from './status.ts'

const reconcile = (observation: Observation): Desired<Metadata> => {
  const { databases, leader, expiredLabel } = observation
  const decided = decide(observation)
  const publication = planPublication(observation, decided)
  const requests = storeNames.flatMap((name) => databases[name].map((found) => requestDatabase(found, name, { leader })))
  const secrets = withoutExpired(publication.secrets, expiredLabel)
  return {
    relations: [...requests, ...publication.relations],
    ...(secrets === undefined ? {} : { secrets }),
    unitStatus: unitStatuses(observation, decided),
  }
}

/**
 * The feast-integrator charm: asks three PostgreSQL applications for a database, and publishes `feature_store.yaml` to notebooks and to the UI.
 *
 * @example
 * await run(charm)
 */
export const charm = defineCharm({
  metadata,
  observe,
  reconcile,
  actions: { 'get-feature-store-yaml': getFeatureStoreYaml, 'sync-now': syncNow, check: checkStores },
})
