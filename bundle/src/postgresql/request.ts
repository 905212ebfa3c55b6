import { type DesiredBag, type DesiredSecret, type Relation, secretUri, type TextMap } from '@charmed-feast/charm'

import type { DatabaseServer } from './server.ts'

// `postgresql_client`, the provider's side of schema v0 (charm-compat §3.1, Appendix B; data_interfaces v0).

/** What a requirer asked for, and what it has got. */
export interface Request {
  readonly relation: Relation<'remoteApp' | 'localApp'>
  readonly database: string
  readonly user: string
  readonly password: string
  /** Whether its user shall make roles of its own. */
  readonly makesRoles: boolean
}

/** A request whose database is there. */
export interface Provided extends Request {
  /** The authority, PEM, that vouches for the server; null where clients come without TLS. */
  readonly authority: string | null
}

/**
 * Whether a databag asks for the right to make roles: `extra-user-roles` is a list with commas.
 *
 * @example
 * asksForRoles({ 'extra-user-roles': 'createrole' })   // true
 */
export const asksForRoles = (bag: TextMap): boolean =>
  (bag['extra-user-roles'] ?? '').split(',').some((role) => role.trim().toLowerCase() === 'createrole')

/** Labels of a relation's secrets are those of the Python library. */
const labelOf = (id: number, group: 'user' | 'tls'): string => `database.${id}.${group}.secret`

/** The label of the secret that holds a relation's user. */
export const userLabel = (id: number): string => labelOf(id, 'user')

/** The name of a relation's user. */
export const userOf = (id: number): string => `relation_id_${id}`

/**
 * The relation whose secret has this label; null when it is no label of ours.
 *
 * @example
 * relationOfLabel('database.7.user.secret')   // 7
 */
export const relationOfLabel = (label: string): number | null => {
  const [, id] = /^database\.(\d+)\.(?:user|tls)\.secret$/.exec(label) ?? []
  return id === undefined ? null : Number(id)
}

const requestedSecrets = (bag: TextMap): readonly unknown[] => {
  try {
    const value: unknown = JSON.parse(bag['requested-secrets'] ?? '[]')
    return Array.isArray(value) ? value : []
  } catch {
    return []
  }
}

/** A user's credentials as the interface names them. */
export const credentialsOf = (
  { user, password, database }: Pick<Request, 'database' | 'user' | 'password'>,
  { host, port }: DatabaseServer,
): TextMap => {
  const uri = `postgresql://${user}:${encodeURIComponent(password)}@${host}:${port}/${encodeURIComponent(database)}`
  return { username: user, password, uris: uri, 'read-only-uris': uri }
}

/** What is said of TLS, in the interface's words. */
const tlsOf = ({ authority }: Provided): TextMap => (authority === null ? { tls: 'False' } : { tls: 'True', 'tls-ca': authority })

/** What a relation's databag and secrets shall hold. */
export interface Answer {
  readonly app: DesiredBag
  readonly secrets: readonly DesiredSecret[]
}

/**
 * What the provider says to a request. Credentials go into secrets where the requirer asked for that, else into the databag as
 * requirers from before Juju's secrets expect it. One server is primary and replica at once.
 *
 * @example
 * answerRequest(request, server).app['endpoints']   // '127.0.0.1:5432'
 */
export const answerRequest = (request: Provided, server: DatabaseServer): Answer => {
  const { relation, database } = request
  const { remoteApp, id } = relation
  const endpoint = `${server.host}:${server.port}`
  const credentials = credentialsOf(request, server)
  const common = {
    data: JSON.stringify(Object.fromEntries(Object.entries(remoteApp).filter(([key]) => key !== 'data'))),
    database,
    endpoints: endpoint,
    'read-only-endpoints': endpoint,
    version: server.version,
  }
  const wanted = requestedSecrets(remoteApp)
  if (!wanted.includes('username') || !wanted.includes('password'))
    return { app: { ...common, ...credentials, ...tlsOf(request) }, secrets: [] }
  const secret = (group: 'user' | 'tls', content: TextMap): DesiredSecret => ({
    label: labelOf(id, group),
    owner: 'application',
    content,
    grants: [relation],
  })
  return {
    app: { ...common, 'secret-user': secretUri(labelOf(id, 'user')), 'secret-tls': secretUri(labelOf(id, 'tls')) },
    secrets: [secret('user', credentials), secret('tls', tlsOf(request))],
  }
}
