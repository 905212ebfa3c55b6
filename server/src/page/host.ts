import type { FastifyReply, FastifyRequest } from 'fastify'
import { type App, apiPrefix, notFound } from '../http/app.ts'
import type { Json } from '../json.ts'
import type { Rooms } from '../route.ts'
import { hostConfig } from '../session.ts'
import { type PageFile, readPageFiles } from './files.ts'
import { indexPage, relativeBase, safePrefix } from './index-page.ts'

/** Where the pages are, and under which path. */
export interface HostOptions {
  readonly rooms: Rooms
  /** The folder that they were built into. */
  readonly folder: string
  readonly rootPath: string
  /** The content security policy of the pages. */
  readonly policy: string
}

const pathOf = (request: FastifyRequest): string => request.url.replace(/\?.*$/s, '')

const decoded = (path: string): string => {
  try {
    return decodeURIComponent(path)
  } catch {
    return '' // no file has such a name
  }
}

/** Pages live at `/` and below `/p/`; a browser that navigates elsewhere gets the page too, which then says that nothing is there. */
const isPage = (request: FastifyRequest, path: string): boolean => {
  if (path === '/' || path === '/index.html' || path === '/p' || path.startsWith('/p/')) return true
  return !path.startsWith('/api/') && (request.headers.accept ?? '').includes('text/html')
}

const codings = ['br', 'gzip'] as const

const sendFile = async (request: FastifyRequest, reply: FastifyReply, file: PageFile): Promise<FastifyReply> => {
  reply
    .header('etag', file.etag)
    .header('vary', 'accept-encoding')
    .header('cache-control', file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache')
  if (request.headers['if-none-match']?.includes(file.etag) === true) return reply.code(304).send()
  const accepted = String(request.headers['accept-encoding'] ?? '')
  const coding = codings.find((each) => accepted.includes(each))
  const coded = coding === undefined ? undefined : await file.coded(coding)
  if (coding !== undefined && coded !== undefined) reply.header('content-encoding', coding)
  return reply.type(file.type).send(coded ?? file.plain)
}

const titled = (name: string): string =>
  name.replaceAll('_', ' ').replaceAll(/\p{L}+/gu, (word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase())

/** What Feast's own pages read first: the projects, and where the API is. */
const projectsList = async ({ rooms, rootPath }: HostOptions): Promise<Json> => {
  const { projects } = await rooms.feed.current()
  const registryPath = `${rootPath}${apiPrefix}`
  const list = projects.map(({ name, head }) => ({
    name: titled(name),
    description: head.description || `Project: ${name}`,
    id: name,
    registryPath,
  }))
  if (list.length === 0) return { projects: [{ name: 'Project', description: 'Test project', id: rooms.config.project, registryPath }] }
  const all = { name: 'All Projects', description: 'View data across all projects', id: 'all', registryPath }
  return { projects: list.length > 1 ? [all, ...list] : list }
}

/** MLflow's answers where it is not configured; Feast serves them beside the API, not below it. */
const mlflow: Readonly<Record<string, Json>> = {
  '/api/mlflow-runs': { runs: [], mlflow_uri: null },
  '/api/mlflow-feature-usage': { feature_usage: {}, mlflow_enabled: false },
  '/api/mlflow-feature-models': { feature_models: {} },
}

/** Serves the pages of a folder, and what they read before they know the API. */
export const hostPages = async ({ server, incoming, believed }: App, options: HostOptions): Promise<void> => {
  const { rooms, rootPath, folder } = options
  const files = await readPageFiles(folder)

  const baseOf = (request: FastifyRequest, path: string): string => {
    const said = request.headers['x-forwarded-prefix']
    const told = believed.isTrusted(request.socket.remoteAddress) && typeof said === 'string' ? safePrefix(said) : undefined
    const prefix = told ?? (rootPath === '' ? undefined : rootPath)
    return prefix === undefined ? relativeBase(path) : `${prefix}/`
  }

  const sendPage = async (request: FastifyRequest, reply: FastifyReply, path: string): Promise<FastifyReply> => {
    const { caller, token } = incoming(request, reply)
    const config = await hostConfig(rooms, caller, token)
    return reply
      .headers({ 'content-security-policy': options.policy, 'cache-control': 'no-store' })
      .type('text/html; charset=utf-8')
      .send(indexPage(files.index, { base: baseOf(request, path), config }))
  }

  const health = async (_: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const ready = await rooms.feed.current().then(
      () => true,
      (error: unknown) => {
        rooms.report(error)
        return false
      },
    )
    return reply
      .code(ready ? 200 : 503)
      .header('cache-control', 'no-store')
      .send()
  }

  for (const path of ['/health', '/healthz', '/readyz']) server.get(path, health)
  server.get('/projects-list.json', async (_, reply) => reply.header('cache-control', 'no-cache').send(await projectsList(options)))
  for (const [path, body] of Object.entries(mlflow)) server.get(path, async () => body)
  server.setNotFoundHandler(async (request, reply) => {
    const path = pathOf(request)
    if (request.method !== 'GET') throw notFound(path)
    if (rootPath !== '' && path === rootPath) return reply.redirect(`${rootPath}/${request.url.slice(path.length)}`, 301)
    const file = files.get(decoded(path.slice(1)))
    if (file !== undefined) return await sendFile(request, reply, file)
    if (isPage(request, path)) return await sendPage(request, reply, path)
    throw notFound(path)
  })
}
