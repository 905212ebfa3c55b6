import type { Socket } from 'node:net'
import { connectAny, stateStatement } from '../connect.ts'
import type { Route } from '../socket.ts'
import type { PostgresTarget } from '../target.ts'
import { type ConnectionOptions, WireConnection } from './connection.ts'
import { logIn } from './login.ts'
import { MessageReader } from './reader.ts'
import { Request } from './request.ts'

const openOn = async (
  target: PostgresTarget,
  socket: Socket,
  route: Route,
  signal: AbortSignal,
  options: ConnectionOptions,
): Promise<WireConnection> => {
  const giveUp = () => socket.destroy(signal.reason)
  signal.throwIfAborted()
  signal.addEventListener('abort', giveUp, { once: true })
  try {
    const reader = new MessageReader()
    const key = await logIn(socket, reader, target, options.settings ?? {})
    return new WireConnection(target, socket, reader, route, key, options)
  } catch (error) {
    socket.destroy()
    throw error
  } finally {
    signal.removeEventListener('abort', giveUp)
  }
}

/**
 * Opens a pipelining connection. Failover, TLS and `target_session_attrs` are those of {@link connectAny}, which it throws as.
 *
 * @example
 * const connection = await openWireConnection(target)
 * const request = new Request({ text: 'SELECT 1' }, [], sink)
 * connection.send(request)
 * await request.done.promise
 */
export const openWireConnection = async (
  target: PostgresTarget,
  options: ConnectionOptions = {},
  signal?: AbortSignal,
): Promise<WireConnection> =>
  await connectAny<WireConnection>(
    target,
    {
      open: (socket, route, signal) => openOn(target, socket, route, signal, options),
      inspect: async (connection) => {
        let state = { standby: false, readOnly: false }
        const row = (buffer: Buffer, offsets: Int32Array) => {
          state = { standby: buffer[offsets[0] ?? 0] === 1, readOnly: buffer[offsets[1] ?? 0] === 1 }
        }
        const request = new Request({ text: stateStatement }, [], { row })
        connection.send(request, false)
        await request.done.promise
        return state
      },
      close: (connection) => connection.cut(new Error('another server is wanted')),
    },
    signal,
  )
