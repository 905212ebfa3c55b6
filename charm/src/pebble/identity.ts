import { asObject, asText, callPebble, type PebbleClient } from './client.ts'

/** Who may talk to Pebble, and how much: `admin` all, `read` no changes, `metrics` those only, `untrusted` next to nothing. */
export interface Identity {
  readonly access: 'admin' | 'read' | 'metrics' | 'untrusted'
  /** A user of this machine, known by the socket. */
  readonly local?: { readonly userId: number }
  /** A user of HTTP; the password hashed as `openssl passwd -6` does. Pebble never gives it back. */
  readonly basic?: { readonly password: string }
}

const toJson = ({ access, local, basic }: Identity): object => ({
  access,
  ...(local === undefined ? {} : { local: { 'user-id': local.userId } }),
  ...(basic === undefined ? {} : { basic }),
})

const parseIdentity = (value: unknown): Identity => {
  const { access, local, basic } = asObject(value)
  return {
    access: access === 'admin' || access === 'read' || access === 'metrics' ? access : 'untrusted',
    ...(local === undefined ? {} : { local: { userId: Number(asObject(local)['user-id']) } }),
    ...(basic === undefined ? {} : { basic: { password: asText(asObject(basic).password) } }),
  }
}

/**
 * Lists identities by name.
 *
 * @example
 * await listIdentities(client) // { juju: { access: 'admin', local: { userId: 170 } } }
 */
export const listIdentities = async (client: PebbleClient): Promise<Readonly<Record<string, Identity>>> => {
  const { result } = await callPebble(client, { method: 'GET', path: '/v1/identities' })
  return Object.fromEntries(Object.entries(asObject(result)).map(([name, identity]) => [name, parseIdentity(identity)]))
}

/**
 * Adds identities or replaces those of the same names; others stay.
 *
 * @throws {PebbleError} when two of them have one user id.
 *
 * @example
 * await replaceIdentities(client, { bob: { access: 'read', local: { userId: 1000 } } })
 */
export const replaceIdentities = async (client: PebbleClient, identities: Readonly<Record<string, Identity>>): Promise<void> => {
  const entries = Object.entries(identities).map(([name, identity]) => [name, toJson(identity)])
  await callPebble(client, {
    method: 'POST',
    path: '/v1/identities',
    json: { action: 'replace', identities: Object.fromEntries(entries) },
  })
}

/**
 * Takes identities away; that one is not there is not an error.
 *
 * @example
 * await removeIdentities(client, ['bob'])
 */
export const removeIdentities = async (client: PebbleClient, names: readonly string[]): Promise<void> => {
  const identities = Object.fromEntries(names.map((name) => [name, null]))
  await callPebble(client, { method: 'POST', path: '/v1/identities', json: { action: 'replace', identities } })
}
