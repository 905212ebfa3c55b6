import { once } from 'node:events'
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { pipeline } from 'node:stream/promises'

import { bundleError } from '../errors.ts'
import { systemCode } from '../postgres/folder.ts'
import { type Admission, admit, type EntranceOptions, forwardedHeaders, withoutConnection } from './entrance.ts'
import { type Found, findRoute, type Route } from './route.ts'

/** Where something listens. */
export interface Address {
  readonly host: string
  readonly port: number
}

/** Options of {@link openGateway}. */
export interface GatewayOptions extends EntranceOptions {
  /** A loopback address; port 0 is any free one. */
  readonly address: Address
  readonly routes: readonly Route[]
  /** Where a name of the cluster is on this machine; null: nowhere yet. */
  readonly resolve: (host: string, port: number) => Address | null
}

/** A gateway on this machine. */
export interface Gateway extends AsyncDisposable {
  /** `http://localhost:8080`. */
  readonly url: string
  /** The address that lets a browser in. */
  readonly firstUrl: string
  readonly setRoutes: (routes: readonly Route[]) => void
}

type Target = { readonly kind: 'target'; readonly found: Found; readonly address: Address }

/** The machine itself: no other one may knock (design 30). */
const isLoopback = (host: string): boolean => host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)

const refuse = (response: ServerResponse, status: number, why: string): void => {
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  })
  response.end(`${why}\n`)
}

/** Sends a request on as it came, and its answer back as it comes: nothing is held back. */
const forward = async (
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
  { address, found }: Target,
  options: EntranceOptions,
): Promise<void> => {
  const headers = forwardedHeaders(request.headers, options)
  const sent = httpRequest({ ...address, path: found.path, method: request.method ?? 'GET', headers })
  response.once('close', () => sent.destroy())
  const answered = once(sent, 'response') as Promise<[IncomingMessage]>
  const sending = pipeline(request, sent)
  // The answer may come, and the connection go, before the whole request is sent.
  sending.catch(() => undefined)
  try {
    const [answer] = await answered
    response.writeHead(answer.statusCode ?? 502, withoutConnection(answer.headers))
    response.flushHeaders()
    await pipeline(answer, response)
  } catch {
    // Who asked sees it: an answer that never began gets one, one that broke off is broken off.
    if (response.headersSent || response.destroyed) response.destroy()
    else refuse(response, 503, `"${found.route.host}" does not answer; charmed-feast status says how it is`)
  }
}

const writeHead = (socket: Duplex, status: string, headers: readonly string[]): void => {
  const lines = headers.flatMap((_, index) => (index % 2 === 0 ? [`${headers[index]}: ${headers[index + 1]}`] : []))
  socket.write(`HTTP/1.1 ${status}\r\n${lines.join('\r\n')}\r\n\r\n`)
}

/** Two ends that speak another protocol from here on. */
const join = (left: Duplex, right: Duplex): void => {
  for (const [from, to] of [
    [left, right],
    [right, left],
  ] as const) {
    from.on('error', () => to.destroy())
    from.on('close', () => to.destroy())
    from.pipe(to)
  }
}

const forwardUpgrade = (
  { request, socket }: { readonly request: IncomingMessage; readonly socket: Duplex },
  { address, found }: Target,
  options: EntranceOptions,
): void => {
  const { upgrade = '' } = request.headers
  const headers = { ...forwardedHeaders(request.headers, options), connection: 'upgrade', upgrade }
  const sent = httpRequest({ ...address, path: found.path, method: request.method ?? 'GET', headers })
  socket.on('error', () => sent.destroy())
  sent.once('error', () => socket.destroy())
  sent.once('response', (answer) => {
    writeHead(socket, `${answer.statusCode} ${answer.statusMessage}`, ['connection', 'close'])
    answer.pipe(socket)
  })
  sent.once('upgrade', (answer, upstream, first) => {
    writeHead(socket, '101 Switching Protocols', answer.rawHeaders)
    socket.write(first)
    join(socket, upstream)
  })
  sent.end()
}

/**
 * Opens the gateway: a reverse proxy for browsers on this machine, as Istio's gateway stands before Kubeflow. Paths go where routes say, with the
 * prefix rewritten; streams and upgraded connections pass as they are; who asks is what the gateway says (design/charms.md 30).
 *
 * @throws BUNDLE_PORT_IN_USE, BUNDLE_SETTING_INVALID for an address of a network.
 *
 * @example
 * await using gateway = await openGateway({ address: { host: '127.0.0.1', port: 8080 }, token, user: 'user@example.com', routes, resolve })
 * process.stdout.write(gateway.firstUrl)
 */
export const openGateway = async (options: GatewayOptions): Promise<Gateway> => {
  const { address, resolve } = options
  if (!isLoopback(address.host)) throw bundleError('BUNDLE_SETTING_INVALID', ['gateway', `"${address.host}" is no loopback address`])
  let { routes } = options
  let port = address.port

  const decide = (request: IncomingMessage): Exclude<Admission, { readonly kind: 'enter' }> | Target => {
    const { host, cookie } = request.headers
    const admission = admit({ host, cookie, path: request.url ?? '/' }, { ...options, port })
    if (admission.kind !== 'enter') return admission
    const [path = '/', ...query] = (request.url ?? '/').split('?')
    const found = findRoute(routes, path)
    if (found === null) return { kind: 'refuse', status: 404, why: `nothing is served at ${path}` }
    const target = resolve(found.route.host, found.route.port)
    if (target === null) return { kind: 'refuse', status: 503, why: `"${found.route.host}" does not run` }
    const whole = [found.path, ...query].join('?')
    return { kind: 'target', found: { ...found, path: whole }, address: target }
  }

  const server = createServer((request, response) => {
    const decision = decide(request)
    if (decision.kind === 'refuse') refuse(response, decision.status, decision.why)
    else if (decision.kind === 'welcome') {
      const { location, cookie } = decision
      response.writeHead(303, { location, 'set-cookie': cookie, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' }).end()
    } else void forward({ request, response }, decision, options)
  })
  const sockets = new Set<Duplex>()
  server.on('upgrade', (request, socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    const decision = decide(request)
    if (decision.kind === 'target') forwardUpgrade({ request, socket }, decision, options)
    else {
      writeHead(socket, decision.kind === 'refuse' ? `${decision.status} Refused` : '401 Refused', ['connection', 'close'])
      socket.end()
    }
  })
  server.listen(address)
  try {
    await once(server, 'listening')
  } catch (error) {
    if (systemCode(error) === 'EADDRINUSE') throw bundleError('BUNDLE_PORT_IN_USE', [String(address.port)], { cause: error })
    throw error
  }
  const bound = server.address()
  port = typeof bound === 'object' && bound !== null ? bound.port : address.port
  const url = `http://localhost:${port}`
  return {
    url,
    firstUrl: `${url}/?token=${encodeURIComponent(options.token)}`,
    setRoutes: (next) => {
      routes = next
    },
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}
