import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { buffer } from 'node:stream/consumers'

import type { FakeAnswer } from './answer.ts'
import type { FakePebble } from './fake-pebble.ts'

/** Told of each request that was answered. */
export type OnPebbleRequest = (method: string, path: string, status: number) => void

/**
 * Serves a fake Pebble over HTTP on a Unix socket.
 *
 * @example
 * await using server = await servePebble(new FakePebble(), '/tmp/x/pebble.socket')
 */
export async function servePebble(pebble: FakePebble, socketPath: string, onRequest?: OnPebbleRequest): Promise<AsyncDisposable> {
  const server = createServer(async (request, response) => {
    const answer = await handle(pebble, request)
    onRequest?.(request.method ?? '', new URL(request.url ?? '', 'http://pebble').pathname, answer.status)
    response.writeHead(answer.status, { 'content-type': answer.type, 'content-length': answer.body.length, connection: 'close' })
    response.end(answer.body)
  })
  server.listen(socketPath)
  await once(server, 'listening')
  return {
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

async function handle(pebble: FakePebble, request: IncomingMessage): Promise<FakeAnswer> {
  const url = new URL(request.url ?? '', 'http://pebble')
  return pebble.handle({
    method: request.method ?? '',
    path: url.pathname,
    query: url.searchParams,
    contentType: request.headers['content-type'] ?? '',
    accept: request.headers.accept ?? '',
    body: await buffer(request),
  })
}
