import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import pg from 'pg'
import { type CancelKey, cancelPatienceMs, requestCancel } from './cancel.ts'
import { connectAny, stateStatement } from './connect.ts'
import type { Route } from './socket.ts'
import { type Settings, startupParameters, transactionStatement } from './startup.ts'
import type { PostgresTarget } from './target.ts'
import { columnTypes } from './value.ts'

/** `pg` with our startup message: its own knows neither a time zone nor raw options, and reads the environment. */
class Client extends pg.Client {
  readonly #parameters: Settings

  constructor(config: pg.ClientConfig, parameters: Settings) {
    super(config)
    this.#parameters = parameters
  }

  getStartupConf(): Settings {
    return this.#parameters
  }
}

/** `pg` wants to connect its socket itself. Ours is connected, and encrypted if it should be: it only says so. */
const alreadyConnected = (socket: Socket): Socket =>
  Object.assign(socket, {
    connect: () => {
      setImmediate(() => socket.emit('connect'))
      return socket
    },
  })

const channelBound = 'SCRAM-SHA-256-PLUS'

/** With `channel_binding=require` no other way of logging in is allowed, and the password is not sent. */
const requireChannelBinding = (client: pg.Client, socket: Socket): void => {
  let offered = false
  const refuse = () => {
    if (!offered) socket.destroy(new Error('SASL: channel binding is required, and the server offers none'))
  }
  client.connection.on('authenticationSASL', ({ mechanisms }: { readonly mechanisms: readonly string[] }) => {
    offered = mechanisms.includes(channelBound) && socket instanceof TLSSocket
    refuse()
  })
  for (const event of ['authenticationOk', 'authenticationCleartextPassword', 'authenticationMD5Password'])
    client.connection.on(event, refuse)
}

/** A logged-in connection of `pg`, with what it takes to interrupt it. */
export class Session {
  readonly client: pg.Client
  readonly target: PostgresTarget
  /** What each transaction begins with, behind a PgBouncer. */
  readonly prelude: string | undefined
  /** Gone, or in a state that nobody knows: not to be used again. */
  broken = false
  readonly #route: Route
  readonly #socket: Socket
  readonly #key: CancelKey

  constructor(client: pg.Client, target: PostgresTarget, settings: Settings, route: Route, socket: Socket, key: CancelKey) {
    this.client = client
    this.target = target
    this.prelude = transactionStatement(target, settings)
    this.#route = route
    this.#socket = socket
    this.#key = key
    client.on('error', () => this.cut())
    client.on('end', () => this.cut())
  }

  /** Stops the running statement inside PostgreSQL; cuts the connection if that takes too long. The session is not used again. */
  interrupt(): void {
    this.broken = true
    const patience = setTimeout(() => this.cut(), cancelPatienceMs)
    this.client.once('end', () => clearTimeout(patience))
    requestCancel(this.target, this.#route, this.#key).catch(() => this.cut())
  }

  /** Closes the socket without a word. */
  cut(): void {
    this.broken = true
    this.#socket.destroy()
  }

  /** Says goodbye and closes; a broken session is cut. */
  async close(): Promise<void> {
    if (this.broken) {
      this.cut()
      return
    }
    const patience = setTimeout(() => this.cut(), cancelPatienceMs)
    await this.client.end().finally(() => clearTimeout(patience))
  }
}

const openClient = async (
  target: PostgresTarget,
  socket: Socket,
  route: Route,
  settings: Settings,
  signal: AbortSignal,
): Promise<Session> => {
  const config: pg.ClientConfig = {
    host: route.host.host,
    port: route.host.port,
    user: target.user,
    database: target.database,
    // A function, or pg would look for ~/.pgpass.
    password: () => target.password ?? '',
    stream: () => alreadyConnected(socket),
    ssl: false,
    sslnegotiation: 'postgres',
    types: columnTypes,
    enableChannelBinding: target.channelBinding !== 'disable' && socket instanceof TLSSocket,
  }
  signal.throwIfAborted()
  const client = new Client(config, startupParameters(target, settings))
  let key: CancelKey = { processId: 0, secret: 0 }
  client.connection.on('backendKeyData', (message: { readonly processID: number; readonly secretKey: number }) => {
    key = { processId: message.processID, secret: message.secretKey }
  })
  if (target.channelBinding === 'require') requireChannelBinding(client, socket)
  const giveUp = () => socket.destroy(signal.reason)
  signal.addEventListener('abort', giveUp, { once: true })
  try {
    await client.connect()
    return new Session(client, target, settings, route, socket, key)
  } catch (error) {
    socket.destroy()
    throw error
  } finally {
    signal.removeEventListener('abort', giveUp)
  }
}

/**
 * Logs in with `pg` and gives the session. Failover, TLS and `target_session_attrs` are those of {@link connectAny}, which it throws as.
 *
 * @example
 * const session = await openSession(target)
 * await session.client.query('SELECT 1')
 */
export const openSession = async (target: PostgresTarget, settings: Settings = {}, signal?: AbortSignal): Promise<Session> =>
  await connectAny<Session>(
    target,
    {
      open: (socket, route, signal) => openClient(target, socket, route, settings, signal),
      inspect: async ({ client }) => {
        const { rows } = await client.query<[boolean, boolean]>({ text: stateStatement, rowMode: 'array' })
        const [standby = false, readOnly = false] = rows[0] ?? []
        return { standby, readOnly }
      },
      close: (session) => session.cut(),
    },
    signal,
  )
