import { once } from 'node:events'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'

import type { ApiRequest } from './api-server.ts'

/** A fake API server that listens. */
export interface KubernetesServer extends AsyncDisposable {
  readonly url: string
}

/** What an API server answers. */
export interface HandledRequest {
  readonly status: number
  readonly body: string
}

/** An API server without its HTTP: the fake one, the cluster of this machine, or one that is far away. */
export interface KubernetesHandler {
  readonly handle: (request: ApiRequest) => HandledRequest | Promise<HandledRequest>
}

/** Told of each request that was answered. */
export type OnKubernetesRequest = (method: string, path: string, status: number) => void

/**
 * Serves a fake Kubernetes API over HTTP on the loopback address. It asks for any bearer token at all.
 *
 * @example
 * await using server = await serveKubernetes(new FakeKubernetes())
 */
export async function serveKubernetes(kubernetes: KubernetesHandler, onRequest?: OnKubernetesRequest): Promise<KubernetesServer> {
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '', 'http://kubernetes')
    const known = request.headers.authorization?.startsWith('Bearer ') ?? false
    const answer = known
      ? await kubernetes.handle({
          method: request.method ?? '',
          path: url.pathname,
          query: Object.fromEntries(url.searchParams),
          contentType: request.headers['content-type'] ?? '',
          ...(request.method === 'GET' || request.method === 'DELETE' ? {} : { body: await text(request) }),
        })
      : { status: 401, body: '{"kind":"Status","status":"Failure","message":"Unauthorized","reason":"Unauthorized","code":401}\n' }
    onRequest?.(request.method ?? '', url.pathname, answer.status)
    response.writeHead(answer.status, { 'content-type': 'application/json', connection: 'close' })
    response.end(answer.body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
