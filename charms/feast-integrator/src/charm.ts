import { defineCharm } from '@charmed-feast/charm'

import { backupRegistry } from './action/backup-registry.ts'
import { checkStores } from './action/check.ts'
import { getFeatureStoreYaml } from './action/get-feature-store-yaml.ts'
import { migrateEntityKeys } from './action/migrate-entity-keys.ts'
import { restoreRegistry } from './action/restore-registry.ts'
import { rotateNamespacePasswords } from './action/rotate-namespace-passwords.ts'
import { syncNow } from './action/sync-now.ts'
import { metadata } from './metadata.ts'
import { observe } from './observation.ts'
import { reconcile } from './reconcile.ts'

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
  actions: {
    'get-feature-store-yaml': getFeatureStoreYaml,
    'sync-now': syncNow,
    check: checkStores,
    'migrate-entity-keys': migrateEntityKeys,
    'backup-registry': backupRegistry,
    'restore-registry': restoreRegistry,
    'rotate-namespace-passwords': rotateNamespacePasswords,
  },
})
