import type { Desired } from '@charmed-feast/charm'

import { requestDatabase } from './database-relation.ts'
import { decide } from './decision.ts'
import { type Metadata, storeNames } from './metadata.ts'
import type { Observation } from './observation.ts'
import { planPublication, withoutExpired } from './publication.ts'
import { unitStatuses } from './status.ts'

/**
 * What shall be, from what is.
 *
 * @example
 * reconcile(await observe(hook)).unitStatus
 */
export const reconcile = (observation: Observation): Desired<Metadata> => {
  const { databases, leader, expiredLabel, config } = observation
  const decided = decide(observation)
  const publication = planPublication(observation, decided)
  const requests = storeNames.flatMap((name) =>
    databases[name].map((found) => requestDatabase(found, name, { leader, makesRoles: config['namespace-credentials'] })),
  )
  const secrets = withoutExpired(publication.secrets, expiredLabel)
  return {
    relations: [...requests, ...publication.relations],
    ...(secrets === undefined ? {} : { secrets }),
    unitStatus: unitStatuses(observation, decided),
  }
}
