import { createHash } from 'node:crypto'
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { CancelKey } from '../cancel.ts'
import { type Settings, startupParameters } from '../startup.ts'
import type { PostgresTarget } from '../target.ts'
import { endPointHash } from './channel-binding.ts'
import { readFault } from './fault.ts'
import type { MessageReader } from './reader.ts'
import { type Binding, Scram } from './scram.ts'
import { MessageWriter } from './writer.ts'

// The states: startup sent → asked for a password, or for SASL (first sent → final sent → verified), or for nothing → authenticated → ready.
// Messages: https://www.postgresql.org/docs/18/protocol-flow.html#PROTOCOL-FLOW-START-UP

const md5 = (...parts: readonly (string | Uint8Array)[]): string => {
  const hash = createHash('md5')
  for (const part of parts) hash.update(part)
  return hash.digest('hex')
}

const bindingFor = ({ channelBinding }: PostgresTarget, socket: Socket, offered: readonly string[]): Binding => {
  if (channelBinding === 'disable' || !(socket instanceof TLSSocket)) return { kind: 'none' }
  if (!offered.includes('SCRAM-SHA-256-PLUS')) return { kind: 'not offered' }
  const hash = endPointHash(socket)
  return hash === undefined ? { kind: 'none' } : { kind: 'bound', hash }
}

class Login {
  readonly done = Promise.withResolvers<CancelKey>()
  readonly #target: PostgresTarget
  readonly #socket: Socket
  readonly #writer = new MessageWriter()
  #key: CancelKey = { processId: 0, secret: 0 }
  #scram: Scram | undefined
  #verified = false

  constructor(target: PostgresTarget, socket: Socket) {
    this.#target = target
    this.#socket = socket
  }

  start(settings: Settings): void {
    this.#writer.startup(startupParameters(this.#target, settings))
    this.#send()
  }

  handle(type: number, buffer: Buffer, start: number, end: number): void {
    switch (type) {
      case 0x52: // R
        this.#authenticate(buffer.readInt32BE(start), buffer.subarray(start + 4, end)).catch((error: unknown) => this.done.reject(error))
        return
      case 0x4b: // K
        this.#key = { processId: buffer.readInt32BE(start), secret: buffer.readInt32BE(start + 4) }
        return
      case 0x5a: // Z
        this.done.resolve(this.#key)
        return
      case 0x45: // E
        this.done.reject(readFault(buffer, start, end))
    }
  }

  async #authenticate(kind: number, body: Buffer): Promise<void> {
    switch (kind) {
      case 0:
        if (this.#scram !== undefined && !this.#verified)
          throw new Error('SASL: the server ends before it proves that it knows the password')
        this.#requireBinding()
        return
      case 3:
        this.#requireBinding()
        this.#writer.password(this.#password())
        return this.#send()
      case 5:
        this.#requireBinding()
        this.#writer.password(`md5${md5(md5(this.#password(), this.#target.user), body.subarray(0, 4))}`)
        return this.#send()
      case 10:
        return this.#startScram(body.toString('latin1').split('\0'))
      case 11:
        if (this.#scram === undefined) throw new Error('SASL: the server continues what was not begun')
        this.#writer.saslResponse(await this.#scram.answer(body.toString()))
        return this.#send()
      case 12:
        this.#scram?.verify(body.toString())
        this.#verified = true
        return
      default:
        throw new Error(`SASL: the server asks for authentication number ${kind}, which is not supported; allowed: SCRAM, MD5, password`)
    }
  }

  #startScram(offered: readonly string[]): void {
    if (!offered.includes('SCRAM-SHA-256')) throw new Error(`SASL: the server offers ${offered.join(' ')}; allowed: SCRAM-SHA-256`)
    this.#scram = new Scram(this.#password(), bindingFor(this.#target, this.#socket, offered))
    this.#requireBinding()
    this.#writer.saslInitial(this.#scram.mechanism, this.#scram.first)
    this.#send()
  }

  #requireBinding(): void {
    if (this.#target.channelBinding === 'require' && this.#scram?.mechanism !== 'SCRAM-SHA-256-PLUS') {
      throw new Error('SASL: channel binding is required, and the server offers none')
    }
  }

  #password(): string {
    const { password } = this.#target
    if (password === undefined) throw new Error('SASL: it wants a password and none is given')
    return password
  }

  #send(): void {
    this.#socket.write(this.#writer.take())
  }
}

/**
 * Logs in on an open socket: SCRAM-SHA-256 with or without channel binding, MD5, password, or none. Gives what a cancel request needs.
 * Throws the server's fault, or an error that begins with `SASL:`; the caller closes the socket.
 *
 * @example
 * const key = await logIn(socket, new MessageReader(), target, { max_parallel_workers_per_gather: '0' })
 */
export const logIn = async (socket: Socket, reader: MessageReader, target: PostgresTarget, settings: Settings): Promise<CancelKey> => {
  const login = new Login(target, socket)
  const onMessage = login.handle.bind(login)
  const onData = (chunk: Buffer) => {
    try {
      reader.read(chunk, onMessage)
    } catch (error) {
      login.done.reject(error)
    }
  }
  const onError = (error: Error) => login.done.reject(error)
  const onEnd = () => login.done.reject(new Error('the server closed the connection during login'))
  socket.on('data', onData).on('error', onError).on('close', onEnd)
  login.start(settings)
  try {
    return await login.done.promise
  } finally {
    socket.off('data', onData).off('error', onError).off('close', onEnd)
  }
}
