import { type Action, worstStatus } from '@charmed-feast/charm'

import { decide } from '../decision.ts'
import type { Metadata } from '../metadata.ts'
import { observe } from '../observation.ts'
import { unitStatuses } from '../status.ts'

const outcomes = { publish: 'published', withdraw: 'withdrawn', keep: 'kept as it was' } as const

/**
 * Does at once what the next hook would do, and says what became of it.
 *
 * @example
 * // juju run feast-integrator/leader sync-now
 */
export const syncNow = async (action: Action<Metadata>): Promise<void> => {
  const observation = await observe(action.hook)
  if (!observation.leader) return action.fail('only the leader publishes: run this on feast-integrator/leader')
  const decided = decide(observation)
  const status = worstStatus(unitStatuses(observation, decided))
  await action.reconcile()
  await action.set({ outcome: outcomes[decided.decision.kind], status: status?.kind ?? 'active', message: status?.message ?? '' })
}
