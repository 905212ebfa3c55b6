import type { Relation } from '@charmed-feast/charm'

import type { Settings } from './settings.ts'

/** The key by which a dispatcher says in its application databag that it reads manifests from Juju secrets. */
const markKey = 'manifest-secrets'

/**
 * Whether manifests go to a dispatcher as a Juju secret.
 *
 * @example
 * travelsAsSecret(relation, settings)   // true when the dispatcher says that it reads them
 */
export const travelsAsSecret = ({ remoteApp }: Relation<'remoteApp'>, { manifestSecrets }: Settings): boolean =>
  manifestSecrets === 'always' || (manifestSecrets === 'auto' && remoteApp[markKey] === 'true')
