import type { TextMap } from '@charmed-feast/charm'

import { type Endpoint, parseEndpoints } from './endpoint.ts'

/** How clients speak to a server: `prefer` where the relation says nothing of TLS, `verify-full` where it gives a certificate authority. */
export type Tls = { readonly mode: 'prefer' | 'require' } | { readonly mode: 'verify-full'; readonly ca: string }

/** A database and who may enter it. */
export interface Database extends Endpoint {
  readonly database: string
  readonly user: string
  readonly password: string
  readonly tls: Tls
  /** Where its tables are; by default in `public`. */
  readonly schema?: string
}

/** What a provider of `postgresql_client` says, put together from its databag and its secrets. */
export interface ProviderData {
  /** The name of the provider, for messages. */
  readonly app: string
  /** Its application databag. */
  readonly bag: TextMap
  /** The content of `secret-user`; null when there is none, or it cannot be read (yet). */
  readonly user: TextMap | null
  /** The content of `secret-tls`; likewise. */
  readonly tls: TextMap | null
  /** Behind a pgbouncer: whether none of its units is ready. */
  readonly subordinateWaits: boolean
}

/** What became of the request for a database. */
export type DatabaseState =
  | { readonly kind: 'ready'; readonly database: Database; readonly replicas: readonly Endpoint[] }
  | { readonly kind: 'waiting' }
  | { readonly kind: 'invalid'; readonly why: string }

const waits: DatabaseState = { kind: 'waiting' }

const parseTls = ({ bag, tls }: ProviderData): Tls | { readonly invalid: string } => {
  const says = (tls?.tls ?? bag.tls ?? '').trim().toLowerCase()
  const ca = (tls?.['tls-ca'] ?? bag['tls-ca'] ?? '').trim()
  if (says === '' || says === 'false') return { mode: 'prefer' }
  if (says !== 'true') return { invalid: 'key "tls" is neither True nor False' }
  if (ca === '') return { mode: 'require' }
  if (!/^-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----$/.test(ca)) return { invalid: 'key "tls-ca" is not a PEM certificate' }
  return { mode: 'verify-full', ca: `${ca}\n` }
}

/**
 * Reads what a provider of `postgresql_client` published (schema v0: charm-compat §3.1). Of several endpoints the first counts: it is the primary.
 *
 * @example
 * readDatabase({ app: 'pg', bag: { endpoints: 'h:5432', database: 'd', username: 'u', password: 'p' }, user: null, tls: null, subordinateWaits: false })
 */
export const readDatabase = (provider: ProviderData): DatabaseState => {
  const { bag, subordinateWaits } = provider
  const { database = '' } = bag
  const user = provider.user?.username ?? bag.username ?? ''
  const password = provider.user?.password ?? bag.password ?? ''
  // A secret that was announced and cannot be read takes its keys out of the databag: what is left there is not to be mixed with it.
  const unread = [['secret-user', provider.user] as const, ['secret-tls', provider.tls] as const].some(
    ([key, content]) => (bag[key] ?? '') !== '' && content === null,
  )
  const [endpoint] = parseEndpoints(bag.endpoints ?? '')
  if (subordinateWaits || unread || database === '' || user === '' || password === '') return waits
  if (endpoint === undefined || endpoint.kind === 'incomplete') return waits
  if (endpoint.kind === 'invalid') return endpoint
  const tls = parseTls(provider)
  if ('invalid' in tls) return { kind: 'invalid', why: tls.invalid }
  const replicas = parseEndpoints(bag['read-only-endpoints'] ?? '').flatMap((each) => (each.kind === 'endpoint' ? [each.endpoint] : []))
  return { kind: 'ready', database: { ...endpoint.endpoint, database, user, password, tls }, replicas }
}
