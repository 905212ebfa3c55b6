import { once } from 'node:events'
import { isIP, connect as openTcp, type Socket } from 'node:net'
import { connect as openTls, type TLSSocket } from 'node:tls'
import { storeError } from '../errors.ts'
import { describeTarget, type PostgresHost, type PostgresTarget } from './target.ts'
import { readTlsOptions } from './tls.ts'

/** One way to reach one server of a target. */
export interface Route {
  readonly host: PostgresHost
  readonly encrypted: boolean
}

/** SSLRequest: https://www.postgresql.org/docs/18/protocol-message-formats.html#PROTOCOL-MESSAGE-FORMATS-SSLREQUEST */
const sslRequest = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f])

const isDirectory = (host: string): boolean => host.startsWith('/')

/**
 * The routes to a host in the order in which `sslmode` tries them. A Unix socket is never encrypted, as in libpq.
 *
 * @example
 * routesTo(target, target.hosts[0]).map((route) => route.encrypted) // [true, false] for sslmode prefer
 */
export const routesTo = ({ sslMode }: PostgresTarget, host: PostgresHost): readonly Route[] => {
  const plain = { host, encrypted: false }
  const encrypted = { host, encrypted: true }
  if (sslMode === 'disable' || isDirectory(host.host)) return [plain]
  if (sslMode === 'allow') return [plain, encrypted]
  return sslMode === 'prefer' ? [encrypted, plain] : [encrypted]
}

const connectTcp = async ({ keepalivesIdle }: PostgresTarget, { host, port }: PostgresHost, signal: AbortSignal): Promise<Socket> => {
  const keepAlive = keepalivesIdle > 0
  // Node's own 250 ms for each address of a name is less than a round trip between continents.
  const options = {
    host,
    port,
    noDelay: true,
    keepAlive,
    keepAliveInitialDelay: keepalivesIdle * 1000,
    autoSelectFamilyAttemptTimeout: 2000,
  }
  const socket = isDirectory(host) ? openTcp(`${host}/.s.PGSQL.${port}`) : openTcp(options)
  try {
    await once(socket, 'connect', { signal })
    return socket
  } catch (error) {
    socket.destroy()
    throw error
  }
}

const readAnswer = async (socket: Socket, signal: AbortSignal): Promise<string> => {
  socket.write(sslRequest)
  const closed = once(socket, 'end', { signal }).then(() => '')
  const readable = once(socket, 'readable', { signal }).then(() => String(socket.read(1) ?? ''))
  // Whichever loses must not become an unhandled rejection when the signal comes later.
  closed.catch(() => undefined)
  readable.catch(() => undefined)
  return await Promise.race([readable, closed])
}

const encrypt = async (socket: Socket, target: PostgresTarget, route: Route, signal: AbortSignal): Promise<TLSSocket> => {
  const { host } = route.host
  const options = await readTlsOptions(target, host)
  const secure = openTls({ socket, ...options, ...(isIP(host) === 0 ? { servername: host } : {}) })
  try {
    await once(secure, 'secureConnect', { signal })
    return secure
  } catch (cause) {
    secure.destroy()
    if (signal.aborted || !(cause instanceof Error)) throw cause
    throw refusedTls(target, route, cause.message, cause)
  }
}

const refusedTls = (target: PostgresTarget, { host }: Route, why: string, cause?: unknown): Error =>
  storeError('STORE_POSTGRES_TLS_REFUSED', [describeTarget({ ...target, hosts: [host] }), why], cause === undefined ? {} : { cause })

/**
 * Opens a socket to one server, TLS settled, ready for the startup message. With `prefer` a server without TLS is taken as it is.
 * Throws `STORE_POSTGRES_TLS_REFUSED`, `STORE_POSTGRES_TLS_FILE_INVALID`, or Node's own error when nobody answers.
 *
 * @example
 * const socket = await openSocket(target, { host: target.hosts[0], encrypted: true }, AbortSignal.timeout(10_000))
 */
export const openSocket = async (target: PostgresTarget, route: Route, signal: AbortSignal): Promise<Socket> => {
  const socket = await connectTcp(target, route.host, signal)
  if (!route.encrypted) return socket
  try {
    const answer = await readAnswer(socket, signal)
    if (answer === 'N' && target.sslMode === 'prefer') return socket
    if (answer === 'N') throw refusedTls(target, route, 'the server has TLS switched off')
    if (answer !== 'S') throw refusedTls(target, route, 'the server does not answer as PostgreSQL does')
    // Bytes before the handshake would be read as if they had come encrypted (CVE-2021-23222).
    if (socket.readableLength > 0) throw refusedTls(target, route, 'the server sent data before the handshake')
    return await encrypt(socket, target, route, signal)
  } catch (error) {
    socket.destroy()
    throw error
  }
}
