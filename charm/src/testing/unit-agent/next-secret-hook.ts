import type { AgentOperation } from './operation.ts'
import type { AgentState } from './state.ts'
import type { AgentView } from './view.ts'

/** The next operation about a secret: expired, due for rotation, changed, deleted, obsolete; in this order. */
export function nextSecretOperation(state: AgentState, view: AgentView): AgentOperation | null {
  if (!state.installed || view.life !== 'alive' || state.task) return null
  const run = (kind: string, id: string, given: { readonly label?: string; readonly revision?: number } = {}): AgentOperation => ({
    kind: 'run-hook',
    hook: { kind, secret: { uri: `secret:${id}`, ...given } },
  })
  const [expired] = view.expiredSecrets
  if (expired) return run('secret-expired', expired.id, { revision: expired.revision })
  const [rotation] = view.secretRotations
  if (rotation !== undefined) return run('secret-rotate', rotation)
  const consumed = [...view.consumedSecrets].sort(byId)
  const changed = consumed.find(({ id, latest }) => (state.consumedSecrets[id] ?? 0) !== latest)
  if (changed) return run('secret-changed', changed.id, { label: changed.label, revision: changed.latest })
  if (view.deletedSecrets.length > 0) return { kind: 'forget-secrets', ids: view.deletedSecrets }
  const obsolete = [...view.obsoleteSecrets]
    .sort((left, right) => byId(left, right) || left.revision - right.revision)
    .find(({ id, revision }) => !state.obsoleteSecrets[id]?.includes(revision))
  return obsolete ? run('secret-remove', obsolete.id, { revision: obsolete.revision }) : null
}

function byId(left: { readonly id: string }, right: { readonly id: string }): number {
  return left.id < right.id ? -1 : Number(left.id > right.id)
}
