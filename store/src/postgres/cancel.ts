import { once } from 'node:events'
import { openSocket, type Route } from './socket.ts'
import type { PostgresTarget } from './target.ts'

/** Which server process is meant: its number and the secret that it gave at login (4 bytes in protocol 3.0). */
export interface CancelKey {
  readonly processId: number
  readonly secret: number
}

/** CancelRequest: https://www.postgresql.org/docs/18/protocol-message-formats.html#PROTOCOL-MESSAGE-FORMATS-CANCELREQUEST */
const cancelRequest = ({ processId, secret }: CancelKey): Buffer => {
  const message = Buffer.alloc(16)
  message.writeInt32BE(16, 0)
  message.writeInt32BE(80_877_102, 4)
  message.writeInt32BE(processId, 8)
  message.writeInt32BE(secret, 12)
  return message
}

/** How long a cancelled statement may take to end before its connection is cut. */
export const cancelPatienceMs = 5_000

/**
 * Asks the server to stop what a connection is doing, through a socket of its own, by the same route. Ends when the server has taken the request.
 * Throws when the server cannot be reached; the caller then cuts the connection.
 *
 * @example
 * await requestCancel(target, route, { processId, secret })
 */
export const requestCancel = async (target: PostgresTarget, route: Route, key: CancelKey): Promise<void> => {
  const signal = AbortSignal.timeout(cancelPatienceMs)
  const socket = await openSocket(target, route, signal)
  try {
    const closed = once(socket, 'close', { signal })
    // Not closed from this side: PgBouncer takes a client that leaves before it has passed the request on for one that is lost.
    socket.resume().write(cancelRequest(key))
    await closed
  } finally {
    socket.destroy()
  }
}
