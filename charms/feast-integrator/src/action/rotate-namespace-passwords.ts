import type { Action } from '@charmed-feast/charm'

import type { Metadata } from '../metadata.ts'
import { observe } from '../observation.ts'
import { reconcile } from '../reconcile.ts'

/**
 * Gives the users of all namespaces new passwords, and publishes them.
 *
 * @example
 * // juju run feast-integrator/leader rotate-namespace-passwords
 */
export const rotateNamespacePasswords = async (action: Action<Metadata>): Promise<void> => {
  if (!(await action.hook.isLeader())) return action.fail('only the leader knows the passwords: run this on feast-integrator/leader')
  const observation = await observe(action.hook, { renewPasswords: true })
  const { access } = observation
  if (access.kind === 'common')
    return action.fail('namespaces have no users of their own: see option namespace-credentials and the status of this unit')
  if (access.kind === 'failed') return action.fail(access.why)
  await action.apply(reconcile(observation))
  await action.set({ rotated: String(Object.keys(access.passwords).length) })
}
