import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import type { Admin } from '../../../bundle/src/postgres/database.ts'
import { openPool, type Pool } from '../../src/postgres/pool.ts'
import { postgresTarget } from '../../src/postgres/target.ts'

/**
 * What happens to the message that is waited for.
 * `kill`: the client's process dies before the message reaches PostgreSQL.
 * `end`: PostgreSQL's process of the connection is ended before the message reaches it.
 * `cut`: the message is carried out, and the connection is lost before its answer arrives.
 */
export type Blow = 'kill' | 'end' | 'cut'

interface Doom {
  readonly at: number
  readonly blow: Blow
  /** Ends the client's process. */
  readonly kill: () => void
  /** Told once it is done. */
  readonly struck?: () => void
}

const startupLengthBytes = 4
const typedHeadBytes = 5

/** How long the first message of a buffer is; undefined when it is not whole yet. The first of a connection has no type byte. */
const messageLength = (buffer: Buffer, started: boolean): number | undefined => {
  const head = started ? typedHeadBytes : startupLengthBytes
  if (buffer.length < head) return undefined
  const length = buffer.readInt32BE(head - 4) + (started ? 1 : 0)
  return buffer.length < length ? undefined : length
}

const backendKeyData = 'K'.charCodeAt(0)
const readyForQuery = 'Z'.charCodeAt(0)

/** Follows what the server says: the number of its process, and when it has answered all it was asked. */
class Answers {
  readonly #onProcess: (id: number) => void
  processId = 0
  ready = Promise.withResolvers<void>()
  #buffer = Buffer.alloc(0)

  constructor(onProcess: (id: number) => void) {
    this.#onProcess = onProcess
  }

  take(chunk: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, chunk])
    for (let length = messageLength(this.#buffer, true); length !== undefined; length = messageLength(this.#buffer, true)) {
      if (this.#buffer[0] === backendKeyData) {
        this.processId = this.#buffer.readInt32BE(typedHeadBytes)
        this.#onProcess(this.processId)
      }
      if (this.#buffer[0] === readyForQuery) this.ready.resolve()
      this.#buffer = this.#buffer.subarray(length)
    }
  }
}

/** Stands between a client and PostgreSQL, counts the messages that the client sends over all its connections, and strikes at one of them. */
export class KillingProxy implements AsyncDisposable {
  /** The types of the messages seen since {@link arm}: the letter of the protocol, nothing for the first of a connection. */
  seen: string[] = []
  readonly #server: Server
  readonly #upstream: { readonly host: string; readonly port: number }
  readonly #admin: Pool
  readonly #sockets = new Set<Socket>()
  readonly #processes: number[] = []
  #moved = Promise.withResolvers<void>()
  #doom: Doom | undefined

  constructor(server: Server, admin: Admin) {
    this.#server = server
    this.#upstream = { host: admin.host, port: admin.port }
    const target = postgresTarget({
      hosts: [this.#upstream],
      user: admin.user,
      password: admin.password,
      database: 'postgres',
      sslMode: 'disable',
    })
    this.#admin = openPool(target, { max: 2 })
    server.on('connection', (client) => this.#accept(client))
  }

  get port(): number {
    const address = this.#server.address()
    if (address === null || typeof address === 'string') throw new Error('the proxy does not listen')
    return address.port
  }

  /** Resolves when the next message comes, or whoever waits is to look again. */
  moved(): Promise<void> {
    return this.#moved.promise
  }

  #move(): void {
    this.#moved.resolve()
    this.#moved = Promise.withResolvers()
  }

  /** Begins to count anew; strikes when the message with this number comes, counted from 1. */
  arm(doom?: Doom): void {
    this.seen = []
    this.#doom = doom
    this.#move()
  }

  /** Resolves when PostgreSQL has no process left that served whoever came through here. */
  async settled(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    const processes = this.#processes.splice(0)
    await this.#admin.query(
      `DO $$ BEGIN WHILE EXISTS (SELECT FROM pg_stat_activity WHERE pid = ANY('{${processes.join(', ')}}'))
  LOOP PERFORM pg_sleep(0.002), pg_stat_clear_snapshot(); END LOOP; END $$`,
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
    await this.#admin.close()
  }

  #accept(client: Socket): void {
    const server = connect(this.#upstream)
    const answers = new Answers((id) => this.#processes.push(id))
    let muted = false
    const drop = () => {
      client.destroy()
      server.destroy()
      this.#sockets.delete(client)
      this.#sockets.delete(server)
    }
    for (const socket of [client, server]) {
      this.#sockets.add(socket.setNoDelay(true))
      socket.on('error', drop)
      socket.on('close', drop)
    }
    server.on('data', (chunk: Buffer) => {
      answers.take(chunk)
      if (!muted) client.write(chunk)
    })
    const forward = async (message: Buffer, type: string): Promise<boolean> => {
      const doom = this.#doom
      this.#move()
      if (this.seen.push(type) !== doom?.at) return server.write(message) || true
      doom.struck?.()
      if (doom.blow === 'kill') doom.kill()
      if (doom.blow === 'end' && answers.processId > 0)
        await this.#admin.query('SELECT pg_terminate_backend($1, 5000)', [answers.processId])
      if (doom.blow === 'cut') {
        muted = true
        answers.ready = Promise.withResolvers()
        server.write(message)
        // A message that is not the last of its kind has no answer of its own: what follows is lost with it.
        const patience = setTimeout(answers.ready.resolve, 30)
        await answers.ready.promise
        clearTimeout(patience)
      }
      drop()
      return false
    }
    let buffer = Buffer.alloc(0)
    let started = false
    let turn = Promise.resolve(true)
    client.on('data', (chunk: Buffer) => {
      buffer = Buffer.concat([buffer, chunk])
      for (let length = messageLength(buffer, started); length !== undefined; length = messageLength(buffer, started)) {
        const message = buffer.subarray(0, length)
        buffer = buffer.subarray(length)
        const type = started ? String.fromCharCode(message[0] ?? 0) : ''
        started = true
        turn = turn.then((alive) => alive && forward(message, type))
      }
    })
  }
}

/** Starts a proxy in front of the PostgreSQL of this run. Clients come without TLS. */
export const startProxy = async (admin: Admin): Promise<KillingProxy> => {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return new KillingProxy(server, admin)
}
