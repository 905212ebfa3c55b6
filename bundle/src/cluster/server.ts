import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'

import { type ApiServer, Refusal, type Target } from '@charmed-feast/charm/testing'

import { type Account, accountOf, serviceAccountToken } from './account.ts'
import { discover } from './discovery.ts'
import { inWantedForm } from './metadata-only.ts'
import { review } from './review.ts'
import { isAllowed } from './rights.ts'
import { bookmarkAt, followObjects } from './watch.ts'

/** What serving a cluster takes. */
export interface ClusterService {
  readonly server: ApiServer
  readonly key: Buffer
  /** Told of each request that was answered. */
  readonly onRequest: ((method: string, path: string, status: number) => void) | undefined
}

type Query = Readonly<Record<string, string>>

const verbs: Readonly<Record<string, string>> = { POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' }

const verbOf = (method: string, { name }: Target, { watch }: Query): string =>
  watch === 'true' || watch === '1' ? 'watch' : (verbs[method] ?? (name === undefined ? 'list' : 'get'))

const authenticate = ({ key }: ClusterService, { headers }: IncomingMessage): Account => {
  const [, token = ''] = /^Bearer (.+)$/.exec(headers.authorization ?? '') ?? []
  const account = accountOf(key, token)
  if (account === null) throw new Refusal(401, 'Unauthorized')
  return account
}

const authorize = (
  { server }: ClusterService,
  account: Account,
  { target, verb, query }: { readonly target: Target; readonly verb: string; readonly query: Query },
): void => {
  const { root, plural, namespace, subresource } = target
  // Whoever asks for one name only needs the right to that one (docs/reference/real-programs.md).
  const name = target.name ?? /^metadata\.name=([^,]+)$/.exec(query.fieldSelector ?? '')?.[1]
  const group = root.startsWith('/apis/') ? (root.split('/')[2] ?? '') : ''
  const resource = subresource === undefined ? plural : `${plural}/${subresource}`
  // Rights to a namespace itself are asked for inside it, as Kubernetes does.
  const space = plural === 'namespaces' ? name : namespace
  if (isAllowed(server.store, account, { verb, group, resource, namespace: space, name })) return
  const where = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`
  const what = `${plural}${name === undefined ? '' : ` "${name}"`}`
  throw new Refusal(
    403,
    `${what} is forbidden: User "${account.name}" cannot ${verb} resource "${resource}" in API group "${group}" ${where}`,
  )
}

const stream = ({ server }: ClusterService, response: ServerResponse, watch: { readonly target: Target; readonly query: Query }): void => {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.flushHeaders()
  const subscription = followObjects(server.store, watch, (event) => {
    response.write(`${JSON.stringify(event)}\n`)
    if (event.type === 'ERROR') response.end()
  })
  const seconds = Number(watch.query.timeoutSeconds ?? 1800)
  const end = setTimeout(() => {
    if (watch.query.allowWatchBookmarks === 'true') response.write(`${JSON.stringify(bookmarkAt(server.store))}\n`)
    response.end()
  }, seconds * 1000)
  response.once('close', () => {
    clearTimeout(end)
    subscription[Symbol.dispose]()
  })
}

const parseBody = (body: string): object => {
  try {
    const value: unknown = JSON.parse(body)
    if (typeof value === 'object' && value !== null) return value
  } catch {
    // Said below: the parser's words would quote the body.
  }
  throw new Refusal(400, 'the body of the request is not a JSON object')
}

/** A new token for a service account, as `kubectl create token` asks for it. */
const issueToken = ({ key, server }: ClusterService, { namespace = '', name = '' }: Target, body: object): object => {
  if (!server.store.get(`/api/v1/namespaces/${namespace}/serviceaccounts/${name}`))
    throw new Refusal(404, `serviceaccounts "${name}" not found`)
  const { spec } = body as { readonly spec?: object }
  const expirationTimestamp = '9999-12-31T23:59:59Z'
  return { ...body, spec: spec ?? {}, status: { token: serviceAccountToken(key, { namespace, name }), expirationTimestamp } }
}

interface Question {
  readonly method: string
  readonly path: string
  readonly query: Query
  readonly contentType: string
  readonly body: string
}

const answer = (service: ClusterService, account: Account, question: Question): { readonly status: number; readonly value: unknown } => {
  const { server, key } = service
  const { method, path, query, body } = question
  const found = method === 'GET' ? discover(path, server.kinds()) : undefined
  if (found !== undefined) return { status: 200, value: found }
  const reviewed = method === 'POST' ? review(path, parseBody(body), { store: server.store, key, account }) : undefined
  if (reviewed !== undefined) return { status: 201, value: reviewed }
  const target = server.target(path)
  authorize(service, account, { target, verb: verbOf(method, target, query), query })
  if (target.subresource === 'token' && method === 'POST') return { status: 201, value: issueToken(service, target, parseBody(body)) }
  return server.handle(question)
}

const respond = async (service: ClusterService, request: IncomingMessage, response: ServerResponse): Promise<number> => {
  const { pathname: path, searchParams } = new URL(request.url ?? '', 'http://cluster')
  const query: Query = Object.fromEntries(searchParams)
  const method = request.method ?? ''
  if (path === '/readyz' || path === '/healthz' || path === '/livez') {
    response.writeHead(200, { 'content-type': 'text/plain' }).end('ok')
    return 200
  }
  const account = authenticate(service, request)
  if (method === 'GET' && (query.watch === 'true' || query.watch === '1')) {
    const target = service.server.target(path)
    authorize(service, account, { target, verb: 'watch', query })
    stream(service, response, { target, query })
    return 200
  }
  const body = method === 'GET' ? '' : await text(request)
  const question = { method, path, query, contentType: request.headers['content-type'] ?? '', body: body === '' ? '{}' : body }
  const { status, value } = answer(service, account, question)
  response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(inWantedForm(value, request.headers.accept))}\n`)
  return status
}

/** Answers the requests of a cluster: who asks, whether that is allowed, and what there is to say. */
export const listen = (service: ClusterService): RequestListener => {
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<number> => {
    try {
      return await respond(service, request, response)
    } catch (error) {
      const refusal =
        error instanceof Refusal ? error : new Refusal(500, 'an error on the server has prevented the request from succeeding')
      if (response.headersSent) response.destroy()
      else response.writeHead(refusal.status, { 'content-type': 'application/json' }).end(`${JSON.stringify(refusal.body())}\n`)
      return refusal.status
    }
  }
  return (request, response) => {
    void handle(request, response).then((status) => service.onRequest?.(request.method ?? '', request.url ?? '', status))
  }
}
