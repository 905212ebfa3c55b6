import { randomBytes, randomUUID } from 'node:crypto'
import { constants } from 'node:zlib'
import compress from '@fastify/compress'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { errorBody, type ServerError, serverError } from '../errors.ts'
import type { AnyRoute, Rooms } from '../route.ts'
import { routes } from '../routes.ts'
import { answerBy, type Incoming } from './answer.ts'
import { type Believed, believe, type Gateway } from './caller.ts'
import { safeHeaders } from './headers.ts'
import { checkOrigin, cookieOf, tokenCookie } from './origin.ts'

/** How a server talks: everything but what it answers. */
export interface AppOptions {
  readonly rooms: Rooms
  readonly gateway: Gateway
  /** The path that a gateway serves us under, without a slash at its end: `/feast`, or `''`. */
  readonly rootPath: string
  /** Routes answer without `/api/v1` too, as `serve_registry` does; beside the pages they do not. */
  readonly bare: boolean
  /** Whether a browser's changing request has to carry the token of our pages. */
  readonly tokens: boolean
  /** Hosts that are answered for; `undefined`: any. */
  readonly hosts: readonly string[] | undefined
  readonly tls: { readonly key: Buffer; readonly cert: Buffer } | undefined
}

/** The largest body that is read. */
const bodyLimit = 1_048_576

/** The prefix of every route. */
export const apiPrefix = '/api/v1'

const first = (value: string | readonly string[] | undefined): string | undefined => (typeof value === 'string' ? value : value?.[0])

/** A name without its port: `localhost`, `[::1]`. */
const hostName = (host: string): string => host.replace(/:\d+$/, '').toLowerCase()

const withoutRoot =
  (rootPath: string) =>
  (request: { url?: string | undefined }): string => {
    const url = request.url ?? '/'
    return rootPath !== '' && url.startsWith(`${rootPath}/`) ? url.slice(rootPath.length) : url
  }

const parseJson = (_: FastifyRequest, body: string | Buffer, done: (error: Error | null, body?: unknown) => void): void => {
  try {
    done(null, body.length === 0 ? undefined : JSON.parse(body.toString()))
  } catch (cause) {
    done(serverError('SERVER_REQUEST_INVALID', ['the body is no JSON'], { cause }))
  }
}

const statusOf = (error: unknown): ServerError | undefined => {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return serverError('SERVER_BODY_TOO_LARGE', [String(bodyLimit)])
  if (typeof error.code === 'string' && error.code.startsWith('FST_ERR_CTP'))
    return serverError('SERVER_REQUEST_INVALID', ['the body is not JSON'])
  return undefined
}

const addErrors = (app: FastifyInstance, rooms: Rooms): void => {
  app.setErrorHandler((error, request, reply) => {
    const known = statusOf(error) ?? error
    const body = errorBody(known, request.id)
    if (body.status_code >= 500 && body.status_code !== 501) rooms.report(error)
    return reply
      .code(body.status_code)
      .header('cache-control', 'no-store')
      .type('application/json; charset=utf-8')
      .send(JSON.stringify(body))
  })
}

const matcher = (path: string): RegExp => new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`)

/** What no route answers: 405 where another method would do. */
export const notFound = (path: string): ServerError => {
  const below = path.startsWith(apiPrefix) ? path.slice(apiPrefix.length) : path
  const isOther = routes.some((route) => matcher(route.path).test(below))
  return serverError(isOther ? 'SERVER_METHOD_NOT_ALLOWED' : 'SERVER_ROUTE_NOT_FOUND', [])
}

const isChanging = (method: string): boolean => !['GET', 'HEAD', 'OPTIONS'].includes(method)

/** Checks that are the same for every request: which host it is for, and which site's page sent it. */
const addChecks = (app: FastifyInstance, { hosts, gateway, tokens }: AppOptions, believed: Believed): void => {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(safeHeaders).header('x-request-id', request.id)
    const host = first(request.headers.host) ?? ''
    if (hosts !== undefined && !hosts.includes(hostName(host)) && gateway.proxies.length === 0)
      throw serverError('SERVER_HOST_UNKNOWN', [host])
    const forwarded = believed.isTrusted(request.socket.remoteAddress) ? first(request.headers['x-forwarded-host']) : undefined
    if (isChanging(request.method)) checkOrigin(request.headers, { hosts: [host, forwarded], tokens })
  })
}

/** Who asks, and the token of the page that asks: the cookie's, or a new one. */
const incomingOf =
  ({ rooms, rootPath, tls }: AppOptions, believed: Believed) =>
  (request: FastifyRequest, reply: FastifyReply): Incoming => {
    const caller = believed.callerOf(request.socket.remoteAddress, request.headers)
    const writes = rooms.decide({ right: 'write', caller, project: null, path: '/status' }).allowed
    const data = rooms.decide({ right: 'preview', caller, project: null, path: '/status' }).allowed
    if (!writes && !data) return { caller, token: null }
    const known = cookieOf(request.headers, tokenCookie)
    if (known !== undefined && /^[\w-]{32}$/.test(known)) return { caller, token: known }
    const token = randomBytes(24).toString('base64url')
    if (request.method === 'GET' && (request.url.startsWith(`${apiPrefix}/status`) || !request.url.startsWith(apiPrefix)))
      reply.header(
        'set-cookie',
        `${tokenCookie}=${token}; Path=${rootPath}/; HttpOnly; SameSite=Strict${tls === undefined ? '' : '; Secure'}`,
      )
    return { caller, token }
  }

/** What a page host needs of the app. */
export interface App {
  readonly server: FastifyInstance
  readonly incoming: (request: FastifyRequest, reply: FastifyReply) => Incoming
  readonly believed: Believed
}

/** Builds the HTTP server around the table of routes; it does not listen yet. */
export const buildApp = async (options: AppOptions): Promise<App> => {
  const { rooms, rootPath, bare, tls, gateway } = options
  const believed = believe(gateway)
  const server = fastify({
    bodyLimit,
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    rewriteUrl: withoutRoot(rootPath),
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 4096 },
    ...(tls === undefined ? {} : { https: tls }),
  }) as FastifyInstance
  server.removeAllContentTypeParsers()
  server.addContentTypeParser(/^application\/(?:[\w.-]+\+)?json/, { parseAs: 'string' }, parseJson)
  await server.register(compress, {
    encodings: ['br', 'gzip'],
    threshold: 1024,
    // Not streams of events: a compressor would hold them back.
    customTypes: /^application\/json|^text\/(?:html|csv|plain)/,
    brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } },
  })
  addErrors(server, rooms)
  addChecks(server, options, believed)
  const incoming = incomingOf(options, believed)
  const add = (prefix: string, route: AnyRoute): void => {
    const url = prefix + route.path.replaceAll(/\{(\w+)\}/g, ':$1')
    server.route({ method: route.method, url, handler: answerBy(route, rooms, incoming) })
  }
  for (const route of routes) {
    add(apiPrefix, route)
    if (bare) add('', route)
  }
  return { server, incoming, believed }
}
