import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http'

/** What a request is let in by. */
export interface EntranceOptions {
  /** Whoever shows it is let in: random, printed once by the bundle. */
  readonly token: string
  /** Who that is: what `kubeflow-userid` says behind the gateway. */
  readonly user: string
}

/** What becomes of a request at the door. */
export type Admission =
  | { readonly kind: 'enter' }
  /** Shown the token: it is kept as a cookie, and the address is asked for again without it. */
  | { readonly kind: 'welcome'; readonly location: string; readonly cookie: string }
  | { readonly kind: 'refuse'; readonly status: number; readonly why: string }

const cookieName = 'charmed-feast'

// Hashes are equally long, and their comparison takes equally long wherever they differ.
const hash = (text: string): Buffer => createHash('sha256').update(text).digest()
const isSame = (left: string, right: string): boolean => timingSafeEqual(hash(left), hash(right))

const cookiesOf = (header = ''): readonly (readonly [name: string, whole: string])[] =>
  header
    .split(';')
    .map((whole) => whole.trim())
    .filter((whole) => whole !== '')
    .map((whole) => [whole.split('=')[0] ?? '', whole] as const)

/**
 * Decides about a request: the Host must be this gateway by its name, so that no other name that somebody points at this machine reaches it; the
 * token is known or shown. A SameSite=Strict cookie keeps other sites' pages out.
 *
 * @example
 * admit({ host: 'localhost:8080', path: '/?token=abc', cookie: undefined }, { token: 'abc', user: 'me', port: 8080 }).kind   // 'welcome'
 */
export const admit = (
  { host, path, cookie }: { readonly host: string | undefined; readonly path: string; readonly cookie: string | undefined },
  { token, port }: EntranceOptions & { readonly port: number },
): Admission => {
  if (host?.toLowerCase() !== `localhost:${port}`)
    return { kind: 'refuse', status: 421, why: `this is http://localhost:${port}, and no other host` }
  if (!URL.canParse(path, 'http://localhost')) return { kind: 'refuse', status: 400, why: 'this address cannot be read' }
  const url = new URL(path, 'http://localhost')
  const shown = url.searchParams.get('token')
  if (shown !== null && isSame(shown, token)) {
    url.searchParams.delete('token')
    const kept = `${cookieName}=${token}; Path=/; HttpOnly; SameSite=Strict`
    // Two slashes at the beginning would name another host.
    return { kind: 'welcome', location: `${url.pathname.replace(/^\/+/, '/')}${url.search}`, cookie: kept }
  }
  const known = cookiesOf(cookie).some(([name, whole]) => name === cookieName && isSame(whole.slice(cookieName.length + 1), token))
  return known ? { kind: 'enter' } : { kind: 'refuse', status: 401, why: 'open the address that charmed-feast printed: it holds the key' }
}

/** What only a gateway may say about who asks and from where, and what is about this connection alone. */
const isOurs = (name: string): boolean =>
  /^(kubeflow-|x-forwarded-|x-goog-authenticated|x-auth-|x-envoy-|x-real-ip$|x-original-|x-client-|true-client-ip$|forwarded$|remote-user$)/.test(
    name,
  )
const ofConnection = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** Headers without those that are about one connection. */
export const withoutConnection = (headers: IncomingHttpHeaders): OutgoingHttpHeaders => {
  const named = (headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase())
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !ofConnection.has(name) && !named.includes(name)))
}

/**
 * The headers with which a request goes on: identity and origin are what the gateway says, the gateway's own cookie stays here.
 *
 * @example
 * forwardedHeaders(request.headers, { token, user: 'user@example.com' })['kubeflow-userid']   // 'user@example.com'
 */
export const forwardedHeaders = (headers: IncomingHttpHeaders, { user }: EntranceOptions): OutgoingHttpHeaders => {
  const { cookie, ...others } = withoutConnection(headers)
  const kept = Object.entries(others).filter(([name]) => !isOurs(name.replaceAll('_', '-')))
  const cookies = cookiesOf(typeof cookie === 'string' ? cookie : '').filter(([name]) => name !== cookieName)
  return {
    ...Object.fromEntries(kept),
    ...(cookies.length === 0 ? {} : { cookie: cookies.map(([, whole]) => whole).join('; ') }),
    'kubeflow-userid': user,
    'x-forwarded-for': '127.0.0.1',
    'x-forwarded-host': headers.host ?? '',
    'x-forwarded-proto': 'http',
  }
}
