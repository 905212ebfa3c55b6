import { timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { serverError } from '../errors.ts'

/** The cookie that a page's token has to equal. Whichever server answers can compare them: nothing is kept. */
export const tokenCookie = 'feast-token'
/** The header that pages send the token in. */
const tokenHeader = 'x-feast-token'

/** The value of a cookie. */
export const cookieOf = (headers: IncomingHttpHeaders, name: string): string | undefined =>
  (headers.cookie ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .find((pair) => pair.startsWith(`${name}=`))
    ?.slice(name.length + 1)

const equal = (a: string, b: string): boolean => a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))

const hostOf = (origin: string): string | undefined => {
  try {
    return new URL(origin).host
  } catch {
    return undefined // `null`, which sandboxed pages send
  }
}

const refuse = (why: string): never => {
  throw serverError('SERVER_CROSS_SITE', [why])
}

/**
 * Refuses a request that may change something, or start work, when it comes from another site's page. A browser's request says where it
 * comes from; it needs to be ours, to be JSON, and, where the pages are ours, to carry their token. One that says nothing is a program's.
 *
 * @throws SERVER_CROSS_SITE
 */
export const checkOrigin = (
  headers: IncomingHttpHeaders,
  { hosts, tokens }: { readonly hosts: readonly (string | undefined)[]; readonly tokens: boolean },
): void => {
  const { origin, 'sec-fetch-site': site, 'content-type': type = '' } = headers
  if (origin === undefined && site === undefined) return
  if (site !== undefined && site !== 'same-origin') refuse(`the browser says that it is ${String(site)}`)
  if (origin !== undefined && !hosts.includes(hostOf(origin))) refuse('its origin is not ours')
  const hasBody = headers['content-length'] !== undefined && headers['content-length'] !== '0'
  if ((hasBody || headers['transfer-encoding'] !== undefined) && !/^application\/(?:[\w.-]+\+)?json\b/i.test(type))
    refuse('its body is not JSON')
  if (!tokens) return
  const [cookie = '', token] = [cookieOf(headers, tokenCookie), headers[tokenHeader]]
  if (cookie === '' || typeof token !== 'string' || !equal(cookie, token)) refuse(`it lacks the page's token in ${tokenHeader}`)
}
