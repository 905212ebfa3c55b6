import type { Action } from '@charmed-feast/charm'
import { secretAdd } from '@charmed-feast/charm/hook-tool'

import type { Database } from '../database.ts'
import { decide } from '../decision.ts'
import { certificatesOf, type FeatureStore } from '../feature-store.ts'
import { renderFeatureStoreYaml } from '../feature-store-yaml.ts'
import { mountPath } from '../manifest.ts'
import type { Metadata } from '../metadata.ts'
import { observe } from '../observation.ts'
import { revealedPrefix } from '../publication.ts'

const mask = (database: Database): Database => ({ ...database, password: 'masked' })

const masked = (store: FeatureStore): FeatureStore => ({
  ...store,
  registry: mask(store.registry),
  offlineStore: mask(store.offlineStore),
  onlineStore: mask(store.onlineStore),
})

const lifetime = '1h'

/** Results stay in the controller for whoever may list them; a secret is shown to the model's administrators, and goes after its hour. */
const reveal = async ({ hook }: Action<Metadata>, store: FeatureStore): Promise<string> => {
  const id = hook.event.kind === 'action' ? hook.event.id : ''
  const certificates = Object.entries(certificatesOf(store)).map(([name, text]) => [name.replace('.', '-'), text] as const)
  const content = { 'feature-store-yaml': renderFeatureStoreYaml(store, { folder: mountPath }), ...Object.fromEntries(certificates) }
  for (const value of Object.values(content)) hook.protect(value)
  const description = 'feature_store.yaml with its credentials, made by the action get-feature-store-yaml'
  return secretAdd(hook.run, content, { owner: 'application', label: `${revealedPrefix}${id}`, description, expire: lifetime })
}

/**
 * Shows the `feature_store.yaml` that notebooks get: with passwords masked, or as a secret that holds them.
 *
 * @example
 * // juju run feast-integrator/leader get-feature-store-yaml include-credentials=true
 */
export const getFeatureStoreYaml = async (action: Action<Metadata>): Promise<void> => {
  const observation = await observe(action.hook)
  if (!observation.leader) return action.fail('only the leader knows what was published: run this on feast-integrator/leader')
  const { decision } = decide(observation)
  if (decision.kind !== 'publish') return action.fail('there is no feature_store.yaml yet: see the status of this unit for what is missing')
  if (action.params['include-credentials'] === true) return action.set({ 'secret-uri': await reveal(action, decision.store) })
  await action.set({ 'feature-store-yaml': renderFeatureStoreYaml(masked(decision.store), { folder: mountPath }) })
}
