import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import type { Cluster } from '../cluster/cluster.ts'

/** What {@link serviceAccounts} needs. */
export interface ServiceAccountOptions {
  /** Where the accounts' files are put. */
  readonly folder: string
  readonly namespace: string
  readonly cluster: Cluster
}

/**
 * How an application's charm finds the cluster: variables that name its API and a folder with the service account that a pod would find in
 * `/var/run/secrets/kubernetes.io/serviceaccount`.
 *
 * @example
 * serviceAccounts({ folder, namespace: 'kubeflow', cluster })('feast-ui')   // { CHARM_KUBERNETES_URL: 'http://…', … }
 */
export const serviceAccounts = ({
  folder,
  namespace,
  cluster,
}: ServiceAccountOptions): ((application: string) => Readonly<Record<string, string>>) => {
  const written = new Set<string>()
  return (application) => {
    const account = join(folder, 'account', application)
    if (!written.has(application)) {
      mkdirSync(account, { recursive: true, mode: 0o700 })
      writeFileSync(join(account, 'token'), cluster.tokenOf({ namespace, name: application }), { mode: 0o600 })
      writeFileSync(join(account, 'namespace'), namespace, { mode: 0o600 })
      written.add(application)
    }
    return { CHARM_KUBERNETES_URL: cluster.url, CHARM_SERVICE_ACCOUNT_DIR: account }
  }
}
