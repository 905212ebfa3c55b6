import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

import { KubernetesError } from '@charmed-feast/charm'

import type { KubernetesConnection } from '../kubernetes/connection.ts'
import { script, style } from './asset.ts'
import { dashboardConfigMap } from './charm.ts'
import { dashboardPage, type SidebarLink } from './page.ts'

/** Options of {@link openDashboard}. */
export interface DashboardOptions {
  readonly address: { readonly host: string; readonly port: number }
  readonly connection: KubernetesConnection
  /** The namespace whose ConfigMap holds the links: the model's. */
  readonly namespace: string
  readonly log: (line: string) => void
}

/** A running dashboard. */
export interface Dashboard extends AsyncDisposable {
  readonly port: number
}

type Mapping = Readonly<Record<string, unknown>>

/** No script, style or frame but our own; and nobody frames the dashboard itself. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; frame-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

const asMapping = (value: unknown): Mapping => (typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {})
const asList = (value: unknown): readonly Mapping[] => (Array.isArray(value) ? value.map(asMapping) : [])

/** The ConfigMap's two texts of JSON; nothing as long as there is none. */
const readConfig = async ({
  connection,
  namespace,
}: DashboardOptions): Promise<{ readonly links: Mapping; readonly settings: Mapping }> => {
  try {
    const { data } = await connection.call({ method: 'GET', path: `/api/v1/namespaces/${namespace}/configmaps/${dashboardConfigMap}` })
    const { links, settings } = asMapping(data)
    return { links: asMapping(JSON.parse(String(links ?? '{}'))), settings: asMapping(JSON.parse(String(settings ?? '{}'))) }
  } catch (error) {
    if (error instanceof KubernetesError && error.status === 404) return { links: {}, settings: {} }
    throw error
  }
}

/** The namespaces of users, by name. */
const readNamespaces = async ({ connection }: DashboardOptions): Promise<readonly string[]> => {
  const { items } = await connection.list('/api/v1/namespaces', { labelSelector: 'app.kubernetes.io/part-of=kubeflow-profile' })
  return items.map(({ metadata }) => metadata.name).sort()
}

// A link of a page can only lead to a path of this origin: everything else a link could be runs or leaves.
const isPath = (link: unknown): link is string => typeof link === 'string' && link.startsWith('/') && !link.startsWith('//')

const sidebarOf = (links: Mapping): readonly SidebarLink[] => {
  const at = (list: unknown, framed: (link: Mapping) => boolean): readonly SidebarLink[] =>
    asList(list).flatMap((each) => (isPath(each.link) ? [{ text: String(each.text), link: each.link, framed: framed(each) }] : []))
  return [...at(links.menuLinks, () => true), ...at(links.externalLinks, ({ iframe }) => iframe === true)]
}

/** What the frame shows for the dashboard's own address: what is behind `/_`, without our `ns`. */
const framedPath = (url: URL): string | null => {
  if (!url.pathname.startsWith('/_/') || url.pathname.startsWith('/_//')) return null
  const inside = new URLSearchParams(url.searchParams)
  inside.delete('ns')
  return `${url.pathname.slice(2)}${inside.size === 0 ? '' : `?${inside}`}`
}

const userOf = ({ headers }: IncomingMessage): string => {
  const user = headers['kubeflow-userid']
  return typeof user === 'string' && user !== '' ? user : 'anonymous@kubeflow.org'
}

interface Content {
  readonly type: string
  readonly body: string
  readonly status?: number
}

const json = (value: unknown): Content => ({ type: 'application/json', body: JSON.stringify(value) })

const contentOf = async (request: IncomingMessage, options: DashboardOptions): Promise<Content> => {
  const path = request.url ?? '/'
  const url = URL.canParse(path, 'http://dashboard') ? new URL(path, 'http://dashboard') : new URL('http://dashboard/unknown')
  const user = userOf(request)
  switch (url.pathname) {
    case '/dashboard.css':
      return { type: 'text/css', body: style }
    case '/dashboard.js':
      return { type: 'text/javascript', body: script }
    case '/health':
      return json({ status: 'ok' })
    case '/api/dashboard-links':
      return json((await readConfig(options)).links)
    case '/api/dashboard-settings':
      return json((await readConfig(options)).settings)
    case '/api/workgroup/env-info': {
      const namespaces = (await readNamespaces(options)).map((namespace) => ({ namespace, role: 'owner', user }))
      return json({ user, namespaces, platform: { provider: 'this machine' }, isClusterAdmin: false })
    }
    default:
  }
  const framed = framedPath(url)
  if (framed === null && url.pathname !== '/') return { type: 'text/plain', body: 'there is no such page\n', status: 404 }
  const [{ links }, namespaces] = await Promise.all([readConfig(options), readNamespaces(options)])
  const namespace = url.searchParams.get('ns')
  return { type: 'text/html', body: dashboardPage({ links: sidebarOf(links), namespaces, namespace, user, framed }) }
}

const respond = async (request: IncomingMessage, response: ServerResponse, options: DashboardOptions): Promise<void> => {
  const answer = async (): Promise<Content> => {
    try {
      return await contentOf(request, options)
    } catch (error) {
      options.log(`cannot read the cluster: ${error instanceof Error ? error.message : String(error)}`)
      return { type: 'text/plain', body: 'the cluster cannot be read at the moment\n', status: 503 }
    }
  }
  const { type, body, status = 200 } = request.method === 'GET' ? await answer() : { type: 'text/plain', body: 'only GET\n', status: 405 }
  response.writeHead(status, {
    'content-type': `${type}; charset=utf-8`,
    'cache-control': 'no-store',
    'content-security-policy': policy,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
  })
  response.end(body)
}

/**
 * Opens the dashboard: the links that applications sent at the side, an application in a frame of the same origin, and the namespaces of users to
 * choose from, told to the frame as Kubeflow's dashboard does (kubeflow.md §3). Put it behind the gateway, at `/`.
 *
 * @example
 * await using dashboard = await openDashboard({ address: { host: '127.0.0.1', port: 0 }, connection, namespace: 'kubeflow', log })
 */
export const openDashboard = async (options: DashboardOptions): Promise<Dashboard> => {
  const server = createServer((request, response) => void respond(request, response, options))
  server.listen(options.address)
  await once(server, 'listening')
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : options.address.port,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}
