/** Where a server listens. */
export interface Endpoint {
  /** A name or an address; IPv6 without brackets. */
  readonly host: string
  readonly port: number
}

/** What an endpoint in a databag turned out to be. */
export type ParsedEndpoint =
  | { readonly kind: 'endpoint'; readonly endpoint: Endpoint }
  /** Nothing that a client could connect to yet. */
  | { readonly kind: 'incomplete' }
  /** Something that no client will ever connect to. */
  | { readonly kind: 'invalid'; readonly why: string }

const address = /^\[([0-9a-fA-F:.]+(?:%[\w.-]+)?)\]:([\w.+ -]{0,20})$/
const name = /^([\w.-]+):([\w.+ -]{0,20})$/

const parsePort = (text: string): number | null => {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0
  return port >= 1 && port <= 65_535 ? port : null
}

// What looks like more than an address may hold a password, cut in two by its own comma: such a text is not quoted.
const show = (text: string): string => (/^[\w.:[\]%/-]*$/.test(text) ? `endpoint "${text}"` : 'an endpoint')

const parseOne = (text: string): ParsedEndpoint => {
  const [, host, digits] = address.exec(text) ?? name.exec(text) ?? []
  if (host === undefined || digits === undefined) {
    if (/^[\w.-]*$/.test(text)) return { kind: 'incomplete' }
    return { kind: 'invalid', why: `${show(text)} is not host:port or [address]:port` }
  }
  const port = parsePort(digits)
  if (port === null) return { kind: 'invalid', why: `port "${digits}" of ${show(text)} is not a number from 1 to 65535` }
  return { kind: 'endpoint', endpoint: { host, port } }
}

/**
 * Reads a list of endpoints as PostgreSQL's providers publish it (`host:port`, separated by commas; IPv6 as `[address]:port`).
 *
 * @example
 * parseEndpoints('[fd00::15]:6432,b:5432')   // two of kind 'endpoint', the first with host 'fd00::15' and port 6432
 */
export const parseEndpoints = (text: string): readonly ParsedEndpoint[] =>
  text
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '')
    .map(parseOne)

/**
 * A host as it stands in a URL: IPv6 in brackets.
 *
 * @example
 * urlHost('fd00::15')   // '[fd00::15]'
 */
export const urlHost = (host: string): string => (host.includes(':') ? `[${host.replace('%', '%25')}]` : host)
