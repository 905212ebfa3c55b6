import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Caller } from '../decision.ts'
import { serverError } from '../errors.ts'
import { isTimed } from '../object/listing.ts'
import { readQuery } from '../query.ts'
import type { RegistryIndex } from '../registry/registry-index.ts'
import { Answer, type AnyRoute, type Rooms } from '../route.ts'

/** What the server knows of a request before its route is asked. */
export interface Incoming {
  readonly caller: Caller
  readonly token: string | null
}

const queryOf = (request: FastifyRequest): URLSearchParams => {
  const at = request.url.indexOf('?')
  return new URLSearchParams(at < 0 ? '' : request.url.slice(at + 1))
}

const projectOf = (query: URLSearchParams, body: unknown): string | null => {
  const said = query.get('project')
  if (said !== null) return said
  return typeof body === 'object' && body !== null && 'project' in body && typeof body.project === 'string' ? body.project : null
}

const checkAllowed = (route: AnyRoute, rooms: Rooms, caller: Caller, project: string | null): void => {
  const decision = rooms.decide({ right: route.right, caller, project, path: route.path })
  if (decision.allowed) return
  const members = decision.role === null ? {} : { needed_role: decision.role }
  throw serverError('SERVER_FORBIDDEN', [route.summary.charAt(0).toLowerCase() + route.summary.slice(1), decision.why], { members })
}

/** Ages in an answer grow: it is the same for so long. */
const tickSeconds = 15n

/** The ETag of what follows from the registry (and, where ages are told, from the time); `undefined` where only the answer itself tells. */
const etagOf = (route: AnyRoute, rooms: Rooms, index: RegistryIndex, query: Readonly<Record<string, unknown>>): string | undefined => {
  if (route.method !== 'GET' || route.cost !== 'snapshot') return undefined
  const { q, fields, sort_by } = query
  const told = { q: asText(q), fields: asText(fields), sort_by: asText(sort_by) }
  if (!isTimed(told) && !route.path.endsWith('/{name}')) return `"${index.version}"`
  return `"${index.version}.${rooms.now() / 1_000_000n / tickSeconds}"`
}

const asText = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

/** Whether the client has this already. Proxies weaken tags when they compress. */
const isKnown = (request: FastifyRequest, etag: string): boolean =>
  (request.headers['if-none-match'] ?? '').split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag || tag.trim() === '*')

const abortOf = (request: FastifyRequest, reply: FastifyReply): AbortSignal => {
  const abort = new AbortController()
  const stop = (): void => {
    if (!reply.raw.writableFinished) abort.abort(new Error('the client went away'))
  }
  request.raw.socket.once('close', stop)
  reply.raw.once('finish', () => request.raw.socket.off('close', stop))
  return abort.signal
}

const indexFor = async (rooms: Rooms, query: URLSearchParams): Promise<RegistryIndex> =>
  query.get('allow_cache')?.toLowerCase() === 'false' ? await rooms.feed.refresh() : await rooms.feed.current()

const send = (request: FastifyRequest, reply: FastifyReply, answer: Answer): FastifyReply => {
  reply.code(answer.status).headers(answer.headers)
  if (answer.body === undefined) return reply.send()
  // Streams and files are sent as they are, under the type that they say.
  if (answer.body instanceof Readable || Buffer.isBuffer(answer.body)) return reply.send(answer.body)
  const text = JSON.stringify(answer.body)
  if (request.method === 'GET' && !reply.hasHeader('etag')) {
    const etag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`
    reply.header('etag', etag)
    if (isKnown(request, etag)) return reply.code(304).send()
  }
  return reply.type('application/json; charset=utf-8').send(text)
}

/** Answers a request by its row of the table: reads, decides, handles, sends. */
export const answerBy =
  (route: AnyRoute, rooms: Rooms, incoming: (request: FastifyRequest, reply: FastifyReply) => Incoming) =>
  async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const { caller, token } = incoming(request, reply)
    const raw = queryOf(request)
    checkAllowed(route, rooms, caller, projectOf(raw, request.body))
    const query = readQuery(route.query, raw)
    const body = route.body?.read(request.body)
    const index = await indexFor(rooms, raw)
    reply.header('x-registry-version', index.version).header('cache-control', 'no-cache')
    const etag = etagOf(route, rooms, index, query)
    if (etag !== undefined) {
      reply.header('etag', etag)
      if (isKnown(request, etag)) return reply.code(304).send()
    }
    const result = await route.handle({
      ...{ rooms, caller, query, body, index, token, headers: request.headers },
      // Fastify gives what the path's names matched.
      path: request.params as Readonly<Record<string, string>>,
      signal: abortOf(request, reply),
    })
    return send(request, reply, result instanceof Answer ? result : new Answer(200, result))
  }
