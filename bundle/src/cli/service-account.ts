import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import type { ModelCluster } from '../cluster/model-cluster.ts'

/** What {@link serviceAccounts} needs. */
export interface ServiceAccountOptions {
  /** Where the accounts' files are put. */
  readonly folder: string
  readonly namespace: string
  readonly cluster: ModelCluster
}

/**
 * How an application's charm finds the cluster: variables that name its API and a folder with the service account that a pod would find in
 * `/var/run/secrets/kubernetes.io/serviceaccount`.
 *
 * @example
 * await serviceAccounts({ folder, namespace: 'kubeflow', cluster })('feast-ui')   // { CHARM_KUBERNETES_URL: 'http://…', … }
 */
export const serviceAccounts = ({
  folder,
  namespace,
  cluster,
}: ServiceAccountOptions): ((application: string) => Promise<Readonly<Record<string, string>>>) => {
  const written = new Map<string, string>()
  return async (application) => {
    const account = join(folder, 'account', application)
    const write = (name: string, text: string): Promise<void> => writeFile(join(account, name), text, { mode: 0o600 })
    const token = await cluster.tokenOf({ namespace, name: application })
    if (written.get(application) !== token) {
      await mkdir(account, { recursive: true, mode: 0o700 })
      await write('namespace', namespace)
      if (cluster.ca !== undefined) await write('ca.crt', cluster.ca)
      await write('token', token)
      written.set(application, token)
    }
    return { CHARM_KUBERNETES_URL: cluster.url, CHARM_SERVICE_ACCOUNT_DIR: account }
  }
}
