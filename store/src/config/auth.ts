import { flag, integer, nullable, number, oneOf, required, text } from './field.ts'
import { below, type Place, report } from './problem.ts'
import { readSection, rest, type Section } from './section.ts'
import type { YamlNode } from './yaml-tree.ts'

const serverFields = {
  type: oneOf(['oidc'], 'oidc'),
  auth_discovery_url: required(text()),
  client_id: nullable(text()),
  ui_client_id: nullable(text()),
  verify_ssl: flag(true),
  ca_cert_path: text(''),
  audience: nullable(text()),
  issuer: nullable(text()),
  jwks_cache_lifespan_seconds: integer(300, { above: 0 }),
  jwks_request_timeout_seconds: number(10, { above: 0 }),
}

const clientFields = {
  ...serverFields,
  auth_discovery_url: nullable(text()),
  username: nullable(text()),
  password: nullable(text()),
  client_secret: nullable(text()),
  token: nullable(text()),
  token_env_var: nullable(text()),
  token_refresh_margin_seconds: number(30, { above: 0 }),
}

const kubernetesFields = { type: oneOf(['kubernetes'], 'kubernetes'), user_token: nullable(text()) }

/** How callers are known: not at all, by OpenID Connect (as a server, or with credentials of a client), by Kubernetes. */
export type AuthConfig =
  | { readonly kind: 'no_auth' }
  | ({ readonly kind: 'oidc' } & Section<typeof serverFields>)
  | ({ readonly kind: 'oidc_client' } & Section<typeof clientFields>)
  | ({ readonly kind: 'kubernetes'; readonly options: Readonly<Record<string, unknown>> } & Section<typeof kubernetesFields>)

const types = ['no_auth', 'kubernetes', 'oidc'] as const
const clientKeys = ['client_secret', 'token', 'token_env_var', 'username', 'password']

/** Reads the key `auth`. As Feast does it: OpenID Connect is a client's when a key of a client is there, or no discovery URL. */
export const readAuth = (node: YamlNode | undefined, place: Place): AuthConfig | undefined => {
  if (node === undefined || node.kind === 'null') return { kind: 'no_auth' }
  const named = node.kind === 'map' ? node.entries.get('type') : node
  const type = types.find((each) => named?.kind === 'text' && named.value === each)
  const section = node.kind === 'map' ? node : undefined
  switch (type) {
    case 'no_auth':
      return readSection({ type: oneOf(['no_auth'], 'no_auth') }, section, place, 'refuse') && { kind: 'no_auth' }
    case 'kubernetes': {
      const fields = readSection(kubernetesFields, section, place, 'keep')
      return fields && { kind: 'kubernetes', ...fields, options: rest(section, Object.keys(kubernetesFields)) }
    }
    case 'oidc':
      return readOidc(section, place)
    default:
      report(
        named === undefined || node.kind !== 'map' ? place : below(place, 'type', named.line),
        `it names no way to know callers; allowed: ${types.join(', ')}`,
      )
      return undefined
  }
}

const readOidc = (node: YamlNode | undefined, place: Place): AuthConfig | undefined => {
  const keys = node?.kind === 'map' ? [...node.entries.keys()] : []
  if (node !== undefined && keys.includes('auth_discovery_url') && !keys.some((key) => clientKeys.includes(key))) {
    const server = readSection(serverFields, node, place, 'refuse')
    return server && { kind: 'oidc', ...server }
  }
  // Named alone, `auth: oidc` is the server's for Feast, which then misses its discovery URL.
  const client =
    node === undefined ? readSection(serverFields, node, place, 'refuse') && undefined : readSection(clientFields, node, place, 'refuse')
  if (client === undefined || !hasOneCredential(client, place)) return undefined
  return { kind: 'oidc_client', ...client }
}

const hasOneCredential = (client: Section<typeof clientFields>, place: Place): boolean => {
  const { username, password, clientSecret, authDiscoveryUrl, clientId, token, tokenEnvVar } = client
  const login = username || password ? [username, password] : []
  const groups = [
    { name: 'token', values: [token] },
    { name: 'token_env_var', values: [tokenEnvVar] },
    { name: 'client_secret, auth_discovery_url and client_id', values: [clientSecret, authDiscoveryUrl, clientId, ...login] },
  ]
  const partial = groups.find(({ values }) => values.some(Boolean) && !values.every(Boolean))
  if (partial !== undefined)
    report(place, `${partial.name} are only good together${login.length > 0 ? ', and username with password' : ''}`)
  const whole = groups.filter(({ values }) => values.every(Boolean))
  if (whole.length > 1) report(place, `only one of these may be there: ${whole.map(({ name }) => name).join('; ')}`)
  return partial === undefined && whole.length <= 1
}
