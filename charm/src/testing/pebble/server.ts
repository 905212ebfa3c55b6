import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { buffer } from 'node:stream/consumers'

import type { FakeAnswer, FakeRequest } from './answer.ts'

/** Told of each request that was answered. */
type OnPebbleRequest = (method: string, path: string, status: number) => void

/** A Pebble without its socket: the fake one, or one that runs processes. */
export interface PebbleHandler {
  handle(request: FakeRequest): FakeAnswer | Promise<FakeAnswer>
}

/** Options of {@link servePebble}. */
export interface ServePebbleOptions {
  readonly onRequest?: OnPebbleRequest
  /** Takes a client that wants a websocket; without it none is taken. */
  readonly connect?: (request: IncomingMessage, stream: Duplex, head: Buffer) => void
}

/**
 * Serves a Pebble over HTTP on a Unix socket.
 *
 * @example
 * await using server = await servePebble(new FakePebble(), '/tmp/x/pebble.socket')
 */
export async function servePebble(
  pebble: PebbleHandler,
  socketPath: string,
  { onRequest, connect }: ServePebbleOptions = {},
): Promise<AsyncDisposable> {
  const server = createServer(async (request, response) => {
    const answer = await handle(pebble, request)
    onRequest?.(request.method ?? '', new URL(request.url ?? '', 'http://pebble').pathname, answer.status)
    response.writeHead(answer.status, { 'content-type': answer.type, 'content-length': answer.body.length, connection: 'close' })
    response.end(answer.body)
  })
  if (connect) server.on('upgrade', connect)
  server.listen(socketPath)
  await once(server, 'listening')
  return {
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

async function handle(pebble: PebbleHandler, request: IncomingMessage): Promise<FakeAnswer> {
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
